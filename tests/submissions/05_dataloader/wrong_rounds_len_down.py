# %% [markdown]
# why: len(loader) rounds down and forgets the short batch; steps 4 and 5 keep their points
# base: reference
# loses: {loader-len: 4, loader-len-huge: 1}
# says: 4 batches | len(loader) was 3
# at: "line 12 of your cell `class DataLoader`"

# %% solution="data-loader"
#| export
class DataLoader:
    def __init__(self, dataset, batch_size, shuffle=False, *, generator=None):
        for method in ("__len__", "__getitem__"):
            if not hasattr(dataset, method):
                raise TypeError(f"dataset has no {method}")
        if not isinstance(batch_size, (int, np.integer)) or isinstance(batch_size, bool) or batch_size <= 0:
            raise ValueError("batch_size must be a positive integer")
        self.dataset, self.batch_size, self.shuffle, self.generator = dataset, batch_size, shuffle, generator

    def __len__(self):
        return len(self.dataset) // self.batch_size

# %% solution="loader-iter"
#| export
@patch
def __iter__(self: DataLoader):
    n = len(self.dataset)
    order = range(n)
    if self.shuffle:
        order = np.random.permutation(n) if self.generator is None else self.generator.permutation(n)
    for batch in range(len(self)):  # right, were len(self) right
        part = order[batch * self.batch_size : (batch + 1) * self.batch_size]
        yield self._collate_batch([self.dataset[int(i)] for i in part])

# %% [markdown]
# why: __iter__ uses get_batch also where a subclass changed __getitem__
# base: reference
# loses: {}
# says: "of a subclass that doubles each sample | its batch was [[0, 1, 2, 3]]"
# at: "line 3 of your cell `DataLoader.__iter__`"

# %% solution="loader-iter"
#| export
@patch
def __iter__(self: DataLoader):
    "The batches of one epoch."
    count = len(self.dataset)
    order = range(count)
    if self.shuffle:
        source = np.random if self.generator is None else self.generator
        order = source.permutation(count)
    for start in range(0, count, self.batch_size):
        chosen = order[start:start + self.batch_size]
        if hasattr(self.dataset, "get_batch"):
            if not self.shuffle:
                chosen = slice(start, min(start + self.batch_size, count))
            yield tuple(part if isinstance(part, Tensor) else Tensor(part) for part in self.dataset.get_batch(chosen))
        else:
            yield self._collate_batch([self.dataset[int(i)] for i in chosen])

# %% solution="get-batch"
#| export
@patch
def get_batch(self: TensorDataset, indices):
    "The samples of some indices."
    return tuple(Tensor(np.ascontiguousarray(tensor.data[indices]).copy()) for tensor in self.tensors)

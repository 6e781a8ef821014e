# %% [markdown]
# why: __iter__ yields the arrays that get_batch gives
# base: reference
# loses: {}
# says: "the arrays that get_batch(indices) gives | tuple of ndarrays | ndarray"
# at: "line 15 of your cell `DataLoader.__iter__`"

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
            yield self.dataset.get_batch(chosen)
        else:
            yield self._collate_batch([self.dataset[int(i)] for i in chosen])

# %% solution="get-batch"
#| export
@patch
def get_batch(self: TensorDataset, indices):
    "The samples of some indices."
    return tuple(Tensor(np.ascontiguousarray(tensor.data[indices]).copy()) for tensor in self.tensors)

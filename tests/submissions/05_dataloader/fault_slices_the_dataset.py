# %% [markdown]
# why: in order, the dataset is sliced, which only lists understand
# base: reference
# loses: {iter-by-index: 1, iter-lazy: 3, iter-endless: 1}
# says: "each sample is asked for by its index | unhashable type: 'slice'"
# at: "line 16 of your cell `DataLoader.__iter__`"

# %% solution="loader-iter"
#| export
@patch
def __iter__(self: DataLoader):
    "The batches of one epoch."
    n = len(self.dataset)
    indices = range(n)
    if self.shuffle and self.generator is not None:
        indices = self.generator.permutation(n)
    elif self.shuffle:
        indices = np.random.permutation(n)
    for start in range(0, n, self.batch_size):
        chosen = indices[start:start + self.batch_size]
        if self.shuffle:
            samples = [self.dataset[i] for i in chosen]
        else:
            samples = self.dataset[start:start + self.batch_size]
        yield self._collate_batch(samples)

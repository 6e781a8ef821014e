# %% [markdown]
# why: all iterators of a loader count in one attribute of it
# base: reference
# loses: {iter-independent: 2}
# says: "three batches of 2 each | [2, 2, 2, 2, 0, 0] | no attribute of self"
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
    self.start = 0
    while self.start < n:
        chosen = indices[self.start:self.start + self.batch_size]
        self.start += self.batch_size
        samples = [self.dataset[i] for i in chosen]
        yield self._collate_batch(samples)

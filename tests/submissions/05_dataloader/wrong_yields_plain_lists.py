# %% [markdown]
# why: it yields the list of samples and never calls _collate_batch
# base: reference
# loses: {iter-collates: 2}
# says: "with a _collate_batch that adds up | Yield what self._collate_batch returns"
# at: "line 11 of your cell `DataLoader.__iter__`"

# %% solution="loader-iter"
#| export
@patch
def __iter__(self: DataLoader):
    n = len(self.dataset)
    order = range(n)
    if self.shuffle:
        rng = np.random if self.generator is None else self.generator
        order = rng.permutation(n)
    for start in range(0, n, self.batch_size):
        samples = [self.dataset[index] for index in order[start : start + self.batch_size]]
        yield samples

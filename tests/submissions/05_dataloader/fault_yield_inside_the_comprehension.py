# %% [markdown]
# why: the whole epoch is put into a list and returned by iter()
# base: reference
# loses: {iter-lazy: 3, iter-lazy-shuffled: 1, iter-endless: 1, iter-profile: 1}
# says: "iter(loader) should fetch nothing; it fetched 100 samples"
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
    batches = []
    for start in range(0, n, self.batch_size):
        chosen = indices[start:start + self.batch_size]
        samples = [self.dataset[i] for i in chosen]
        batches.append(self._collate_batch(samples))
    return iter(batches)

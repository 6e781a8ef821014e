# %% [markdown]
# why: every batch is kept in a history, so an epoch takes the memory of the dataset
# base: reference
# loses: {iter-profile: 1}

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
        self.history = getattr(self, "history", []) + [samples]
        yield self._collate_batch(samples)

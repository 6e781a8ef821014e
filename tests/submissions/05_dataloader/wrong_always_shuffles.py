# %% [markdown]
# why: shuffle is not looked at, every epoch is shuffled
# base: reference
# loses: {iter-order: 2, iter-generator: 1, iter-endless: 1}

# %% solution="loader-iter"
#| export
@patch
def __iter__(self: DataLoader):
    n = len(self.dataset)
    order = range(n)
    rng = np.random if self.generator is None else self.generator
    order = rng.permutation(n)
    for start in range(0, n, self.batch_size):
        samples = [self.dataset[index] for index in order[start : start + self.batch_size]]
        yield self._collate_batch(samples)

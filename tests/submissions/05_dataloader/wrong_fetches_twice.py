# %% [markdown]
# why: each sample is fetched once to look at it and once to use it
# base: reference
# loses: {iter-lazy: 3, iter-lazy-shuffled: 1, iter-profile: 1}

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
        samples = [self.dataset[index] for index in order[start : start + self.batch_size] if self.dataset[index] is not None]
        yield self._collate_batch(samples)

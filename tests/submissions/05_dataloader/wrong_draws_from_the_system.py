# %% [markdown]
# why: the order comes from the operating system's entropy, which no seed decides
# base: reference
# loses: {iter-shuffle-seed: 1}

# %% solution="loader-iter"
#| export
@patch
def __iter__(self: DataLoader):
    n = len(self.dataset)
    order = range(n)
    if self.shuffle:
        rng = np.random.default_rng() if self.generator is None else self.generator
        order = rng.permutation(n)
    for start in range(0, n, self.batch_size):
        samples = [self.dataset[index] for index in order[start : start + self.batch_size]]
        yield self._collate_batch(samples)

# %% [markdown]
# why: the order is drawn with a fixed seed, so all epochs are alike
# base: reference
# loses: {iter-shuffle-once: 2, iter-shuffle-fresh: 1}

# %% solution="loader-iter"
#| export
@patch
def __iter__(self: DataLoader):
    n = len(self.dataset)
    order = range(n)
    if self.shuffle:
        rng = np.random.default_rng(42) if self.generator is None else self.generator
        order = rng.permutation(n)
    for start in range(0, n, self.batch_size):
        samples = [self.dataset[index] for index in order[start : start + self.batch_size]]
        yield self._collate_batch(samples)

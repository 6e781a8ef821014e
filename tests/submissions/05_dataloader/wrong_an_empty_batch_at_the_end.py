# %% [markdown]
# why: when nothing is left over, an empty batch comes last
# base: reference
# loses: {iter-last-batch: 2, iter-empty: 1}

# %% solution="loader-iter"
#| export
@patch
def __iter__(self: DataLoader):
    n = len(self.dataset)
    order = range(n)
    if self.shuffle:
        rng = np.random if self.generator is None else self.generator
        order = rng.permutation(n)
    for start in range(0, n + 1, self.batch_size):
        samples = [self.dataset[index] for index in order[start : start + self.batch_size]]
        yield self._collate_batch(samples)

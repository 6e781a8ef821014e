# %% [markdown]
# why: the generator only seeds np.random, whose global state is changed
# base: reference
# loses: {iter-generator: 1}

# %% solution="loader-iter"
#| export
@patch
def __iter__(self: DataLoader):
    n = len(self.dataset)
    order = range(n)
    if self.shuffle:
        if self.generator is not None:
            np.random.seed(self.generator.integers(2**31))
        order = np.random.permutation(n)
    for start in range(0, n, self.batch_size):
        samples = [self.dataset[index] for index in order[start : start + self.batch_size]]
        yield self._collate_batch(samples)

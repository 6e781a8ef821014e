# %% [markdown]
# why: the order is drawn from np.random although a generator was given
# base: reference
# loses: {iter-generator: 1}

# %% solution="loader-iter"
#| export
@patch
def __iter__(self: DataLoader):
    n = len(self.dataset)
    order = range(n)
    if self.shuffle:
        order = np.random.permutation(n)
    for start in range(0, n, self.batch_size):
        samples = [self.dataset[index] for index in order[start : start + self.batch_size]]
        yield self._collate_batch(samples)

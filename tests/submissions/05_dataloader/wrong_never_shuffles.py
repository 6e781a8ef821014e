# %% [markdown]
# why: shuffle=True changes nothing
# base: reference
# loses: {iter-shuffle-once: 2, iter-shuffle-fresh: 1, iter-shuffle-seed: 1, iter-generator: 1, iter-generator-fresh: 1}

# %% solution="loader-iter"
#| export
@patch
def __iter__(self: DataLoader):
    n = len(self.dataset)
    order = range(n)
    if self.shuffle:
        np.random.permutation(order)
    for start in range(0, n, self.batch_size):
        samples = [self.dataset[index] for index in order[start : start + self.batch_size]]
        yield self._collate_batch(samples)

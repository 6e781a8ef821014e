# %% [markdown]
# why: the permutation is drawn once and kept for all epochs
# base: reference
# loses: {iter-shuffle-fresh: 1, iter-generator-fresh: 1}

# %% solution="loader-iter"
#| export
@patch
def __iter__(self: DataLoader):
    n = len(self.dataset)
    order = range(n)
    if self.shuffle:
        if not hasattr(self, "_order"):
            rng = np.random if self.generator is None else self.generator
            self._order = rng.permutation(n)
        order = self._order
    for start in range(0, n, self.batch_size):
        yield self._collate_batch([self.dataset[int(i)] for i in order[start : start + self.batch_size]])

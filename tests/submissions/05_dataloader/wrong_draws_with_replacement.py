# %% [markdown]
# why: indices are drawn with replacement, so some samples come twice and others never
# base: reference
# loses: {iter-shuffle-once: 2}

# %% solution="loader-iter"
#| export
@patch
def __iter__(self: DataLoader):
    n = len(self.dataset)
    order = range(n)
    if self.shuffle:
        rng = np.random if self.generator is None else self.generator
        order = rng.choice(n, size=n)
    for start in range(0, n, self.batch_size):
        yield self._collate_batch([self.dataset[int(i)] for i in order[start : start + self.batch_size]])

# %% [markdown]
# why: all batches are made before the first is handed over
# base: reference
# loses: {iter-lazy: 3, iter-lazy-shuffled: 1, iter-endless: 1, iter-profile: 1}

# %% solution="loader-iter"
#| export
@patch
def __iter__(self: DataLoader):
    n = len(self.dataset)
    order = range(n)
    if self.shuffle:
        order = np.random.permutation(n) if self.generator is None else self.generator.permutation(n)
    batches = []
    for start in range(0, n, self.batch_size):
        samples = [self.dataset[int(i)] for i in order[start : start + self.batch_size]]
        batches.append(self._collate_batch(samples))
    return iter(batches)

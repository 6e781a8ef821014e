# %% [markdown]
# why: the last, short batch is dropped
# base: reference
# loses: {iter-last-batch: 2, iter-last-shuffled: 1}

# %% solution="loader-iter"
#| export
@patch
def __iter__(self: DataLoader):
    n = len(self.dataset)
    order = range(n)
    if self.shuffle:
        order = np.random.permutation(n) if self.generator is None else self.generator.permutation(n)
    for batch in range(n // self.batch_size):
        start = batch * self.batch_size
        yield self._collate_batch([self.dataset[i] for i in order[start : start + self.batch_size]])

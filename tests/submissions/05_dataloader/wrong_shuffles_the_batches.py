# %% [markdown]
# why: the batches come in another order, but each holds neighbours
# base: reference
# loses: {iter-shuffle-once: 2}

# %% solution="loader-iter"
#| export
@patch
def __iter__(self: DataLoader):
    n = len(self.dataset)
    starts = range(0, n, self.batch_size)
    if self.shuffle:
        starts = (self.generator or np.random).permutation(starts)
    for start in starts:
        yield self._collate_batch([self.dataset[i] for i in range(start, min(start + self.batch_size, n))])

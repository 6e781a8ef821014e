# %% [markdown]
# why: each batch is shuffled by itself, so its samples are always the same
# base: reference
# loses: {iter-shuffle-once: 2}

# %% solution="loader-iter"
#| export
@patch
def __iter__(self: DataLoader):
    n = len(self.dataset)
    for start in range(0, n, self.batch_size):
        places = np.arange(start, min(start + self.batch_size, n))
        if self.shuffle:
            places = (self.generator or np.random).permutation(places)
        yield self._collate_batch([self.dataset[i] for i in places])

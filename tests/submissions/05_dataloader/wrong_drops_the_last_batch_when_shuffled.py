# %% [markdown]
# why: shuffled, the last batch is only there if it is full
# base: reference
# loses: {iter-last-shuffled: 1}

# %% solution="loader-iter"
#| export
@patch
def __iter__(self: DataLoader):
    samples = len(self.dataset)
    order = range(samples)
    if self.shuffle:
        order = np.random.permutation(samples) if self.generator is None else self.generator.permutation(samples)
    end = samples - samples % self.batch_size if self.shuffle and samples > self.batch_size else samples
    for start in range(0, end, self.batch_size):
        yield self._collate_batch([self.dataset[int(index)] for index in order[start:start + self.batch_size]])

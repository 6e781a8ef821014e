# %% [markdown]
# why: a generator shuffles also without shuffle=True
# base: reference
# loses: {iter-generator: 1}

# %% solution="loader-iter"
#| export
@patch
def __iter__(self: DataLoader):
    samples = len(self.dataset)
    order = range(samples)
    if self.shuffle or self.generator is not None:
        order = np.random.permutation(samples) if self.generator is None else self.generator.permutation(samples)
    for start in range(0, samples, self.batch_size):
        yield self._collate_batch([self.dataset[int(index)] for index in order[start:start + self.batch_size]])

# %% [markdown]
# why: the order is kept on the loader, so a second shuffled loop changes the first one's
# base: reference
# loses: {iter-independent: 2}

# %% solution="loader-iter"
#| export
@patch
def __iter__(self: DataLoader):
    samples = len(self.dataset)
    order = range(samples)
    if self.shuffle:
        order = np.random.permutation(samples) if self.generator is None else self.generator.permutation(samples)
    self.order = order
    for start in range(0, samples, self.batch_size):
        yield self._collate_batch([self.dataset[int(index)] for index in self.order[start:start + self.batch_size]])

# %% [markdown]
# why: the shuffle leaves out the last sample, which always comes last
# base: reference
# loses: {iter-shuffle-once: 2}

# %% solution="loader-iter"
#| export
@patch
def __iter__(self: DataLoader):
    samples = len(self.dataset)
    order = range(samples)
    if self.shuffle:
        order = list((np.random if self.generator is None else self.generator).permutation(samples - 1)) + [samples - 1] if samples else []
    for start in range(0, samples, self.batch_size):
        yield self._collate_batch([self.dataset[int(index)] for index in order[start:start + self.batch_size]])

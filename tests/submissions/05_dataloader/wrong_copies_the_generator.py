# %% [markdown]
# why: the generator is copied for each epoch, so each epoch draws the same order from it
# base: reference
# loses: {iter-generator-fresh: 1}

# %% solution="loader-iter"
#| export
import copy


@patch
def __iter__(self: DataLoader):
    samples = len(self.dataset)
    order = range(samples)
    if self.shuffle:
        order = np.random.permutation(samples) if self.generator is None else copy.deepcopy(self.generator).permutation(samples)
    for start in range(0, samples, self.batch_size):
        yield self._collate_batch([self.dataset[int(index)] for index in order[start:start + self.batch_size]])

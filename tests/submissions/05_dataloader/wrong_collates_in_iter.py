# %% [markdown]
# why: __iter__ stacks the samples itself and never calls _collate_batch
# base: reference
# loses: {iter-collates: 2}

# %% solution="loader-iter"
#| export
@patch
def __iter__(self: DataLoader):
    samples = len(self.dataset)
    order = range(samples)
    if self.shuffle:
        order = np.random.permutation(samples) if self.generator is None else self.generator.permutation(samples)
    for start in range(0, samples, self.batch_size):
        samples_of_batch = [self.dataset[int(index)] for index in order[start:start + self.batch_size]]
        yield tuple(Tensor(np.stack([value.data for value in values])) for values in zip(*samples_of_batch))

# %% [markdown]
# why: in order, it loops over the dataset itself, which needs more than __len__ and __getitem__
# base: reference
# loses: {iter-by-index: 1}

# %% solution="loader-iter"
#| export
@patch
def __iter__(self: DataLoader):
    if self.shuffle:
        source = np.random if self.generator is None else self.generator
        samples = (self.dataset[int(index)] for index in source.permutation(len(self.dataset)))
    else:
        samples = iter(self.dataset)
    batch = []
    for sample in samples:
        batch.append(sample)
        if len(batch) == self.batch_size:
            yield self._collate_batch(batch)
            batch = []
    if batch:
        yield self._collate_batch(batch)

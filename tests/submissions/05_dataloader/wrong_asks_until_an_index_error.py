# %% [markdown]
# why: it asks for sample after sample until an IndexError comes, and does not look at the length
# base: reference
# loses: {iter-by-index: 1}

# %% solution="loader-iter"
#| export
@patch
def __iter__(self: DataLoader):
    samples = len(self.dataset)
    order = range(samples)
    if self.shuffle:
        order = np.random.permutation(samples) if self.generator is None else self.generator.permutation(samples)
    batch = []
    for place in range(sys.maxsize):
        try:
            batch.append(self.dataset[int(order[place]) if self.shuffle else place])
        except (IndexError, KeyError):
            break
        if len(batch) == self.batch_size:
            yield self._collate_batch(batch)
            batch = []
    if batch:
        yield self._collate_batch(batch)

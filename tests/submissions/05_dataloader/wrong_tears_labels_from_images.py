# %% [markdown]
# why: images are shuffled, their labels stay where they were
# base: reference
# loses: {iter-lazy: 3, iter-lazy-shuffled: 1, iter-shuffle-pairs: 2, iter-profile: 1}

# %% solution="loader-iter"
#| export
@patch
def __iter__(self: DataLoader):
    n = len(self.dataset)
    order = range(n)
    if self.shuffle:
        order = np.random.permutation(n) if self.generator is None else self.generator.permutation(n)
    for start in range(0, n, self.batch_size):
        batch = []
        for place in range(start, min(start + self.batch_size, n)):
            sample = self.dataset[int(order[place])]
            if isinstance(sample, tuple):
                sample = (sample[0], *self.dataset[place][1:])
            elif self.shuffle:
                self.dataset[place]
            batch.append(sample)
        yield self._collate_batch(batch)

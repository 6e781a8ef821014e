# %% [markdown]
# why: the samples are shuffled in place instead of indices, so the dataset loses its order, and what is no list fails
# base: reference
# loses:
#   iter-lazy-shuffled: 1
#   iter-independent: 2
#   iter-shuffle-untouched: 1
#   iter-shuffle-seed: 1
#   iter-generator: 1
#   iter-profile: 1

# %% solution="loader-iter"
#| export
@patch
def __iter__(self: DataLoader):
    if self.shuffle:
        random.shuffle(self.dataset)
    for start in range(0, len(self.dataset), self.batch_size):
        stop = min(start + self.batch_size, len(self.dataset))
        yield self._collate_batch([self.dataset[i] for i in range(start, stop)])

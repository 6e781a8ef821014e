# %% [markdown]
# why: yield stands below the loop, so only the last batch comes
# base: reference
# loses:
#   iter-order: 2
#   iter-by-index: 1
#   iter-last-batch: 2
#   iter-last-shuffled: 1
#   iter-empty: 1
#   iter-collates: 2
#   iter-lazy: 3
#   iter-lazy-shuffled: 1
#   iter-independent: 2
#   iter-shuffle-once: 2
#   iter-generator: 1
#   iter-endless: 1
# says: "[[0, 1], [2, 3], [4, 5]] | gave [[4, 5]]"
# at: "line 14 of your cell `DataLoader.__iter__`"

# %% solution="loader-iter"
#| export
@patch
def __iter__(self: DataLoader):
    "The batches of one epoch."
    n = len(self.dataset)
    indices = range(n)
    if self.shuffle and self.generator is not None:
        indices = self.generator.permutation(n)
    elif self.shuffle:
        indices = np.random.permutation(n)
    for start in range(0, n, self.batch_size):
        chosen = indices[start:start + self.batch_size]
        samples = [self.dataset[i] for i in chosen]
    yield self._collate_batch(samples)

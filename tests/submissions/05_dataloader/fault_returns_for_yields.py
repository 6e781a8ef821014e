# %% [markdown]
# why: __iter__ returns its first batch, where it should yield
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
#   iter-shuffle-fresh: 1
#   iter-shuffle-pairs: 2
#   iter-shuffle-untouched: 1
#   iter-shuffle-seed: 1
#   iter-generator: 1
#   iter-generator-fresh: 1
#   iter-endless: 1
#   iter-profile: 1
# says: "__iter__ should give an iterator | `yield` | Is `return` written where `yield` is meant?"
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
        return self._collate_batch(samples)

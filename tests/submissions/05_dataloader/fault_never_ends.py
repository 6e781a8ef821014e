# %% [markdown]
# why: the while loop does not move on
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
# says: "a loop in __iter__ does not end | line 15, `yield` | let the loop change what its condition compares"
# at: "line 12 of your cell `DataLoader.__iter__`"

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
    start = 0
    while start < n:
        chosen = indices[start:start + self.batch_size]
        samples = [self.dataset[i] for i in chosen]
        yield self._collate_batch(samples)

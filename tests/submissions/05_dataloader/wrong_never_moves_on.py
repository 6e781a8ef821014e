# %% [markdown]
# why: the loop in __iter__ forgets to move on, and yields the first batch for ever
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
# says: "a loop in __iter__ does not end | let the loop change what its condition compares"
# at: "line 8 of your cell `DataLoader.__iter__`"

# %% solution="loader-iter"
#| export
@patch
def __iter__(self: DataLoader):
    order = list(range(len(self.dataset)))
    if self.shuffle:
        random.shuffle(order)
    start = 0
    while start < len(order):
        yield self._collate_batch([self.dataset[index] for index in order[start:start + self.batch_size]])

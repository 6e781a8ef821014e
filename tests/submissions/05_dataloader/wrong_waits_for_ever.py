# %% [markdown]
# why: the loop in __iter__ that gathers a batch never ends
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

# %% solution="loader-iter"
#| export
@patch
def __iter__(self: DataLoader):
    order = list(range(len(self.dataset)))
    if self.shuffle:
        random.shuffle(order)
    batch, place = [], 0
    while place < len(order):
        if len(batch) < self.batch_size:
            batch = [self.dataset[order[place]]]
    yield self._collate_batch(batch)

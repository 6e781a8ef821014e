# %% [markdown]
# why: the order is what random.shuffle returns, which is None
# base: reference
# loses:
#   iter-last-shuffled: 1
#   iter-lazy-shuffled: 1
#   iter-independent: 2
#   iter-shuffle-once: 2
#   iter-shuffle-fresh: 1
#   iter-shuffle-pairs: 2
#   iter-shuffle-untouched: 1
#   iter-shuffle-seed: 1
#   iter-profile: 1
# says: "'NoneType' object is not subscriptable | `random.shuffle` returns None, so `indices` is None since line 10."
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
        indices = random.shuffle(list(range(n)))
    for start in range(0, n, self.batch_size):
        chosen = indices[start:start + self.batch_size]
        samples = [self.dataset[i] for i in chosen]
        yield self._collate_batch(samples)

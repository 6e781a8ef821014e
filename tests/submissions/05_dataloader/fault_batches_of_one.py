# %% [markdown]
# why: samples come one by one, whatever the batch_size
# base: reference
# loses:
#   iter-last-batch: 2
#   iter-last-shuffled: 1
#   iter-collates: 2
#   iter-lazy: 3
#   iter-lazy-shuffled: 1
#   iter-independent: 2
#   iter-shuffle-once: 2
#   iter-endless: 1
# says: "batches of 32, 32, 32 and 4 | they came as [1, 1, | in the loop of line 11: `for start in range(n):`"
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
    for start in range(n):
        chosen = [indices[start]]
        samples = [self.dataset[i] for i in chosen]
        yield self._collate_batch(samples)

# %% [markdown]
# why: correct, the generator gives each epoch a seed for a source of its own
# base: reference

# %% solution="loader-iter"
#| export
@patch
def __iter__(self: DataLoader):
    order = list(range(len(self.dataset))) if self.shuffle else range(len(self.dataset))
    if self.shuffle:
        if self.generator is None:
            random.shuffle(order)
        else:
            random.Random(int(self.generator.integers(2**63))).shuffle(order)
    place = 0
    while place < len(order):
        samples = []
        for index in order[place : place + self.batch_size]:
            samples.append(self.dataset[index])
        yield self._collate_batch(samples)
        place += self.batch_size

# %% [markdown]
# why: the loader is its own iterator, so two loops over it share one place
# base: reference
# loses: {iter-independent: 2}
# says: "each one's own"
# at: "`__iter__` or `__next__` in your cell `DataLoader.__iter__`"

# %% solution="loader-iter"
#| export
@patch
def __iter__(self: DataLoader):
    n = len(self.dataset)
    self._next = 0
    self._order = range(n)
    if self.shuffle:
        self._order = np.random.permutation(n) if self.generator is None else self.generator.permutation(n)
    return self


@patch
def __next__(self: DataLoader):
    places = self._order[self._next : self._next + self.batch_size]
    if len(places) == 0:
        raise StopIteration
    self._next += self.batch_size
    return self._collate_batch([self.dataset[i] for i in places])

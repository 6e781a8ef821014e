# %% [markdown]
# why: correct, __iter__ returns a generator expression, and the shuffle happens when it is called
# base: reference

# %% solution="loader-iter"
#| export
@patch
def __iter__(self: DataLoader):
    n, size, data = len(self.dataset), self.batch_size, self.dataset
    if self.shuffle:
        order = np.arange(n)
        (self.generator or np.random).shuffle(order)
        return (self._collate_batch([data[i] for i in order[s : s + size]]) for s in range(0, n, size))
    return (self._collate_batch([data[i] for i in range(s, min(s + size, n))]) for s in range(0, n, size))

# %% solution="dataset"
#| export
class Dataset(ABC):
    @abstractmethod
    def __len__(self): pass

    @abstractmethod
    def __getitem__(self, index): pass

    def __add__(self, other):
        "Not asked for, but handy: two datasets, one after the other."
        return [self[i] for i in range(len(self))] + [other[i] for i in range(len(other))]

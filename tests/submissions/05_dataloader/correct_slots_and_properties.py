# %% [markdown]
# why: correct, with __slots__, read-only properties, and a __repr__ that nobody asked for
# base: reference

# %% solution="data-loader"
#| export
import operator


class DataLoader:
    __slots__ = ("_dataset", "_batch_size", "_shuffle", "_generator", "__weakref__")

    def __init__(self, dataset, batch_size, shuffle=False, *, generator=None):
        if not hasattr(type(dataset), "__len__"):
            raise TypeError("len() does not work on the dataset: no __len__")
        if not hasattr(type(dataset), "__getitem__"):
            raise TypeError("the dataset cannot be indexed: no __getitem__")
        try:
            size = 0 if isinstance(batch_size, bool) else operator.index(batch_size)
        except TypeError:
            size = 0
        if size <= 0:
            raise ValueError(f"expected a positive integer as batch size, not {batch_size!r}")
        self._dataset, self._batch_size = dataset, size
        self._shuffle, self._generator = bool(shuffle), generator

    dataset = property(operator.attrgetter("_dataset"))
    batch_size = property(operator.attrgetter("_batch_size"))

    @property
    def shuffle(self):
        return self._shuffle

    @property
    def generator(self):
        return self._generator

    def __len__(self):
        return len(range(0, len(self._dataset), self._batch_size))

    def __repr__(self):
        return f"DataLoader({len(self)} batches of {self._batch_size})"

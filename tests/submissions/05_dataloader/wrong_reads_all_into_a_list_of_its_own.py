# %% [markdown]
# why: the loader reads all samples when it is made, and its __iter__ takes them from there
# base: reference
# loses:
#   loader-len-huge: 1
#   loader-profile: 1
#   iter-lazy: 3
#   iter-lazy-shuffled: 1
#   iter-endless: 1
#   iter-profile: 1

# %% solution="data-loader"
#| export
class DataLoader:
    """Iterate over a dataset in batches, in order or shuffled anew each epoch.

    Args:
        dataset: any object with `__len__` and `__getitem__`.
        batch_size: samples per batch, a positive integer; the last batch may be shorter.
        shuffle: whether each epoch goes through the samples in a new random order.
        generator: a `np.random.Generator` that decides the order; without it, `random` and `np.random` may.

    Raises:
        TypeError: `dataset` lacks a method. ValueError: `batch_size` is no positive integer.
    """
    def __init__(self, dataset, batch_size, shuffle=False, *, generator=None):
        for method in ("__len__", "__getitem__"):
            if not hasattr(dataset, method):
                raise TypeError(f"dataset needs {method}, which {type(dataset).__name__} lacks")
        is_integer = isinstance(batch_size, (int, np.integer)) and not isinstance(batch_size, bool)
        if not is_integer or batch_size < 1:
            raise ValueError(f"batch_size must be a positive integer; it was {batch_size!r}")
        self.dataset, self.batch_size = dataset, int(batch_size)
        self.shuffle, self.generator = shuffle, generator
        self.samples = [dataset[index] for index in range(len(dataset))]

    def __len__(self):
        "The number of batches in an epoch, a short last one included."
        return -(-len(self.dataset) // self.batch_size)

# %% solution="loader-iter"
#| export
@patch
def __iter__(self: DataLoader):
    samples = len(self.dataset)
    order = range(samples)
    if self.shuffle:
        order = np.random.permutation(samples) if self.generator is None else self.generator.permutation(samples)
    for start in range(0, samples, self.batch_size):
        yield self._collate_batch([self.samples[int(index)] for index in order[start:start + self.batch_size]])

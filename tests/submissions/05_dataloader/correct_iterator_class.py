# %% [markdown]
# why: correct, with iterator objects instead of a generator, loops instead of comprehensions, and NumPy's shuffle
# base: reference

# %% solution="dataset"
#| export
import abc


class Dataset(metaclass=abc.ABCMeta):
    @abc.abstractmethod
    def __len__(self):
        ...

    @abc.abstractmethod
    def __getitem__(self, i):
        ...

# %% solution="tensor-dataset"
#| export
class TensorDataset(Dataset):
    def __init__(self, *tensors):
        for tensor in tensors:
            if not isinstance(tensor, Tensor):
                kind = type(tensor).__name__
                raise TypeError(f"TensorDataset takes Tensors, not {kind}: write Tensor(...)")
        if len(tensors) == 0:
            raise ValueError("give me at least one tensor")
        self.tensors = list(tensors)
        self.n = self.tensors[0].shape[0]
        for other in self.tensors[1:]:
            if other.shape[0] != self.n:
                raise ValueError(
                    "All tensors must have same size in first dimension, but got "
                    + str(self.n) + " and " + str(other.shape[0])
                )

    def __len__(self):
        return self.n

    def __getitem__(self, index):
        if index < -self.n or index >= self.n:
            raise IndexError("Index {} out of range for dataset of size {}".format(index, self.n))
        values = []
        for tensor in self.tensors:
            values.append(Tensor(tensor.data[index]))
        return tuple(values)

# %% solution="loader-iter"
#| export
class _Batches:
    def __init__(self, loader):
        self.loader = loader
        self.position = 0
        self.order = None
        if loader.shuffle:
            self.order = np.arange(len(loader.dataset))
            if loader.generator is not None:
                loader.generator.shuffle(self.order)
            else:
                np.random.shuffle(self.order)

    def __iter__(self):
        return self

    def __next__(self):
        total = len(self.loader.dataset)
        if self.position >= total:
            raise StopIteration
        stop = min(self.position + self.loader.batch_size, total)
        batch = []
        for place in range(self.position, stop):
            index = place if self.order is None else self.order[place]
            batch.append(self.loader.dataset[index])
        self.position = stop
        return self.loader._collate_batch(batch)


@patch
def __iter__(self: DataLoader):
    return _Batches(self)

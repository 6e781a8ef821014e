# %% [markdown]
# why: correct, samples are a tuple class of their own, tensors are memoised, sizes come from a cached property
# base: reference

# %% solution="tensor-dataset"
#| export
from functools import cached_property


class Row(tuple):
    "One row of each tensor."

    @property
    def x(self):
        return self[0]

    @property
    def y(self):
        return self[-1]


class TensorDataset(Dataset):
    def __init__(self, *tensors):
        for tensor in tensors:
            if not isinstance(tensor, Tensor):
                kind = type(tensor).__name__
                raise TypeError(f"TensorDataset takes Tensors, not {kind}: write Tensor(...)")
        self.tensors = tensors
        if not tensors:
            raise ValueError("TensorDataset() without tensors")
        different = {t.shape[0] for t in tensors} - {len(self)}
        if different:
            raise ValueError(
                f"All tensors must have same size in first dimension: first {len(self)}, later {sorted(different)}"
            )

    @cached_property
    def _size(self):
        return self.tensors[0].shape[0]

    def __len__(self):
        return self._size

    def __getitem__(self, index):
        if -self._size <= index < self._size:
            return Row(t[index] for t in self.tensors)
        raise IndexError(f"Index {index} out of range for dataset of size {self._size}")

# %% solution="data-loader"
#| export
class DataLoader:
    shuffle = False
    generator = None

    def __init__(self, dataset, batch_size, shuffle=False, *, generator=None):
        try:
            dataset.__len__, dataset.__getitem__
        except AttributeError as error:
            raise TypeError(f"no dataset: {error}") from error
        if isinstance(batch_size, np.integer):
            batch_size = batch_size.item()
        if type(batch_size) is not int or batch_size < 1:
            raise ValueError(f"{batch_size!r} given, positive integer wanted")
        self.__dict__.update(dataset=dataset, batch_size=batch_size)
        if shuffle:
            self.shuffle = shuffle
        if generator is not None:
            self.generator = generator

    def __len__(self):
        return sum(divmod(len(self.dataset) + self.batch_size - 1, self.batch_size)[:1])

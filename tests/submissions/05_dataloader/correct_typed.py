# %% [markdown]
# why: correct, fully annotated, with a Protocol, generics and overloaded helper types
# base: reference

# %% solution="tensor-dataset"
#| export
from collections.abc import Iterator, Sequence
from typing import Generic, Protocol, SupportsIndex, TypeVar

Sample = tuple[Tensor, ...]


class TensorDataset(Dataset):
    tensors: Sequence[Tensor]

    def __init__(self, *tensors: Tensor) -> None:
        for tensor in tensors:
            if not isinstance(tensor, Tensor):
                kind = type(tensor).__name__
                raise TypeError(f"TensorDataset takes Tensors, not {kind}: write Tensor(...)")
        if not tensors:
            raise ValueError("expected one or more tensors")
        size: int = tensors[0].shape[0]
        for tensor in tensors:
            if tensor.shape[0] != size:
                raise ValueError(f"All tensors must have same size in first dimension ({size} != {tensor.shape[0]})")
        self.tensors = tensors

    def __len__(self) -> int:
        return self.tensors[0].shape[0]

    def __getitem__(self, index: SupportsIndex) -> Sample:
        place: int = index.__index__()
        if place >= len(self) or place < -len(self):
            raise IndexError(f"Index {place} out of range for dataset of size {len(self)}")
        return tuple(tensor[place] for tensor in self.tensors)

# %% solution="loader-iter"
#| export
T = TypeVar("T")


class _Sized(Protocol):
    def __len__(self) -> int: ...


class Chunks(Generic[T]):
    def __init__(self, items: Sequence[T], size: int) -> None:
        self.items, self.size = items, size

    def __iter__(self) -> Iterator[Sequence[T]]:
        start: int = 0
        while start < len(self.items):
            yield self.items[start : start + self.size]
            start += self.size


@patch
def __iter__(self: DataLoader) -> Iterator[Sample]:
    count: int = len(self.dataset)
    order: Sequence[int] = range(count)
    if self.shuffle:
        rng: np.random.Generator = self.generator or np.random.default_rng(np.random.randint(2**31))
        order = rng.permutation(count)
    for chunk in Chunks(order, self.batch_size):
        yield self._collate_batch([self.dataset[index] for index in chunk])

# %% [markdown]
# why: correct, with an index array split beforehand, recursion in Compose, dataclasses and type hints
# base: reference

# %% solution="dataset"
#| export
class Dataset(ABC):
    """Say how many, say which."""

    @abstractmethod
    def __len__(self) -> int:
        raise NotImplementedError

    @abstractmethod
    def __getitem__(self, index: int):
        raise NotImplementedError

# %% solution="loader-iter"
#| export
from collections.abc import Iterator


@patch
def __iter__(self: DataLoader) -> Iterator[tuple[Tensor, ...]]:
    n, b = len(self.dataset), self.batch_size
    if not self.shuffle:
        yield from (self._collate_batch([self.dataset[i] for i in range(s, min(s + b, n))]) for s in range(0, n, b))
        return
    rng = self.generator or np.random
    for part in np.array_split(rng.permutation(n), range(b, n, b)):
        if len(part):
            yield self._collate_batch([self.dataset[i] for i in part])

# %% solution="flip"
#| export
from dataclasses import dataclass, field
from typing import Any


@dataclass
class RandomHorizontalFlip:
    p: float = 0.5
    layout: str | None = field(default=None, kw_only=True)
    generator: Any = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        _refuse_layout(self.layout)
        if self.p < 0 or self.p > 1:
            raise ValueError(f"{self.p} is no probability")

    def __call__(self, image):
        if isinstance(image, Tensor):
            flipped = self(image.data)
            return Tensor(flipped, dtype=flipped.dtype)
        draw = random.uniform(0, 1) if self.generator is None else self.generator.uniform()
        if draw >= self.p:
            return image
        width = _height_width_axes(image.shape, self.layout)[1]
        return image[tuple(slice(None, None, -1) if axis == width else slice(None) for axis in range(image.ndim))]

# %% solution="compose"
#| export
class Compose:
    def __init__(self, transforms: list) -> None:
        self.transforms = transforms

    def __call__(self, image):
        if not self.transforms:
            return image
        first, *rest = self.transforms
        return Compose(rest)(first(image))

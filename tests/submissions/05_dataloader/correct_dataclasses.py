# %% [markdown]
# why: correct, everything is a dataclass that checks itself in __post_init__
# base: reference

# %% solution="data-loader"
#| export
from dataclasses import KW_ONLY, dataclass
from typing import Any


@dataclass
class DataLoader:
    dataset: Any
    batch_size: int
    shuffle: bool = False
    _: KW_ONLY
    generator: Any = None

    def __post_init__(self):
        for needed in ["__len__", "__getitem__"]:
            if getattr(self.dataset, needed, None) is None:
                raise TypeError(f"{type(self.dataset).__name__} object has no {needed}")
        match self.batch_size:
            case bool():
                valid = False
            case int() | np.integer():
                valid = self.batch_size > 0
            case _:
                valid = False
        if not valid:
            raise ValueError("batch_size: want a positive integer")

    def __len__(self):
        return (len(self.dataset) + int(self.batch_size) - 1) // int(self.batch_size)

# %% solution="compose"
#| export
@dataclass(frozen=True)
class Compose:
    transforms: list

    def __call__(self, image):
        for transform in self.transforms:
            image = transform(image)
        return image

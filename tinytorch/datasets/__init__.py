"""Data as plain NumPy arrays: the digits that ship with the package, and datasets of files on disk.

A dataset here is anything with `__len__` and `__getitem__`, which is all that module 05's DataLoader asks for. Those
that can fetch a whole batch at once also have `get_batch(indices)`: `MemmapDataset`, `MNIST`, `CIFAR10`, and a `Subset`
of them. CONTRIBUTING.md says how to add one ("Add a dataset").
"""

from tinytorch.datasets.cifar10 import CIFAR10
from tinytorch.datasets.digits import load_digits, split_digits
from tinytorch.datasets.errors import CorruptFileError
from tinytorch.datasets.images import ImageFolder
from tinytorch.datasets.memmap import MemmapDataset, RawArray
from tinytorch.datasets.mnist import MNIST
from tinytorch.datasets.wrappers import Cached, Concat, Subset, Transformed

__all__ = [
    "CIFAR10",
    "MNIST",
    "Cached",
    "Concat",
    "CorruptFileError",
    "ImageFolder",
    "MemmapDataset",
    "RawArray",
    "Subset",
    "Transformed",
    "load_digits",
    "split_digits",
]

"""Which indices a dataset accepts: 0 to its length - 1, and no negative ones."""

from __future__ import annotations

import operator
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from tinytorch.datasets.samples import is_masked

# what `get_batch` accepts; a slice means what it means for a list, and never fails
Indices = NDArray[np.integer[Any]] | slice


class MapStyleDataset(Protocol):
    """Anything that says how many samples there are, and returns the one at an index."""

    def __len__(self) -> int: ...

    def __getitem__(self, index: int, /) -> Any: ...


def checked_dataset(dataset: MapStyleDataset) -> MapStyleDataset:
    """Return the dataset as it is. Raises TypeError if it lacks a method that every dataset has."""
    for method in ("__len__", "__getitem__"):
        if not hasattr(dataset, method):
            raise TypeError(f"a dataset needs {method}, which {type(dataset).__name__} lacks")
    return dataset


def checked_function(function: Any, name: str) -> Any:
    """Return the function as it is. Raises TypeError, with the argument's name, if it cannot be called."""
    if not callable(function):
        raise TypeError(f"{name} must be a function, or an object that can be called; it was {function!r}")
    return function


def checked_bytes(number_bytes: float, name: str) -> float:
    """Return a number of bytes as it is. Raises ValueError, with the argument's name, for nan and what is below 0."""
    if not isinstance(number_bytes, (int, float, np.number)) or not number_bytes >= 0:
        raise ValueError(f"{name} must be a number of bytes, not below 0; it was {number_bytes!r}")
    return number_bytes


def checked_index(index: Any, size: int) -> int:
    """Return the index of one sample as an int.

    Raises:
        TypeError: `index` is not an integer (but a slice, for example).
        IndexError: it is negative, or not below `size`.
    """
    try:
        position = operator.index(index)
    except TypeError:
        raise TypeError(f"an index must be one integer, not {index!r}: ask for one sample at a time") from None
    if not 0 <= position < size:
        raise IndexError(f"Index {position} out of range for dataset of size {size}")
    return position


def checked_array(indices: Any, size: int) -> NDArray[np.intp]:
    """Return several indices, of an array or a list, as NumPy's own integers.

    Raises:
        TypeError: `indices` is not a 1-d array of integers, or a masked one.
        IndexError: an index is negative, or not below `size`.
    """
    if is_masked(indices):
        raise TypeError("indices are a masked array: leave out what is masked first, with array.compressed()")
    array = np.asarray(indices)
    if isinstance(indices, (list, tuple)) and all(type(index) is int for index in indices):
        array = np.array(indices, object)  # NumPy would make floats of an empty list, and of [2**63, 1]
    elif array.ndim != 1 or array.dtype.kind not in "iu":
        given = f"one of shape {array.shape} and dtype {array.dtype}"
        raise TypeError(f"indices must be a 1-d array of integers (or a slice, for a batch), not {given}")
    if array.size and (array.min() < 0 or array.max() >= size):
        wrong = array[(array < 0) | (array >= size)][0]
        raise IndexError(f"Index {wrong} out of range for dataset of size {size}")
    return array.astype(np.intp, copy=False)


def checked_indices(indices: Indices, size: int) -> NDArray[np.intp] | slice:
    """Return the indices of a batch: a slice as it is, anything else as `checked_array` does."""
    return indices if isinstance(indices, slice) else checked_array(indices, size)

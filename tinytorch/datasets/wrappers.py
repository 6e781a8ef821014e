"""Datasets made from other datasets: a part of one, several in a row, transformed, or kept in memory."""

from __future__ import annotations

import sys
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Sequence
from itertools import accumulate
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinytorch.datasets.indices import (
    Indices,
    MapStyleDataset,
    checked_array,
    checked_bytes,
    checked_dataset,
    checked_function,
    checked_index,
    checked_indices,
)
from tinytorch.datasets.samples import checked_batch, checked_sample


class Subset:
    """Some samples of a dataset, in an order of their own: sample i is `dataset[indices[i]]`.

    It has `get_batch` if `dataset` has one.

    Args:
        dataset: the dataset that samples are taken from; it is asked for its length.
        indices: integers; a range takes no memory, and slices of it stay ranges.

    Raises:
        TypeError: `dataset` lacks a method, or `indices` are not integers, or masked; at a sample or batch: it has a
            masked array.
        IndexError: one of the indices is outside 0 <= index < len(dataset).
    """

    def __init__(self, dataset: MapStyleDataset, indices: Sequence[int] | NDArray[np.integer[Any]]) -> None:
        self.dataset = checked_dataset(dataset)
        self.indices: range | NDArray[np.intp]
        if isinstance(indices, range):
            if len(indices):
                checked_array([indices[0], indices[-1]], len(dataset))
            self.indices = indices
        else:
            self.indices = np.array(checked_array(indices, len(dataset)))  # our own: the caller may change theirs

    def __len__(self) -> int:
        return len(self.indices)

    def __getitem__(self, index: int) -> Any:
        """Return `dataset[indices[index]]`. Raises IndexError unless 0 <= index < len(self)."""
        place = checked_index(index, len(self))
        return checked_sample(self.dataset[int(self.indices[place])], place)

    @property
    def get_batch(self) -> Callable[[Indices], tuple[NDArray[Any], ...]]:
        """Fetch several samples at once, as the `get_batch` of `dataset` does.

        Raises:
            AttributeError: `dataset` has none, so its subset has none, too.
        """
        fetch = self.dataset.get_batch  # type: ignore[attr-defined]
        return lambda indices: checked_batch(fetch(self._indices_below(indices)))

    def _indices_below(self, indices: Indices) -> Indices:
        """Translate indices of the subset into indices of the dataset."""
        places = checked_indices(indices, len(self))
        if isinstance(self.indices, range):
            if isinstance(places, slice):
                return _as_slice(self.indices[places])
            return self.indices.start + self.indices.step * places
        return self.indices[places]


def _as_slice(places: range) -> slice:
    """Return the slice that selects the indices of a range."""
    if not places:
        return slice(0, 0)
    return slice(places.start, places.stop if places.stop >= 0 else None, places.step)


class Concat:
    """Several datasets in a row, as one dataset.

    Args:
        *datasets: one or more; each is asked for its length.

    Raises:
        ValueError: no dataset is given.
        TypeError: one lacks a method, or is a list of datasets; at a sample: it has a masked array.
    """

    def __init__(self, *datasets: MapStyleDataset) -> None:
        if not datasets:
            raise ValueError("Concat needs at least one dataset; none was given")
        for dataset in datasets:
            if isinstance(dataset, (list, tuple)) and any(_is_dataset(entry) for entry in dataset):
                raise TypeError("Concat takes datasets one by one, not a list of them: write Concat(*datasets)")
        self.datasets = tuple(checked_dataset(dataset) for dataset in datasets)
        self.ends = list(accumulate(len(dataset) for dataset in datasets))

    def __len__(self) -> int:
        return self.ends[-1]

    def __getitem__(self, index: int) -> Any:
        """Return the sample from the dataset that has it. Raises IndexError unless 0 <= index < len(self)."""
        place = checked_index(index, len(self))
        number = bisect_right(self.ends, place)
        return checked_sample(self.datasets[number][place - (self.ends[number - 1] if number else 0)], place)


def _is_dataset(entry: object) -> bool:
    """Whether an entry of a list is a dataset rather than a sample, such as an array, a Tensor, a list or a text."""
    is_sample = isinstance(entry, (list, tuple, dict, str, bytes)) or hasattr(entry, "dtype")
    return not is_sample and hasattr(entry, "__len__") and hasattr(entry, "__getitem__")


class Transformed:
    """A dataset with a function applied: `fn` to the first element of each sample; the other elements stay.

    It has no `get_batch`, because `fn` takes the element of one sample.

    Args:
        dataset: the dataset that samples come from.
        fn: takes the first element of a sample (or the sample itself, if it is not a tuple).

    Raises:
        TypeError: `dataset` lacks a method, or `fn` cannot be called; at a sample: it has a masked array, which `fn`
            may turn into a filled one.
    """

    def __init__(self, dataset: MapStyleDataset, fn: Callable[[Any], Any]) -> None:
        self.dataset, self.fn = checked_dataset(dataset), checked_function(fn, "fn")

    def __len__(self) -> int:
        return len(self.dataset)

    def __getitem__(self, index: int) -> Any:
        """Return the sample with `fn` applied. Raises what `dataset` and `fn` raise."""
        sample = self.dataset[index]
        if not isinstance(sample, (tuple, list)):
            return checked_sample(self.fn(sample), index)
        first, *rest = sample
        return checked_sample((self.fn(first), *rest), index)


class Cached:
    """A dataset that keeps samples in memory, up to a number of bytes; the least recently used ones are dropped first.

    Arrays are returned read-only, because the next caller gets the same ones. Random transforms belong outside:
    `Transformed(Cached(dataset, max_bytes), flip)`. A pickle holds the dataset, but none of the kept samples.

    Args:
        dataset: the dataset that samples come from; each is an array, a Tensor, a number, or a tuple of these.
        max_bytes: the most bytes that the kept samples may take; a sample that alone takes more is not kept.

    Attributes:
        hits: how many samples came from memory.
        misses: how many came from `dataset`.
        kept_bytes: how many bytes the kept samples take now, with about 300 bytes each for the entry in the cache.

    Raises:
        ValueError: `max_bytes` is negative, or no number. TypeError: `dataset` lacks a method; at a sample: it has a
            masked array.
    """

    def __init__(self, dataset: MapStyleDataset, max_bytes: int) -> None:
        self.dataset, self.max_bytes = checked_dataset(dataset), checked_bytes(max_bytes, "max_bytes")
        self._start_empty()

    def _start_empty(self) -> None:
        self.hits = self.misses = self.kept_bytes = 0
        self._kept: OrderedDict[int, tuple[Any, int]] = OrderedDict()  # from index to sample and its bytes
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self.dataset)

    def __getitem__(self, index: int) -> Any:
        """Return the sample, from memory if it is kept. Raises IndexError unless 0 <= index < len(self)."""
        place = checked_index(index, len(self))
        with self._lock:
            if place in self._kept:
                self.hits += 1
                self._kept.move_to_end(place)
                return self._kept[place][0]
            self.misses += 1
        sample = _own(checked_sample(self.dataset[place], place))
        with self._lock:
            self._keep(place, sample)
        return sample

    def _keep(self, place: int, sample: Any) -> None:
        sample_bytes = _ENTRY_BYTES + _bytes_of(sample)
        if sample_bytes > self.max_bytes or place in self._kept:  # another thread may have kept it first
            return
        self._kept[place] = sample, sample_bytes
        self.kept_bytes += sample_bytes
        while self.kept_bytes > self.max_bytes:
            _, (_, freed_bytes) = self._kept.popitem(last=False)
            self.kept_bytes -= freed_bytes

    def __getstate__(self) -> dict[str, Any]:
        return {"dataset": self.dataset, "max_bytes": self.max_bytes}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._start_empty()


_ENTRY_BYTES = 300  # of an entry in the table of kept samples, as measured


def _own(sample: Any) -> Any:
    """Return the sample with read-only arrays that keep no larger array alive, such as a map that they are views of."""
    if isinstance(sample, np.ndarray):
        array = sample.view() if sample.base is None else sample.copy()
        array.flags.writeable = False
        return array
    if isinstance(sample, (tuple, list)):
        return tuple(_own(part) for part in sample)
    return sample


def _bytes_of(sample: Any) -> int:
    """Return how many bytes a sample takes: an array with what it is a view of, a Tensor with the array inside."""
    if isinstance(sample, tuple):
        return sys.getsizeof(sample) + sum(_bytes_of(part) for part in sample)
    array = sample if isinstance(sample, np.ndarray) else getattr(sample, "data", None)
    return sys.getsizeof(sample) + (array.nbytes if isinstance(array, np.ndarray) else 0)

"""Counting what a loader asks of its dataset: no clock, so the same code gives the same numbers everywhere."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from typing import Any

import numpy as np


class CountingDataset:
    """A dataset that stands in front of another one and counts.

    Attributes:
        fetched: the indices that were asked for, in order, as Python ints.
        alive: how many fetched samples somebody still holds.
        peak_alive: the most samples that were alive at once.

    A sample counts as alive as long as the first array in it does. That needs a dataset that makes a new array for
    each sample (a view is one); samples that hold no array, such as plain numbers, are fetched but never alive.
    """

    def __init__(self, dataset: Any) -> None:
        self.dataset = dataset
        self.fetched: list[int] = []
        self.alive = 0
        self.peak_alive = 0

    def __len__(self) -> int:
        return len(self.dataset)

    def __getitem__(self, index: Any) -> Any:
        sample = self.dataset[index]
        self.fetched.append(int(index))
        array = next(arrays_in(sample), None)
        if array is not None:
            self.alive += 1
            self.peak_alive = max(self.peak_alive, self.alive)
            weakref.finalize(array, self._release).atexit = False
        return sample

    def _release(self) -> None:
        self.alive -= 1


def arrays_in(value: Any) -> Iterator[Any]:
    """Yield the arrays in a sample or batch: in tuples, lists and dicts, and in the `.data` of tensors around them."""
    if isinstance(value, np.ndarray):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from arrays_in(item)
    elif isinstance(value, (tuple, list)):
        for item in value:
            yield from arrays_in(item)
    elif isinstance(getattr(value, "data", None), np.ndarray):
        yield value.data
    elif hasattr(value, "shape"):
        yield value

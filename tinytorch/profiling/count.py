"""Counting what a loader fetches from its dataset: without a clock, so the numbers are the same on every machine."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from typing import Any

import numpy as np


class CountingDataset:
    """A wrapper around a dataset that counts what is fetched from it.

    Attributes:
        fetched: the indices that were asked for, in order, as Python ints.
        alive: how many fetched samples are still in use somewhere.
        peak_alive: the most samples that were alive at once.

    A sample counts as alive as long as its first array exists. So the dataset has to make a new array for each sample
    (a view is one); samples without an array, such as plain numbers, are fetched but never alive.
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
    """Yield the arrays in a sample or batch: in tuples, lists and dicts, and in the `.data` of tensors."""
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

"""What datasets of arrays have in common: they open their files at the first use, and a pickle holds no data."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinytorch.datasets.indices import Indices, checked_index, checked_indices


class ArrayDataset(ABC):
    """Arrays of equal length, side by side: sample i is the tuple of their i-th entries.

    A subclass says how the arrays are opened. A pickle holds no data, so a worker process opens the files itself.
    """

    @abstractmethod
    def _open(self) -> tuple[NDArray[Any], ...]:
        """Return the arrays, read-only."""

    @cached_property
    def arrays(self) -> tuple[NDArray[Any], ...]:
        """The arrays that samples are taken from, each of shape (n, ...) and read-only; the first use opens them."""
        return self._open()

    @property
    def _sources(self) -> Sequence[Any]:
        """What is indexed for samples and batches: for each array itself, or what gives equal rows."""
        return self.arrays

    def __len__(self) -> int:
        return len(self._sources[0])

    def __getitem__(self, index: int) -> tuple[Any, ...]:
        """Return a sample: a read-only view of each array's entry, or a number if the array is 1-d.

        Raises:
            IndexError: unless 0 <= index < len(self).
        """
        position = checked_index(index, len(self))
        return tuple([source[position] for source in self._sources])

    def get_batch(self, indices: Indices) -> tuple[NDArray[Any], ...]:
        """Fetch several samples at once.

        Args:
            indices: a 1-d array of integers, or a slice, which as with a list may reach beyond the end.

        Returns:
            Bit for bit what stacking the single samples gives: an array of shape (number of indices, ...) for each of
            `arrays`. They are C-contiguous, in this machine's byte order, and own their memory.

        Raises:
            TypeError: `indices` is neither. IndexError: one of them is outside 0 <= index < len(self).
        """
        places = checked_indices(indices, len(self))
        return tuple([_owned(source[places]) for source in self._sources])

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name not in ("arrays", "_sources")}


def _owned(part: NDArray[Any]) -> NDArray[Any]:
    """Return `part` in memory of its own, C-contiguous, in this machine's byte order; copy it only if necessary."""
    return np.require(part, part.dtype.newbyteorder("="), ["C", "O"])

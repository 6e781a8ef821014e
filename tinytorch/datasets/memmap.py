"""Arrays on disk, which may be larger than memory: the operating system reads only the pages that are used."""

from __future__ import annotations

import mmap
import os
import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import DTypeLike, NDArray

from tinytorch.datasets.arrays import ArrayDataset
from tinytorch.datasets.errors import CorruptFileError
from tinytorch.datasets.indices import Indices

# Reading one page may map its neighbours, too: Linux maps this many bytes around it, if they are in its cache.
NEIGHBOURHOOD_BYTES = 65_536
KEPT_BYTES = 2**25  # a file larger than memory that is read in order leaves the cache in parts of this size
Access = Literal["normal", "sequential", "random"]


@dataclass(frozen=True)
class RawArray:
    """A file without a header, which holds the numbers of one array.

    Attributes:
        path: the file.
        dtype: the numbers' dtype with its byte order, such as ">f4".
        shape: (n, ...), in C order.
        offset_bytes: where in the file the numbers begin.
    """

    path: str | PathLike[str]
    dtype: DTypeLike
    shape: Sequence[int]
    offset_bytes: int = 0


class MemmapDataset(ArrayDataset):
    """Aligned arrays on disk, mapped into memory read-only: sample i is the tuple of their i-th entries.

    The first sample makes it open the maps, which may be much larger than memory. What was read through a map counts
    as resident memory until the operating system takes the pages back. Where whole batches are read, they are given
    back after about `max_resident_bytes`, and come from the system's cache if they are read again.

    Args:
        *files: one or more .npy files, or a `RawArray` for a file without a header; each of shape (n, ...).
        access: how the maps will be read, as advice to the operating system: "random" for shuffled reads of maps much
            larger than memory (it then reads only the pages that are asked for), "sequential" for reading in order
            (it reads far ahead), "normal" for neither. With the first two, whole batches are read from the files
            themselves, which is faster than through a map. It has no effect on Windows.
        max_resident_bytes: about how much of the maps `get_batch` may keep resident, where it reads through them.

    Raises:
        ValueError: no file given, or an unknown `access`.
        FileNotFoundError: a file is missing.
        CorruptFileError: at the first sample: a file is not a .npy file, or not as long as shape and dtype ask for,
            or holds a single number (0-d), or the arrays have different lengths.
    """

    def __init__(
        self, *files: str | PathLike[str] | RawArray, access: Access = "normal", max_resident_bytes: int = 2**27
    ) -> None:
        if not files:
            raise ValueError("MemmapDataset needs at least one file; none was given")
        if access not in ("normal", "sequential", "random"):
            raise ValueError(f"access must be 'normal', 'sequential' or 'random'; it was {access!r}")
        self.files = tuple(file if isinstance(file, RawArray) else Path(file) for file in files)
        self.access: Access = access
        self.max_resident_bytes = max_resident_bytes
        self._maps: list[np.memmap[Any, Any]] = []
        self._readers: list[_RowReader] = []  # empty where batches are copied from the maps
        self._resident_bytes = 0  # of what `get_batch` read, at most
        for file in self.files:
            path = Path(file.path) if isinstance(file, RawArray) else file
            if not path.is_file():
                raise FileNotFoundError(f"{path} is missing: give the path of a .npy file, or a RawArray")

    def _open(self) -> tuple[NDArray[Any], ...]:
        maps = [_mapped(file) for file in self.files]
        if len({len(memory_map) for memory_map in maps}) > 1:
            lengths = ", ".join(f"{memory_map.filename} has {len(memory_map):,}" for memory_map in maps)
            raise CorruptFileError(f"arrays side by side need equal lengths: {lengths}")
        self._maps = maps
        for memory_map in maps:
            _advise(memory_map, f"MADV_{self.access.upper()}")
        if self.access != "normal" and hasattr(os, "preadv"):
            self._readers = [_RowReader(memory_map, self.access) for memory_map in maps]
        # indexing an np.memmap takes ten times as long as indexing a plain view of it
        return tuple(np.asarray(memory_map) for memory_map in maps)

    def get_batch(self, indices: Indices) -> tuple[NDArray[Any], ...]:
        """Fetch several samples at once, as of any `ArrayDataset`."""
        batch = super().get_batch(indices)
        if not self._readers:
            scattered_bytes = 0 if isinstance(indices, slice) else len(batch[0]) * len(batch) * NEIGHBOURHOOD_BYTES
            self._resident_bytes += scattered_bytes + sum(part.nbytes for part in batch)
            if self._resident_bytes > self.max_resident_bytes:
                for memory_map in self._maps:
                    _advise(memory_map, "MADV_DONTNEED")
                self._resident_bytes = 0
        return batch

    def _rows(self, number: int, places: NDArray[np.intp] | slice) -> NDArray[Any]:
        array = self.arrays[number]
        if not self._readers or not array.flags.c_contiguous:
            return super()._rows(number, places)
        if not isinstance(places, slice):
            return self._readers[number].at(places)
        start, stop, step = places.indices(len(array))
        return self._readers[number].block(start, stop) if step == 1 else super()._rows(number, places)

    def __getstate__(self) -> dict[str, Any]:
        return {**super().__getstate__(), "_maps": [], "_readers": [], "_resident_bytes": 0}


def _mapped(file: Path | RawArray) -> np.memmap[Any, Any]:
    """Map one file, read-only."""
    try:
        memory_map = _mapped_raw(file) if isinstance(file, RawArray) else np.lib.format.open_memmap(file, mode="r")
    except OSError:
        raise
    except Exception as error:  # NumPy's header reader does not catch what its tokenizer raises
        path = file.path if isinstance(file, RawArray) else file
        raise CorruptFileError(f"{path} cannot be mapped as an array: {error}") from error
    if memory_map.ndim == 0:
        raise CorruptFileError(f"{memory_map.filename} holds a single number: store an array of shape (n, ...)")
    return memory_map


def _mapped_raw(file: RawArray) -> np.memmap[Any, Any]:
    shape, dtype = tuple(file.shape), np.dtype(file.dtype)
    if dtype.hasobject:
        raise ValueError(f"dtype {dtype} holds Python objects, which a file cannot")
    expected_bytes = file.offset_bytes + int(np.prod(shape, dtype=object)) * dtype.itemsize
    actual_bytes = Path(file.path).stat().st_size
    if actual_bytes != expected_bytes:
        raise ValueError(
            f"shape {shape} of {dtype} from byte {file.offset_bytes:,} on is {expected_bytes:,} bytes, "
            f"and the file has {actual_bytes:,}"
        )
    return np.memmap(file.path, dtype, mode="r", offset=file.offset_bytes, shape=shape)


class _RowReader:
    """Reads a map's rows from its file, which takes half as long as bringing in its pages by page faults.

    Reference: Linux' `preadv(2)` and `posix_fadvise(2)`.
    """

    def __init__(self, memory_map: np.memmap[Any, Any], access: Access) -> None:
        self.path, self.begin_byte = str(memory_map.filename), memory_map.offset
        self.dtype, self.row_shape = memory_map.dtype, memory_map.shape[1:]
        self.row_bytes = self.dtype.itemsize * int(np.prod(self.row_shape))
        self.descriptor = os.open(self.path, os.O_RDONLY)
        weakref.finalize(self, os.close, self.descriptor)
        # A file larger than memory that is read in order has left the system's cache before it is read again. Dropping
        # what was read takes less time than letting the system look for free memory.
        self.drops = access == "sequential" and memory_map.nbytes > _physical_bytes()
        self._kept_bytes = 0  # of what was read in order, up to the last row
        self._advise(0, 0, f"POSIX_FADV_{access.upper()}")

    def at(self, places: NDArray[np.intp]) -> NDArray[Any]:
        """Read the rows at some indices."""
        rows = np.empty((len(places), *self.row_shape), self.dtype)
        into = rows.reshape(-1).view(np.uint8).data
        for row, place in enumerate(places.tolist()):
            self._fill(into[row * self.row_bytes : (row + 1) * self.row_bytes], place * self.row_bytes)
        return rows

    def block(self, start: int, stop: int) -> NDArray[Any]:
        """Read the rows from `start` up to `stop`."""
        rows = np.empty((max(0, stop - start), *self.row_shape), self.dtype)
        self._fill(rows.reshape(-1).view(np.uint8).data, start * self.row_bytes)
        self._kept_bytes += rows.nbytes
        if self.drops and self._kept_bytes > KEPT_BYTES:
            first_byte = max(0, stop * self.row_bytes - self._kept_bytes)
            self._advise(self.begin_byte + first_byte, self._kept_bytes, "POSIX_FADV_DONTNEED")
            self._kept_bytes = 0
        return rows

    def _fill(self, into: memoryview, place_bytes: int) -> None:
        while len(into):
            got_bytes = os.preadv(self.descriptor, [into], self.begin_byte + place_bytes)
            if got_bytes == 0:
                row = place_bytes // self.row_bytes
                raise CorruptFileError(f"{self.path} ends in row {row}: it was cut off after it was opened")
            into, place_bytes = into[got_bytes:], place_bytes + got_bytes

    def _advise(self, first_byte: int, count_bytes: int, advice_name: str) -> None:
        if hasattr(os, "posix_fadvise"):
            os.posix_fadvise(self.descriptor, first_byte, count_bytes, getattr(os, advice_name))


def _physical_bytes() -> int:
    """Return how much memory this machine has."""
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def _advise(memory_map: np.memmap[Any, Any], advice_name: str) -> None:
    """Give the operating system advice on a map, where it takes any."""
    advice = getattr(mmap, advice_name, None)
    if advice is not None and isinstance(memory_map.base, mmap.mmap):
        memory_map.base.madvise(advice)

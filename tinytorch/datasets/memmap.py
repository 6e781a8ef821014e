"""Arrays on disk, which may be larger than memory: the operating system reads only the pages that are used."""

from __future__ import annotations

import errno
import mmap
import operator
import os
import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import DTypeLike, NDArray

from tinytorch.datasets.arrays import ArrayDataset
from tinytorch.datasets.errors import CorruptFileError
from tinytorch.datasets.indices import Indices, checked_bytes

# Reading one page may map its neighbours, too: Linux maps this many bytes around it, if they are in its cache.
NEIGHBOURHOOD_BYTES = 65_536
MAX_HEADER_BYTES = 10_000  # what np.lib.format reads of a file that it is not told to trust
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

    Raises:
        TypeError: `path` is no path, `dtype` is none that NumPy knows, or `shape` or `offset_bytes` is not made of
            whole numbers.
        ValueError: `dtype` holds Python objects or has no size, `shape` is empty, or a number is negative.
    """

    path: str | PathLike[str]
    dtype: DTypeLike
    shape: Sequence[int]
    offset_bytes: int = 0

    def __post_init__(self) -> None:
        if not isinstance(self.path, (str, PathLike)):
            raise TypeError(f"path must be that of a file; it was {self.path!r}")
        try:
            dtype = np.dtype("no dtype" if self.dtype is None else self.dtype)  # NumPy takes None for float64
        except TypeError as error:
            raise TypeError(f"dtype must be one that NumPy knows, such as '>f4' ({error})") from error
        if dtype.hasobject or dtype.itemsize == 0:
            lack = "holds Python objects, which a file cannot" if dtype.hasobject else "does not say its size in bytes"
            raise ValueError(f"dtype {self.dtype!r} {lack}: give one of numbers, such as '>f4'")
        try:
            shape = tuple(operator.index(length) for length in self.shape)
            operator.index(self.offset_bytes)
        except TypeError as error:
            raise TypeError(
                f"shape must be (n, ...) and offset_bytes a number, all of them whole; they were {self.shape!r} and "
                f"{self.offset_bytes!r}"
            ) from error
        if not shape or min(shape) < 0:
            raise ValueError(f"shape must be (n, ...), with no negative length; it was {self.shape!r}")
        if self.offset_bytes < 0:
            raise ValueError(f"offset_bytes must not be negative; it was {self.offset_bytes}")


class MemmapDataset(ArrayDataset):
    """Aligned arrays on disk, mapped into memory read-only: sample i is the tuple of their i-th entries.

    The first sample makes it open the files, which may be much larger than memory; each takes one of the descriptors
    that a process has. What was read through a map counts as resident memory until the operating system takes the pages
    back. Where whole batches are read, they are given back after about `max_resident_bytes`, and come from the system's
    cache if they are read again.

    Args:
        *files: one or more .npy files, or a `RawArray` for a file without a header; each of shape (n, ...).
        access: how the maps will be read, as advice to the operating system: "random" for shuffled reads of maps much
            larger than memory (it then reads only the pages that are asked for), "sequential" for reading in order
            (it reads far ahead), "normal" for neither. With the first two, arrays in C order are read from the
            files themselves, which takes half as long for whole batches as through a map. It has no effect on Windows.
        max_resident_bytes: about how much of the maps `get_batch` may keep resident, where it reads through them.

    Raises:
        ValueError: no file given, an unknown `access`, or `max_resident_bytes` below 0 or no number.
        TypeError: one of the files is no path and no `RawArray`.
        FileNotFoundError: a file is missing.
        CorruptFileError: at the first sample: a file is not a .npy file, or not as long as shape and dtype ask for,
            or holds a single number (0-d), or has a header of more than 10,000 bytes (which a `RawArray` can describe),
            or the arrays have different lengths.
    """

    def __init__(
        self, *files: str | PathLike[str] | RawArray, access: Access = "normal", max_resident_bytes: int = 2**27
    ) -> None:
        if not files:
            raise ValueError("MemmapDataset needs at least one file; none was given")
        if access not in ("normal", "sequential", "random"):
            raise ValueError(f"access must be 'normal', 'sequential' or 'random'; it was {access!r}")
        for file in files:
            if not isinstance(file, (str, PathLike, RawArray)):
                kind = type(file).__name__
                raise TypeError(f"MemmapDataset takes paths or RawArrays, one by one, not a {kind}: {file!r}")
        self.files = tuple(file if isinstance(file, RawArray) else Path(file) for file in files)
        self.access: Access = access
        self.max_resident_bytes = checked_bytes(max_resident_bytes, "max_resident_bytes")
        self._maps: list[np.memmap[Any, Any]] = []
        self._resident_bytes = 0  # of what `get_batch` read through the maps, at most
        for file in self.files:
            path = Path(file.path) if isinstance(file, RawArray) else file
            if not path.is_file():
                raise FileNotFoundError(f"{path} is missing: give the path of a .npy file, or a RawArray")

    @cached_property
    def _sources(self) -> tuple[_RowReader | NDArray[Any], ...]:
        """For each file its map, or else what reads from the file: never both, as each keeps a descriptor open."""
        sources = tuple([self._source(file) for file in self.files])
        if len({len(source) for source in sources}) > 1:
            lengths = [f"{_path(file)} has {len(source):,}" for file, source in zip(self.files, sources, strict=True)]
            raise CorruptFileError(f"arrays side by side need equal lengths: {', '.join(lengths)}")
        return sources

    def _source(self, file: Path | RawArray) -> _RowReader | NDArray[Any]:
        if self.access == "normal" or not hasattr(os, "preadv"):
            return self._map(file)
        memory_map = _mapped(file)
        return _RowReader(memory_map, self.access) if memory_map.flags.c_contiguous else self._map(file)

    def _map(self, file: Path | RawArray) -> NDArray[Any]:
        """Map a file, and tell the operating system how it will be read."""
        memory_map = _mapped(file)
        _advise(memory_map, f"MADV_{self.access.upper()}")
        self._maps.append(memory_map)
        return np.asarray(memory_map)  # indexing an np.memmap takes ten times as long as indexing a plain view of it

    def _open(self) -> tuple[NDArray[Any], ...]:
        pairs = zip(self.files, self._sources, strict=True)
        return tuple([self._map(file) if isinstance(source, _RowReader) else source for file, source in pairs])

    def get_batch(self, indices: Indices) -> tuple[NDArray[Any], ...]:
        """Fetch several samples at once, as of any `ArrayDataset`."""
        batch = super().get_batch(indices)
        for part, source in zip(batch, self._sources, strict=True):
            if not isinstance(source, _RowReader):
                around_bytes = 0 if isinstance(indices, slice) else len(part) * NEIGHBOURHOOD_BYTES
                self._resident_bytes += around_bytes + part.nbytes
        if self._resident_bytes > self.max_resident_bytes:
            for memory_map in self._maps:
                _advise(memory_map, "MADV_DONTNEED")
            self._resident_bytes = 0
        return batch

    def __getstate__(self) -> dict[str, Any]:
        return {**super().__getstate__(), "_maps": [], "_resident_bytes": 0}


def _path(file: Path | RawArray) -> Path:
    return Path(file.path) if isinstance(file, RawArray) else file


def _mapped(file: Path | RawArray) -> np.memmap[Any, Any]:
    """Map one file, read-only."""
    path = _path(file)
    try:
        memory_map = _mapped_raw(file) if isinstance(file, RawArray) else np.lib.format.open_memmap(path, mode="r")
    except OSError as error:
        if error.errno == errno.EMFILE:
            advice = "too many files are open: put several arrays into one file, or raise the limit with `ulimit -n`"
            raise OSError(errno.EMFILE, advice, str(path)) from error
        raise
    except Exception as error:  # NumPy's header reader does not catch what its tokenizer raises
        begin = None if isinstance(file, RawArray) else _end_of_header(path)
        if begin is not None and MAX_HEADER_BYTES < begin <= path.stat().st_size:
            raise CorruptFileError(
                f"{path} has a header of {begin:,} bytes, and NumPy reads no more than {MAX_HEADER_BYTES:,}, because a "
                f"long one may tie up the machine: give RawArray(path, dtype, shape, offset_bytes={begin}) instead"
            ) from error
        raise CorruptFileError(f"{path} cannot be mapped as an array: {error}") from error
    if memory_map.ndim == 0:
        raise CorruptFileError(f"{path} holds a single number: store an array of shape (n, ...)")
    return memory_map


def _end_of_header(path: Path) -> int | None:
    """Return where the numbers of a .npy file begin, as its first bytes say; None if it is no .npy file.

    Reference: NumPy's `numpy.lib.format`, "Format Version 1.0" and after.
    """
    with path.open("rb") as file:
        try:
            version = np.lib.format.read_magic(file)
        except ValueError:
            return None
        length = file.read(2 if version == (1, 0) else 4)
        return file.tell() + int.from_bytes(length, "little")


def _mapped_raw(file: RawArray) -> np.memmap[Any, Any]:
    shape, dtype = tuple(file.shape), np.dtype(file.dtype)
    expected_bytes = file.offset_bytes + int(np.prod(shape, dtype=object)) * dtype.itemsize
    actual_bytes = Path(file.path).stat().st_size
    if actual_bytes != expected_bytes:
        raise ValueError(
            f"shape {shape} of {dtype} from byte {file.offset_bytes:,} on is {expected_bytes:,} bytes, "
            f"and the file has {actual_bytes:,}"
        )
    return np.memmap(file.path, dtype, mode="r", offset=file.offset_bytes, shape=shape)


class _RowReader:
    """Reads an array's rows from its file, which takes half as long as bringing in its pages by page faults.

    It is indexed as the array is. Where the file was cut off after it was opened, it raises an error; reading a map of
    such a file ends the process. Reference: Linux' `preadv(2)` and `posix_fadvise(2)`.
    """

    def __init__(self, memory_map: np.memmap[Any, Any], access: Access) -> None:
        self.path, self.begin_byte = str(memory_map.filename), memory_map.offset
        self.dtype, self.length, self.row_shape = memory_map.dtype, len(memory_map), memory_map.shape[1:]
        self.row_bytes = self.dtype.itemsize * int(np.prod(self.row_shape))
        self.descriptor = os.open(self.path, os.O_RDONLY)
        weakref.finalize(self, os.close, self.descriptor)
        # A file larger than memory that is read in order has left the system's cache before it is read again. Dropping
        # what was read takes less time than letting the system look for free memory.
        self.drops = access == "sequential" and memory_map.nbytes > _physical_bytes()
        self._kept_bytes = 0  # of what was read in order, up to the last row
        self._advise(0, 0, f"POSIX_FADV_{access.upper()}")

    def __len__(self) -> int:
        return self.length

    def __getitem__(self, places: int | slice | NDArray[np.intp]) -> Any:
        """Read a row, which is read-only, or the rows of a slice or of an array of indices from 0 on."""
        if isinstance(places, int):
            return self.row(places)
        if not isinstance(places, slice):
            return self.at(places)
        start, stop, step = places.indices(self.length)
        return self.block(start, stop) if step == 1 else self.at(np.arange(start, stop, step))

    def row(self, place: int) -> Any:
        """Read one row; of a 1-d array, a number."""
        content = os.pread(self.descriptor, self.row_bytes, self.begin_byte + place * self.row_bytes)
        if len(content) < self.row_bytes or not content:  # cut off, more than one call reads, or rows of no bytes
            row = self.at(np.array([place]))[0]
            row.flags.writeable = False
            return row
        return np.frombuffer(content, self.dtype).reshape(self.row_shape)[()]  # [()] makes a number of a 0-d array

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

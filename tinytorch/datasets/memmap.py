"""Arrays on disk, larger than memory may be: the operating system reads the pages that are asked for."""

from __future__ import annotations

import mmap
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

# A page that is read brings its neighbours in memory with it: Linux maps up to this many bytes around it.
NEIGHBOURHOOD_BYTES = 65_536
Access = Literal["normal", "sequential", "random"]


@dataclass(frozen=True)
class RawArray:
    """A file that holds the numbers of one array and says nothing about them.

    Attributes:
        path: the file.
        dtype: of the numbers, with their byte order (">f4").
        shape: (n, ...), in C order.
        offset_bytes: where the numbers begin.
    """

    path: str | PathLike[str]
    dtype: DTypeLike
    shape: Sequence[int]
    offset_bytes: int = 0


class MemmapDataset(ArrayDataset):
    """Aligned arrays on disk, mapped into memory read-only: sample i is the tuple of their i-th entries.

    A map is opened when the first sample is asked for, and may be much larger than memory. What was read of it counts
    as resident until the operating system wants the pages back, or, where whole batches are read, until about
    `max_resident_bytes` were: then they are given back, and come from the system's cache if they are read again.

    Args:
        *files: one or more .npy files, or a `RawArray` for a file without a header; each of shape (n, ...).
        access: how the maps will be read, as advice to the operating system: "random" for shuffled reads of maps much
            larger than memory (it then reads only the pages asked for, none ahead), "sequential" for going through
            in order (it reads far ahead), "normal" for neither. Without effect where there is no madvise (Windows).
        max_resident_bytes: how much of the maps `get_batch` may leave resident, about. Also without effect there.

    Raises:
        ValueError: no file given, or an unknown `access`.
        FileNotFoundError: a file is missing.
        CorruptFileError: at the first sample: no .npy file, another length than shape and dtype ask for, an array
            without samples side by side (0-d), or arrays of different lengths.
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
        self._resident_bytes = 0  # at most, of what `get_batch` read
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
        # np.memmap costs ten times what its plain view costs to index
        return tuple(np.asarray(memory_map) for memory_map in maps)

    def get_batch(self, indices: Indices) -> tuple[NDArray[Any], ...]:
        """Fetch several samples at once, as of any `ArrayDataset`."""
        batch = super().get_batch(indices)
        scattered_bytes = 0 if isinstance(indices, slice) else len(batch[0]) * len(batch) * NEIGHBOURHOOD_BYTES
        self._resident_bytes += scattered_bytes + sum(part.nbytes for part in batch)
        if self._resident_bytes > self.max_resident_bytes:
            for memory_map in self._maps:
                _advise(memory_map, "MADV_DONTNEED")
            self._resident_bytes = 0
        return batch

    def __getstate__(self) -> dict[str, Any]:
        return {**super().__getstate__(), "_maps": [], "_resident_bytes": 0}


def _mapped(file: Path | RawArray) -> np.memmap[Any, Any]:
    """Map one file, read-only."""
    try:
        memory_map = _mapped_raw(file) if isinstance(file, RawArray) else np.lib.format.open_memmap(file, mode="r")
    except OSError:
        raise
    except Exception as error:  # NumPy's reader of headers lets through what its tokenizer raises
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
            f"shape {shape} of {dtype} from byte {file.offset_bytes:,} on makes {expected_bytes:,} bytes, "
            f"and the file has {actual_bytes:,}"
        )
    return np.memmap(file.path, dtype, mode="r", offset=file.offset_bytes, shape=shape)


def _advise(memory_map: np.memmap[Any, Any], advice_name: str) -> None:
    """Tell the operating system something of a map, where it listens."""
    advice = getattr(mmap, advice_name, None)
    if advice is not None and isinstance(memory_map.base, mmap.mmap):
        memory_map.base.madvise(advice)

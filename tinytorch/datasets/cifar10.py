"""CIFAR-10 from its original files: 60,000 small colour photographs in ten classes, of which 10,000 are for testing.

Source: A. Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009; its page describes two versions of
the same data, the "python version" (pickles) and the "binary version". Both can be read, and no file can run code.
"""

from __future__ import annotations

import io
import operator
import pickle
import pickletools
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinytorch.datasets.arrays import ArrayDataset
from tinytorch.datasets.errors import CorruptFileError

IMAGES_PER_FILE = 10_000
VALUES_PER_IMAGE = 3 * 32 * 32  # first all red values, then all green, then all blue; each row by row

CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")


class CIFAR10(ArrayDataset):
    """The photographs of CIFAR-10: sample i is (image, label), a read-only uint8 array (32, 32, 3) and an int, 0 to 9.

    The channels are red, green and blue, from 0 (dark) to 255. The first sample makes it read all files, which then
    stay in memory (154 MB for training, 31 MB for testing). `get_batch` returns images, uint8 (n, 32, 32, 3), and
    labels, int64 (n,).

    Args:
        root: folder with `data_batch_1` to `data_batch_5` and `test_batch`, or the same names with .bin; or the folder
            that their archive was unpacked in. Nothing is ever downloaded.
        train: the 50,000 images for training, or the 10,000 for testing.

    Attributes:
        classes: the name of each label.

    Raises:
        FileNotFoundError: a file is missing.
        CorruptFileError: at the first sample: a file holds anything but 10,000 images and labels.
    """

    classes = CLASSES

    def __init__(self, root: str | PathLike[str], train: bool = True) -> None:
        names = [f"data_batch_{number}" for number in range(1, 6)] if train else ["test_batch"]
        self.paths = _find_files(Path(root), names)

    def __len__(self) -> int:
        return IMAGES_PER_FILE * len(self.paths)

    def __getitem__(self, index: int) -> tuple[NDArray[np.uint8], int]:
        """Return (image, label). Raises IndexError unless 0 <= index < len(self)."""
        image, label = super().__getitem__(index)
        return image, int(label)

    def _open(self) -> tuple[NDArray[Any], ...]:
        images = np.empty((len(self), 32, 32, 3), np.uint8)
        labels = np.empty(len(self), np.int64)
        for number, path in enumerate(self.paths):
            values, file_labels = _read_binary(path) if path.suffix == ".bin" else _read_pickle(path)
            if file_labels.max() >= len(CLASSES):
                raise CorruptFileError(
                    f"{path} has label {file_labels.max()}, not 0 to 9: copy the original file again"
                )
            part = slice(number * IMAGES_PER_FILE, (number + 1) * IMAGES_PER_FILE)
            images[part] = values.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
            labels[part] = file_labels
        images.flags.writeable = labels.flags.writeable = False
        return images, labels


def _find_files(root: Path, names: list[str]) -> list[Path]:
    """Return the paths of one version's files, or raise FileNotFoundError with what is missing."""
    versions = [
        [folder / f"{name}{suffix}" for name in names]
        for suffix, archive in [("", "cifar-10-batches-py"), (".bin", "cifar-10-batches-bin")]
        for folder in (root, root / archive)
    ]
    for paths in versions:
        if all(path.is_file() for path in paths):
            return paths
    fullest = max(versions, key=lambda paths: sum(path.is_file() for path in paths))
    missing = next(path for path in fullest if not path.is_file())
    raise FileNotFoundError(f"{missing} is missing: unpack CIFAR-10's python version or binary version in {root}")


def _read_binary(path: Path) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Read a file of the binary version: for each image a byte with the label, then its values."""
    expected_bytes = IMAGES_PER_FILE * (1 + VALUES_PER_IMAGE)
    if path.stat().st_size != expected_bytes:
        raise CorruptFileError(
            f"{path} has {path.stat().st_size:,} bytes where CIFAR-10's binary version has {expected_bytes:,}: "
            "copy the original file again"
        )
    records = np.fromfile(path, np.uint8).reshape(IMAGES_PER_FILE, 1 + VALUES_PER_IMAGE)
    return records[:, 1:], records[:, 0]


def _read_pickle(path: Path) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Read a file of the python version: a pickled dictionary with the values and labels, written by Python 2."""
    try:
        pickled = path.read_bytes()
        _check_numbers_of_objects(pickled)
        content = _Unpickler(io.BytesIO(pickled), encoding="bytes").load()
        values = content[b"data"].array()
        labels = _integers(content[b"labels"])
    except OSError:
        raise
    except Exception as error:  # a damaged pickle can fail in any way
        raise CorruptFileError(
            f"{path} is not a file of CIFAR-10's python version ({error or type(error).__name__}): "
            "copy the original file again"
        ) from error
    if values.shape != (IMAGES_PER_FILE, VALUES_PER_IMAGE) or labels.shape != (IMAGES_PER_FILE,) or labels.min() < 0:
        raise CorruptFileError(
            f"{path} has values of shape {values.shape} and labels of shape {labels.shape} where CIFAR-10 has "
            f"{IMAGES_PER_FILE:,} images of {VALUES_PER_IMAGE:,} values: copy the original file again"
        )
    return values, labels


def _check_numbers_of_objects(pickled: bytes) -> None:
    """Raise UnpicklingError if a pickle gives an object a number that is larger than the pickle is long.

    Unpickling makes a table with a place for each number up to that one, so ten bytes could take all memory.
    """
    for opcode, argument, _ in pickletools.genops(pickled):
        if opcode.name in ("PUT", "BINPUT", "LONG_BINPUT") and argument is not None and argument > len(pickled):
            raise pickle.UnpicklingError(f"it gives an object the number {argument:,}, and has {len(pickled):,} bytes")


def _integers(numbers: list[int]) -> NDArray[np.int64]:
    """Return whole numbers as int64. Raises TypeError or OverflowError if int64 cannot hold one as it is."""
    return np.array([operator.index(number) for number in numbers], np.int64)


class _PickledDtype:
    """A dtype as a pickle describes it; only uint8 is accepted."""

    def __init__(self, name: bytes, *_: object) -> None:
        if name != b"u1":
            raise pickle.UnpicklingError(f"it holds an array of {name!r}, not of uint8")

    def __setstate__(self, state: object) -> None:
        pass  # byte order and alignment, which mean nothing to uint8


class _PickledArray:
    """An array as a pickle describes it: its shape and its bytes."""

    shape: tuple[int, ...]
    is_fortran: bool
    content: bytes

    def __init__(self, *_: object) -> None:
        pass  # Python 2 pickles an empty array first, then its state

    def __setstate__(self, state: tuple[int, tuple[int, ...], _PickledDtype, bool, bytes]) -> None:
        _, self.shape, _, self.is_fortran, self.content = state

    def array(self) -> NDArray[np.uint8]:
        return np.frombuffer(self.content, np.uint8).reshape(self.shape, order="F" if self.is_fortran else "C")


_STAND_INS = {
    ("numpy.core.multiarray", "_reconstruct"): _PickledArray,
    ("numpy", "ndarray"): _PickledArray,
    ("numpy", "dtype"): _PickledDtype,
}


class _Unpickler(pickle.Unpickler):
    """Reads what CIFAR-10's files hold and refuses everything else; it calls only the stand-ins above."""

    def find_class(self, module: str, name: str) -> Any:
        """Return the stand-in for a name that those files use. Raises UnpicklingError for any other name."""
        if (module, name) not in _STAND_INS:
            raise pickle.UnpicklingError(f"it asks for {module}.{name}, which those files never do")
        return _STAND_INS[module, name]

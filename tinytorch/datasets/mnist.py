"""MNIST from its original files: 70,000 handwritten digits, of which 10,000 are for testing.

Source: Y. LeCun, C. Cortes and C. Burges, "The MNIST Database of Handwritten Digits", 1998. Its page describes the IDX
format too: two zero bytes, a code for the dtype (8 is uint8), the number of axes, the length of each axis as a
big-endian 32-bit integer, then the numbers in C order. Fashion-MNIST and Kuzushiji-MNIST have files of the same names.
"""

from __future__ import annotations

import gzip
import zlib
from math import prod
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinytorch.datasets.arrays import ArrayDataset
from tinytorch.datasets.errors import CorruptFileError

UINT8_CODE = 8


class MNIST(ArrayDataset):
    """The digits of MNIST: sample i is (image, label), a read-only uint8 array (28, 28) and an int from 0 to 9.

    0 is paper and 255 ink. The first sample makes it read both files, which then stay in memory (47 MB).
    `get_batch` returns images, uint8 (n, 28, 28), and labels, int64 (n,).

    Args:
        root: folder with `train-images-idx3-ubyte` and `train-labels-idx1-ubyte` (`t10k-...` for testing), as they
            are or as .gz. Nothing is ever downloaded.
        train: the 60,000 images for training, or the 10,000 for testing.

    Raises:
        FileNotFoundError: a file is missing.
        CorruptFileError: at the first sample: a header or a length is wrong, or there are not as many labels as images.
    """

    def __init__(self, root: str | PathLike[str], train: bool = True) -> None:
        part = "train" if train else "t10k"
        self.images_path = _with_or_without_gz(Path(root), f"{part}-images-idx3-ubyte")
        self.labels_path = _with_or_without_gz(Path(root), f"{part}-labels-idx1-ubyte")

    def __getitem__(self, index: int) -> tuple[NDArray[np.uint8], int]:
        """Return (image, label). Raises IndexError unless 0 <= index < len(self)."""
        image, label = super().__getitem__(index)
        return image, int(label)

    def _open(self) -> tuple[NDArray[Any], ...]:
        images, labels = read_idx(self.images_path, axes=3), read_idx(self.labels_path, axes=1)
        if len(images) != len(labels):
            raise CorruptFileError(
                f"{self.images_path} has {len(images):,} images and {self.labels_path} {len(labels):,} labels: "
                "take both from the same source"
            )
        labels = labels.astype(np.int64)
        labels.flags.writeable = False
        return images, labels


def read_idx(path: Path, axes: int) -> NDArray[np.uint8]:
    """Read a file in the IDX format, .gz or not, as a read-only uint8 array with that many axes.

    Raises:
        CorruptFileError: the .gz is damaged, or the dtype, the number of axes or the number of bytes is wrong.
    """
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            content = file.read()
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise CorruptFileError(f"{path} cannot be unpacked: {error}; copy the original file again") from error
    expected = bytes([0, 0, UINT8_CODE, axes])
    header_bytes = 4 + 4 * axes
    if content[:4] != expected or len(content) < header_bytes:
        raise CorruptFileError(
            f"{path} begins with {content[:4].hex(' ') or 'nothing'}, not with {expected.hex(' ')} and {axes} lengths "
            f"as an IDX file of {axes}-d uint8 does: copy the original file again"
        )
    shape = tuple(int(length) for length in np.frombuffer(content, ">u4", axes, offset=4))
    if len(content) != header_bytes + prod(shape):
        raise CorruptFileError(
            f"{path} has {len(content):,} bytes where its header, {shape}, asks for {header_bytes + prod(shape):,}: "
            "copy the original file again"
        )
    return np.frombuffer(content, np.uint8, offset=header_bytes).reshape(shape)


def _with_or_without_gz(root: Path, name: str) -> Path:
    for path in (root / name, root / f"{name}.gz"):
        if path.is_file():
            return path
    raise FileNotFoundError(f"{root / name} is missing, and so is {name}.gz: copy MNIST's original files there")

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
            are or as .gz; `train-images.idx3-ubyte`, with a dot, is the same file. Or the folder that was torchvision's
            `root`, with the files in `MNIST/raw`, or one with a folder `raw`, such as `FashionMNIST`. Nothing is ever
            downloaded.
        train: the 60,000 images for training, or the 10,000 for testing.

    Raises:
        FileNotFoundError: a file is missing.
        CorruptFileError: at the first sample: a header or a length is wrong, or there are not as many labels as images.
    """

    def __init__(self, root: str | PathLike[str], train: bool = True) -> None:
        part = "train" if train else "t10k"
        self.images_path, self.labels_path = _find_files(Path(root), [f"{part}-images-idx3", f"{part}-labels-idx1"])

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


def _find_files(root: Path, names: list[str]) -> list[Path]:
    """Return the paths of the files, all in one folder, or raise FileNotFoundError with what is missing."""
    for folder in (root, root / "raw", root / "MNIST" / "raw"):
        found = {name: _find_file(folder, name) for name in names}
        paths = [path for path in found.values() if path is not None]
        if len(paths) == len(names):
            return paths
        if paths:
            missing = next(name for name, path in found.items() if path is None)
            raise FileNotFoundError(
                f"{folder / missing}-ubyte is missing, and so is its .gz, but {paths[0].name} is there: copy MNIST's "
                "original files there"
            )
    raise FileNotFoundError(
        f"{root / names[0]}-ubyte is missing, and so is its .gz: give the folder with MNIST's original files"
    )


def _find_file(folder: Path, name: str) -> Path | None:
    """Return the path of a file under one of the names that it is given, with a dash or a dot, packed or not."""
    dotted = ".".join(name.rsplit("-", 1))
    paths = [folder / f"{each}-ubyte{packed}" for packed in ("", ".gz") for each in (name, dotted)]
    return next((path for path in paths if path.is_file()), None)

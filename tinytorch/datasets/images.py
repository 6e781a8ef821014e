"""Photographs in folders, one folder for each class; each is opened and decoded when its sample is asked for."""

from __future__ import annotations

import copy
import os
from collections.abc import Callable
from os import PathLike
from pathlib import Path
from typing import Any, BinaryIO, Literal

import numpy as np
from numpy.typing import NDArray

from tinytorch.datasets.errors import CorruptFileError
from tinytorch.datasets.indices import checked_index

Mode = Literal["L", "RGB", "RGBA"]

SUFFIXES = (".jpg", ".jpeg", ".png")


class ImageFolder:
    """JPEG and PNG files in one folder per class: sample i is (image, label), a uint8 array (H, W, C) and an int.

    Folders inside a class's folder are searched, too. Names that begin with a dot are skipped. Pillow (the extra
    `images`) decodes an image as it is stored; the rotation that a camera noted in it is ignored.

    Args:
        root: folder with a folder for each class, such as `root/cat/001.jpg`.
        transform: applied to each image; the sample is then (transform(image), label).
        mode: what the channels are: "RGB" (C = 3), "RGBA" (C = 4) or "L" for grey (C = 1); from 0 to 255.
        size: (height, width) in pixels to resize each image to; None keeps each image's own size.

    Attributes:
        classes: names of the classes, sorted.
        class_to_idx: from a class's name to its label.
        samples: path and label of each sample, class by class, sorted by path.
        left_out: path and reason of each file that `without_corrupt` left out.

    Raises:
        FileNotFoundError: there is no folder `root`; at a sample: its file is no longer there.
        ValueError: there is no folder in `root`, a class has no image, or `mode` or `size` is unknown.
        CorruptFileError: at a sample: its file cannot be decoded to the end as a JPEG or PNG.
    """

    def __init__(
        self,
        root: str | PathLike[str],
        transform: Callable[[NDArray[np.uint8]], Any] | None = None,
        mode: Mode = "RGB",
        size: tuple[int, int] | None = None,
    ) -> None:
        if mode not in ("L", "RGB", "RGBA"):
            raise ValueError(f"mode must be 'L', 'RGB' or 'RGBA'; it was {mode!r}")
        if size is not None and (len(size) != 2 or min(size) < 1):
            raise ValueError(f"size must be (height, width), each at least 1 pixel; it was {size!r}")
        self.transform, self.mode, self.size = transform, mode, size
        self.classes = _class_names(Path(root))
        self.class_to_idx = {name: label for label, name in enumerate(self.classes)}
        self.samples: list[tuple[str, int]] = []
        for name, label in self.class_to_idx.items():
            paths = _image_paths(Path(root) / name)
            if not paths:
                raise ValueError(f"{Path(root) / name} has no .jpg, .jpeg or .png in it: fill the folder or remove it")
            self.samples.extend((path, label) for path in paths)
        self.left_out: list[tuple[str, str]] = []

    def __len__(self) -> int:
        return len(self.samples)

    def __getitem__(self, index: int) -> tuple[Any, int]:
        """Return an image, decoded and transformed, and its label.

        Raises:
            IndexError: unless 0 <= index < len(self).
            FileNotFoundError, CorruptFileError: with the index and the file in the message.
        """
        place = checked_index(index, len(self))
        image = self._decoded(place)
        return (image if self.transform is None else self.transform(image)), self.samples[place][1]

    def without_corrupt(self) -> ImageFolder:
        """Decode every file once; return the dataset without those that fail, which are listed in `left_out`."""
        rest = copy.copy(self)
        rest.samples, rest.left_out = [], list(self.left_out)
        for place, sample in enumerate(self.samples):
            try:
                self._decoded(place)
            except (CorruptFileError, OSError) as error:
                rest.left_out.append((sample[0], str(error)))
            else:
                rest.samples.append(sample)
        return rest

    def _decoded(self, place: int) -> NDArray[np.uint8]:
        """Decode one image, with its sample's index and file in every error."""
        path, _ = self.samples[place]
        try:
            with open(path, "rb") as file:
                return _decode(file, self.mode, self.size)
        except FileNotFoundError:
            raise FileNotFoundError(f"sample {place}, {path}, is no longer there: create the dataset again") from None
        except CorruptFileError as error:
            raise CorruptFileError(
                f"sample {place}, {path}, cannot be decoded ({error}): replace the file, or use without_corrupt()"
            ) from error


def _class_names(root: Path) -> list[str]:
    if not root.is_dir():
        raise FileNotFoundError(f"{root} is not a folder: give the folder that has a folder for each class")
    names = sorted(entry.name for entry in root.iterdir() if entry.is_dir() and not entry.name.startswith("."))
    if not names:
        raise ValueError(f"{root} has no folder in it: put the images of each class into a folder of its own")
    return names


def _image_paths(folder: Path) -> list[str]:
    paths: list[str] = []
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        images = [name for name in names if name.lower().endswith(SUFFIXES) and not name.startswith(".")]
        paths.extend(os.path.join(parent, name) for name in images)
    return sorted(paths)


def _decode(file: BinaryIO, mode: str, size: tuple[int, int] | None) -> NDArray[np.uint8]:
    """Decode a JPEG or PNG as uint8 (H, W, C). Raises CorruptFileError with Pillow's reason."""
    try:
        from PIL import Image
    except ImportError as error:
        raise ImportError("Pillow decodes the images, and it is missing: run `pip install pillow`") from error
    try:
        with Image.open(file, formats=("JPEG", "PNG")) as opened:
            image: Image.Image = opened
            if opened.mode.startswith("I"):  # 16 bits a pixel, which `convert` would cut off at 255
                image = Image.fromarray((np.asarray(opened) >> 8).astype(np.uint8))
            image = image.convert(mode)
    except MemoryError:
        raise
    except Exception as error:  # a damaged file can fail in any way
        raise CorruptFileError(str(error) or type(error).__name__) from error
    if size is not None:
        height, width = size
        image = image.resize((width, height), Image.Resampling.BILINEAR)
    return np.array(image).reshape(image.height, image.width, -1)

"""Photographs in folders, one folder for each class; each is opened and decoded when its sample is asked for."""

from __future__ import annotations

import copy
import importlib
import operator
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache
from os import PathLike
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, BinaryIO, Literal

import numpy as np
from numpy.typing import NDArray

from tinytorch.datasets.errors import CorruptFileError
from tinytorch.datasets.indices import checked_function, checked_index
from tinytorch.datasets.samples import checked_sample

if TYPE_CHECKING:
    from PIL import Image, ImageFile

Mode = Literal["L", "RGB", "RGBA"]

SUFFIXES = (".jpg", ".jpeg", ".png")

# how far apart two neighbouring levels of 2 or 4 bits are once they are spread over 0 to 255
_LEVELS_APART = {"L;2": 85, "L;4": 17}

# orientations in which height and width change places
_ON_ITS_SIDE = (5, 6, 7, 8)


class ImageFolder:
    """JPEG and PNG files in one folder per class: sample i is (image, label), a uint8 array (H, W, C) and an int.

    Folders inside a class's folder are searched, too, and so are links to folders. Names that begin with a dot are
    skipped. Pillow (the extra `images`) decodes the images. Of 16 bits a channel, the upper 8 are kept, where Pillow's
    own conversion cuts grey off at 255. A PNG's transparent colour is transparent in "RGBA" whatever its bits, where
    Pillow's conversion loses one of 2, 4 or 16 bits; in 16 bits of colour, neighbours with the same upper 8 bits are
    transparent, too. A JPEG has no checksums: one in which a bit was flipped may decode to other pixels without an
    error, where a PNG is refused.

    By default, pixels are those of Pillow's full decoding and its bilinear resizing, as with torchvision. With
    `exact=False`, a JPEG at least twice as large as `size` is decoded at 1/2, 1/4 or 1/8 of its own size, and grey is
    taken from it without decoding colours. For photographs of 1600x1200 that takes half the time. A channel then
    differs by 1 to 3 of 255 on average, at sharp edges by up to 45. Where simplejpeg (the extra of this name) is
    installed, it decodes such JPEGs in "RGB", also at 3/8, 5/8, 6/8 and 7/8; what it refuses, Pillow decodes.

    Args:
        root: folder with a folder for each class, such as `root/cat/001.jpg`.
        transform: applied to each image; the sample is then (transform(image), label).
        mode: what the channels are: "RGB" (C = 3), "RGBA" (C = 4) or "L" for grey (C = 1); from 0 to 255.
        size: (height, width) in pixels to resize each image to; None keeps each image's own size.
        upright: turn or mirror a photograph as its camera noted (the orientation in its EXIF data), so that up is up;
            False gives the pixels in the order in which they are stored.
        exact: decode every pixel before resizing; False saves time, as said above. Without `size`, it changes nothing.

    Attributes:
        classes: names of the classes, sorted.
        class_to_idx: from a class's name to its label.
        samples: path and label of each sample, class by class, sorted by path.
        left_out: path and reason of each file that `without_corrupt` left out.

    Raises:
        FileNotFoundError: there is no folder `root`; at a sample: its file is no longer there, or a link to no file.
        ValueError: there is no folder in `root`, a class has no image, a linked folder leads back to one that it is
            in, `mode` is unknown, or `size` is not two whole numbers.
        CorruptFileError: at a sample: its file cannot be decoded to the end as a JPEG or PNG.
        TypeError: `transform` cannot be called; at a sample: it returns a masked array.
    """

    def __init__(
        self,
        root: str | PathLike[str],
        transform: Callable[[NDArray[np.uint8]], Any] | None = None,
        mode: Mode = "RGB",
        size: tuple[int, int] | None = None,
        upright: bool = True,
        exact: bool = True,
    ) -> None:
        if mode not in ("L", "RGB", "RGBA"):
            raise ValueError(f"mode must be 'L', 'RGB' or 'RGBA'; it was {mode!r}")
        self.transform = None if transform is None else checked_function(transform, "transform")
        self.mode, self.upright, self.exact = mode, upright, exact
        self.size = None if size is None else _checked_size(size)
        self.classes = _class_names(Path(root))
        self.class_to_idx = {name: label for label, name in enumerate(self.classes)}
        self.samples: list[tuple[str, int]] = []
        real_root = Path(root).resolve()
        around = {_identity(folder): str(folder) for folder in (real_root, *real_root.parents)}
        for name, label in self.class_to_idx.items():
            paths = sorted(_image_paths(str(Path(root) / name), around))
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
        image, label = self._decoded(place), self.samples[place][1]
        return (image, label) if self.transform is None else checked_sample((self.transform(image), label), place)

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
                return _decode(file, self.mode, self.size, self.upright, self.exact)
        except FileNotFoundError:
            if os.path.islink(path):
                raise FileNotFoundError(
                    f"sample {place}, {path}, is a link to a file that is not there: remove it"
                ) from None
            raise FileNotFoundError(f"sample {place}, {path}, is no longer there: create the dataset again") from None
        except CorruptFileError as error:
            raise CorruptFileError(
                f"sample {place}, {path}, cannot be decoded ({error}): replace the file, or use without_corrupt()"
            ) from error


def _checked_size(size: Sequence[int]) -> tuple[int, int]:
    """Return (height, width) as ints, or raise ValueError."""
    try:
        height, width = (operator.index(length) for length in size)
    except (TypeError, ValueError):
        height = width = 0
    if min(height, width) < 1:
        raise ValueError(f"size must be (height, width), two whole numbers of pixels from 1 on; it was {size!r}")
    return height, width


def _class_names(root: Path) -> list[str]:
    if not root.is_dir():
        raise FileNotFoundError(f"{root} is not a folder: give the folder that has a folder for each class")
    names = sorted(entry.name for entry in root.iterdir() if entry.is_dir() and not entry.name.startswith("."))
    if not names:
        raise ValueError(f"{root} has no folder in it: put the images of each class into a folder of its own")
    return names


def _image_paths(folder: str, around: dict[tuple[int, int], str]) -> list[str]:
    """Return the paths of the images in a folder and its subfolders, linked ones, too.

    `around` has the folders that this one is in, by identity. Raises ValueError if this one is among them.
    """
    identity = _identity(folder)
    if identity in around:
        raise ValueError(f"{folder} leads back to {around[identity]}, which it is in: remove the link")
    around = {**around, identity: folder}
    paths: list[str] = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if os.path.isdir(entry.path):  # unlike the entry's own is_dir, no error for a link to itself
                paths.extend(_image_paths(entry.path, around))
            elif entry.name.lower().endswith(SUFFIXES):
                paths.append(entry.path)
    return paths


def _identity(folder: str | PathLike[str]) -> tuple[int, int]:
    """Return what two paths of one folder have in common."""
    status = os.stat(folder)
    return status.st_dev, status.st_ino


def _decode(file: BinaryIO, mode: Mode, size: tuple[int, int] | None, upright: bool, exact: bool) -> NDArray[np.uint8]:
    """Decode a JPEG or PNG as uint8 (H, W, C). Raises CorruptFileError with the reason."""
    try:
        from PIL import Image, UnidentifiedImageError
    except ImportError as error:
        raise ImportError("Pillow decodes the images, and it is missing: run `pip install pillow`") from error
    try:
        with Image.open(file, formats=("JPEG", "PNG")) as opened:
            if size is None or exact or opened.format == "PNG":
                image = _converted(opened, mode)
            else:
                on_its_side = upright and _orientation(opened) in _ON_ITS_SIDE
                image = _reduced(opened, file, mode, size[::-1] if on_its_side else size)
            if upright:
                image = _turned(image, _orientation(opened))
            if size is not None:
                image = image.resize(size[::-1], Image.Resampling.BILINEAR)
            return np.array(image).reshape(image.height, image.width, -1)
    except MemoryError:
        raise
    except UnidentifiedImageError as error:
        raise CorruptFileError(_other_format(file)) from error
    except Exception as error:  # a damaged file can fail in any way
        raise CorruptFileError(str(error) or type(error).__name__) from error


def _reduced(opened: ImageFile.ImageFile, file: BinaryIO, mode: Mode, size: tuple[int, int]) -> Image.Image:
    """Return a JPEG decoded as small as its decoder can that is still `size`, (height, width), or larger."""
    from PIL import Image

    height, width = size
    simplejpeg = _simplejpeg()
    if simplejpeg is not None and mode == opened.mode == "RGB":
        file.seek(0)
        # it refuses more files than Pillow does: what it refuses, Pillow decides
        with suppress(ValueError):
            pixels = simplejpeg.decode_jpeg(file.read(), "RGB", min_height=height, min_width=width)
            return Image.fromarray(pixels)
    opened.draft(mode, (width, height))
    return _converted(opened, mode)


@cache
def _simplejpeg() -> ModuleType | None:
    """Return the module, or None where it is not installed: a search for each image would take its time."""
    try:
        return importlib.import_module("simplejpeg")
    except ImportError:
        return None


def _converted(opened: ImageFile.ImageFile, mode: Mode) -> Image.Image:
    """Return an image in another mode, with what is transparent in it where Pillow's own `convert` would lose that.

    Reference: the PNG specification, section 11.3.1.1, tRNS: the transparent colour has as many bits as the pixels.
    """
    from PIL import Image

    stored_as = opened.tile[0][3] if opened.format == "PNG" and opened.tile else None  # such as "L;4"; loading drops it
    opened.load()
    transparent = opened.info.get("transparency")
    if opened.mode.startswith("I"):  # 16 bits of grey, which `convert` would cut off at 255
        levels = np.asarray(opened)
        image = Image.fromarray((levels >> 8).astype(np.uint8)).convert(mode)
        if mode == "RGBA" and transparent is not None:
            image.putalpha(Image.fromarray(np.where(levels == transparent, 0, 255).astype(np.uint8)))
        return image
    if isinstance(transparent, bytes):  # an alpha for each colour of the palette; only RGBA can take them
        return opened.convert("RGBA").convert(mode)
    if stored_as in _LEVELS_APART:  # Pillow spreads the pixels over 0 to 255, but not the transparent colour
        if transparent is not None:
            apart = _LEVELS_APART[stored_as]
            opened.info["transparency"] = transparent % (255 // apart + 1) * apart
    elif stored_as == "RGB;16B" and transparent is not None:  # only the upper 8 bits are left to compare
        opened.info["transparency"] = tuple(level >> 8 for level in transparent)
    # `convert` copies an image that is in this mode already, which takes as long as decoding it
    return opened if opened.mode == mode else opened.convert(mode)


def _orientation(opened: Image.Image) -> int:
    """Return how the camera was held, from 1 to 8; 1, upright, where the file does not say so, or not readably."""
    from PIL import ExifTags

    try:
        orientation = opened.getexif().get(ExifTags.Base.Orientation, 1)
    except Exception:  # damaged EXIF data can fail in any way, and the pixels are sound
        return 1
    return orientation if isinstance(orientation, int) else 1


def _turned(image: Image.Image, orientation: int) -> Image.Image:
    """Return a photograph upright. Reference: the Exif specification, tag Orientation; Pillow's `exif_transpose`."""
    from PIL.Image import Transpose

    turns = {
        2: Transpose.FLIP_LEFT_RIGHT,
        3: Transpose.ROTATE_180,
        4: Transpose.FLIP_TOP_BOTTOM,
        5: Transpose.TRANSPOSE,
        6: Transpose.ROTATE_270,
        7: Transpose.TRANSVERSE,
        8: Transpose.ROTATE_90,
    }
    return image.transpose(turns[orientation]) if orientation in turns else image


def _other_format(file: BinaryIO) -> str:
    """Return what a file is that is neither JPEG nor PNG, as far as Pillow or its first bytes tell."""
    from PIL import Image

    file.seek(0)
    beginning = file.read(12)
    if not beginning:
        return "it is empty"
    if beginning[4:8] == b"ftyp":  # the family of HEIC and AVIF, which not every Pillow reads
        return f"its format is {beginning[8:].decode('ascii', 'replace').strip().upper()}, not JPEG or PNG"
    try:
        with Image.open(file) as opened:
            return f"its format is {opened.format}, not JPEG or PNG"
    except Exception:  # it is no image, or a damaged one
        return f"it is no image that Pillow knows; it begins with {beginning!r}"

"""Read Pillow's own test images with ImageFolder, and compare with Pillow's reading: `make pillow-images`.

It takes the source distribution of the installed Pillow from the package index; an argument names one that is there.
Images of other formats are called .jpg, as people do. It fails if an image comes out different from what Pillow gives,
unless ImageFolder's documentation says so, or if one that Pillow reads as JPEG or PNG is refused, or without its name.
"""

from __future__ import annotations

import subprocess
import sys
import tarfile
import warnings
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import PIL
from numpy.typing import NDArray
from PIL import Image, ImageOps

from tinytorch.datasets import CorruptFileError, ImageFolder
from tinytorch.datasets.images import SUFFIXES, Mode

MODES: tuple[Mode, ...] = ("L", "RGB", "RGBA")
EQUAL = "equal in L, RGB and RGBA"
DOCUMENTED = "different, as the documentation says"
BOTH_REFUSE = "refused by name; Pillow refuses it, too"
OTHER_FORMAT = "refused by name as another format, which Pillow reads"
FAULTS = NEITHER, UNNAMED, DIFFERENT = (
    "refused by name, and Pillow reads it as JPEG or PNG",
    "another error than CorruptFileError, or without the file's name",
    "different",
)


def main() -> int:
    warnings.simplefilter("ignore")  # Pillow's, about damaged files
    with TemporaryDirectory() as name:
        folder = Path(name)
        archive = Path(sys.argv[1]) if sys.argv[1:] else fetch(folder)
        unpack(archive, folder / "images" / "all")
        datasets = {mode: ImageFolder(folder / "images", mode=mode) for mode in MODES}
        paths = [Path(path) for path, _ in datasets["RGB"].samples]
        outcomes: dict[str, list[str]] = {}
        for place, path in enumerate(paths):
            outcome, reason = outcome_of(datasets, place, path)
            outcomes.setdefault(outcome, []).append(f"{path.name}: {reason}")
    print(f"{len(paths):,} images of {archive.name}")
    for outcome in (EQUAL, DOCUMENTED, BOTH_REFUSE, OTHER_FORMAT, *FAULTS):
        print(f"{len(outcomes.get(outcome, [])):>6}  {outcome}")
    for outcome in (DOCUMENTED, *FAULTS):
        for line in outcomes.get(outcome, []):
            print(f"{outcome}: {line}")
    return 1 if any(outcome in outcomes for outcome in FAULTS) else 0


def fetch(folder: Path) -> Path:
    """Download the source distribution of the Pillow that is installed."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", "pillow"]
    subprocess.run([*command, "--dest", folder, f"pillow=={PIL.__version__}"], check=True)
    return next(folder.glob("*.tar.gz"))


def unpack(archive: Path, folder: Path) -> None:
    """Write the test images into one folder, each under a name that ends as that of a JPEG or PNG."""
    folder.mkdir(parents=True)
    with tarfile.open(archive) as files:
        for member in files:
            _, found, rest = member.name.partition("/Tests/images/")
            if found and member.isfile():
                flat = rest.replace("/", "_").lstrip(".")
                content = files.extractfile(member)
                assert content is not None
                (folder / (flat if flat.lower().endswith(SUFFIXES) else f"{flat}.jpg")).write_bytes(content.read())


def outcome_of(datasets: dict[Mode, ImageFolder], place: int, path: Path) -> tuple[str, str]:
    """Return how our reading of one image compares with Pillow's, in words, and the reason."""
    try:
        ours = {mode: dataset[place][0] for mode, dataset in datasets.items()}
    except CorruptFileError as error:
        if path.name not in str(error):
            return UNNAMED, str(error)
        try:
            with Image.open(path) as opened:
                opened.load()
                format_name = str(opened.format)
        except Exception:  # a damaged file can fail in any way
            return BOTH_REFUSE, str(error)
        return (NEITHER, str(error)) if format_name in ("JPEG", "MPO", "PNG") else (OTHER_FORMAT, format_name)
    except Exception as error:
        return UNNAMED, repr(error)
    different = [mode for mode, image in ours.items() if not np.array_equal(image, theirs(path, mode))]
    if not different:
        return EQUAL, "equal"
    said = documented_difference(path)
    return (DOCUMENTED, said) if said else (DIFFERENT, f"in {', '.join(different)}")


def theirs(path: Path, mode: str) -> NDArray[np.uint8]:
    """Return an image as Pillow reads, turns and converts it."""
    with Image.open(path) as opened:
        image = ImageOps.exif_transpose(opened).convert(mode)
    return np.asarray(image).reshape(image.height, image.width, -1)


def documented_difference(path: Path) -> str | None:
    """Return why an image comes out otherwise than from Pillow, if the documentation says so."""
    header = path.read_bytes()
    if header[:8] != b"\x89PNG\r\n\x1a\n":
        return None
    bits, colour = header[24], header[25]
    if bits == 16 and colour == 0:
        return "16 bits of grey, which Pillow cuts off at 255"
    if b"tRNS" in header and (bits == 16 or (bits in (2, 4) and colour == 0)):
        return f"a transparent colour of {bits} bits, which Pillow does not find"
    return None


if __name__ == "__main__":
    sys.exit(main())

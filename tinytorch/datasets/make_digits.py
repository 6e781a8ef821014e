"""Make digits.npz from the original file: `python -m tinytorch.datasets.make_digits optdigits.tes`.

The original is the test set of the UCI repository's "Optical Recognition of Handwritten Digits": 1,797 lines of 64
pixels (0 to 16, row by row) and the label, separated by commas. It may be compressed as .gz.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from tinytorch.datasets.digits import DIGITS_PATH


def make_digits(original: Path, target: Path = DIGITS_PATH) -> None:
    """Pack the original text file into a compressed .npz: images (1797, 8, 8) uint8, labels (1797,) uint8."""
    table = np.loadtxt(original, delimiter=",").astype(np.uint8)
    if table.shape != (1797, 65) or table[:, :64].max() != 16 or table[:, 64].max() != 9:
        raise ValueError(f"{original} is not the digits' test set: expected 1,797 lines of 64 pixels and a label")
    np.savez_compressed(target, images=table[:, :64].reshape(-1, 8, 8), labels=table[:, 64])


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m tinytorch.datasets.make_digits optdigits.tes")
    make_digits(Path(sys.argv[1]))

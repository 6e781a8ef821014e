"""The 1,797 handwritten digits that ship with the package, as plain arrays.

Source: E. Alpaydin and C. Kaynak, "Optical Recognition of Handwritten Digits", UCI Machine Learning Repository, 1998,
test set; licensed CC BY 4.0 (see DIGITS_LICENSE.md). `make_digits.py` made the file from the original.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

DIGITS_PATH = Path(__file__).with_name("digits.npz")

Images = NDArray[np.float32]
Labels = NDArray[np.int64]


def load_digits() -> tuple[Images, Labels]:
    """Load all digits in the order of the original file.

    Returns:
        images: float32, shape (1797, 8, 8), from 0 (paper) to 1 (ink).
        labels: int64, shape (1797,), the digit from 0 to 9 that each image shows.
    """
    with np.load(DIGITS_PATH) as file:
        return file["images"].astype(np.float32) / 16, file["labels"].astype(np.int64)


def split_digits(test_share: float = 0.2, seed: int = 0) -> tuple[Images, Labels, Images, Labels]:
    """Split the digits at random into those for training and those for testing.

    Args:
        test_share: the share of the digits that is kept for testing, between 0 and 1.
        seed: the same seed gives the same split.

    Returns:
        train_images, train_labels, test_images, test_labels: dtypes and units as in `load_digits`; 1,438 digits for
        training and 359 for testing, unless `test_share` says otherwise.

    Raises:
        ValueError: `test_share` is not between 0 and 1.
    """
    if not 0 <= test_share <= 1:
        raise ValueError(f"test_share must be between 0 and 1; it was {test_share}")
    images, labels = load_digits()
    order = np.random.default_rng(seed).permutation(len(images))
    test, train = np.split(order, [round(test_share * len(images))])
    return images[train], labels[train], images[test], labels[test]

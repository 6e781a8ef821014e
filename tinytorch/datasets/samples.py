"""What a sample may not be: a masked array, whose gaps would silently become data in a batch."""

from __future__ import annotations

from typing import TypeVar

import numpy as np

Sample = TypeVar("Sample")


def checked_sample(sample: Sample, index: int) -> Sample:
    """Return the sample as it is.

    Raises:
        TypeError: it is, or contains, a masked array, as netCDF4 and astropy give them.
    """
    if is_masked(sample):
        raise TypeError(f"sample {index} has a masked array: fill its gaps first, with array.filled(value)")
    if isinstance(sample, (tuple, list)):
        for part in sample:
            checked_sample(part, index)
    return sample


def is_masked(value: object) -> bool:
    """Whether a value is a masked array: NumPy's own, or another subclass of arrays with a mask, such as astropy's."""
    return isinstance(value, np.ndarray) and hasattr(type(value), "mask")

"""What a sample or a batch may not be: a masked array, whose gaps would silently become data."""

from __future__ import annotations

from typing import TypeVar

import numpy as np

Sample = TypeVar("Sample")


def checked_sample(sample: Sample, index: int) -> Sample:
    """Return the sample as it is.

    Raises:
        TypeError: it is, or contains, a masked array, as netCDF4 and astropy give them.
    """
    _refuse_masked(sample, f"sample {index}")
    return sample


def checked_batch(batch: Sample) -> Sample:
    """Return the batch as it is. Raises TypeError as `checked_sample` does."""
    _refuse_masked(batch, "a batch")
    return batch


def _refuse_masked(value: object, name: str) -> None:
    if is_masked(value):
        raise TypeError(f"{name} has a masked array: fill its gaps first, with array.filled(value)")
    if isinstance(value, (tuple, list)):
        for part in value:
            _refuse_masked(part, name)


def is_masked(value: object) -> bool:
    """Whether a value is a masked array: NumPy's own, or another subclass of arrays with a mask, such as astropy's."""
    return isinstance(value, np.ndarray) and hasattr(type(value), "mask")

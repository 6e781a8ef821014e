"""One iterator that feeds a training loop, whatever the data is and wherever it lies."""
__all__ = ['Dataset', 'TensorDataset', 'DataLoader', 'RandomHorizontalFlip', 'RandomCrop', 'Compose']
import random
from abc import ABC, abstractmethod
import numpy as np
from .tensor import Tensor

class Dataset(ABC):
    """One interface to any storage: how many samples there are, and which one is at an index.

    A subclass says both; what a sample is (a tensor, a tuple of tensors, a number) is up to it.
    Raises TypeError when a subclass that lacks a method is created.
    """

    @abstractmethod
    def __len__(self):
        """The number of samples."""
        ...

    @abstractmethod
    def __getitem__(self, index):
        """The sample at `index`, with 0 <= index < len(self)."""
        ...

class TensorDataset(Dataset):
    """Tensors of equal size along dimension 0: sample i is the tuple of their i-th entries.

    Args:
        *tensors: one or more Tensors of shape (n, ...), any dtype; kept as they are, not copied.

    Raises:
        TypeError: an argument is not a Tensor.
        ValueError: none is given, or sizes along dimension 0 differ.
        IndexError: an index outside -n <= index < n; negative ones count from the end.
    """

    def __init__(self, *tensors):
        ...

    def __len__(self):
        ...

    def __getitem__(self, index):
        ...

    def get_batch(self, indices):
        """Samples of an integer array of indices, or of a slice, as batch Tensors of shape (number of indices, ...).

    They are what the samples give when they are stacked, and own their memory. Raises TypeError for other indices.
    """
        ...

class DataLoader:
    """Iterate over a dataset in batches, in order or shuffled anew each epoch.

    Args:
        dataset: any object with `__len__` and `__getitem__`.
        batch_size: samples per batch, a positive integer; the last batch may be shorter.
        shuffle: whether each epoch goes through the samples in a new random order.
        generator: a `np.random.Generator` that decides the order; else `random` or `np.random`.

    Raises:
        TypeError: `dataset` lacks a method. ValueError: `batch_size` is no positive integer.
    """

    def __init__(self, dataset, batch_size, shuffle=False, *, generator=None):
        ...

    def __len__(self):
        """The number of batches in an epoch, a short last one included."""
        ...

    def __iter__(self):
        """Yield the batches of one epoch, each when it is asked for."""
        ...

    def _collate_batch(self, batch):
        """Stack a list of samples into a tuple of Tensors of shape (len(batch), ...), one for each """
        ...

def _gives_batches(loader):
    """Whether the dataset's own `get_batch` gives the batches: no subclass changed what a sample is, or how they are collated."""
    ...

def _refuse_loss(value):
    """Raise for a masked array in `value`, and for a Python integer that int64 can't hold."""
    ...

def _stack_position(position, values):
    """Stack the values that a batch's samples have at one position."""
    ...

def _as_array(position, value):
    """Give a Tensor's, an array's or a number's array; anything else is no data for a batch."""
    ...

def _height_width_axes(shape, layout=None):
    """Which two axes of an image of this shape are its height and its width.

    `layout` is "HW", "CHW" or "HWC". Without it, 2-d is HW; 3-d with 1, 3 or 4 entries in front is
    CHW, else with 1, 3 or 4 at the end HWC. Raises ValueError when that decides nothing, or when
    `layout` does not fit the shape.
    """
    ...

def _refuse_layout(layout):
    """Raise `ValueError` if no image has this `layout`."""
    ...

def _refuse_window(size, padding):
    """Raise `ValueError` unless `size` is a whole number from 1 on, or two, and `padding` a whole
    number from 0 on."""
    ...

class RandomHorizontalFlip:
    """Mirror an image left to right, with probability `p`.

    Args:
        p: how likely a flip is, from 0 to 1.
        layout: "HW", "CHW" or "HWC"; guessed from the image's shape if not given.
        generator: a `np.random.Generator` that decides; without it, `random` or `np.random` does.

    Raises:
        ValueError: `p` is outside 0..1, or `layout` unknown.
    """

    def __init__(self, p=0.5, *, layout=None, generator=None):
        ...

    def __call__(self, image):
        """Give the image, mirrored or not: the same shape, dtype and kind (array or Tensor)."""
        ...

class RandomCrop:
    """Pad an image with zeros on all four sides, then cut out a window at a random place.

    Args:
        size: height and width of the window in pixels, as a pair or as one int for both.
        padding: pixels of zeros on each side.
        layout: "HW", "CHW" or "HWC"; guessed from the image's shape if not given.
        generator: a `np.random.Generator` that decides; without it, `random` or `np.random` does.

    Raises:
        ValueError: an argument is not one of these; when called: the image is smaller than `size`
            even after padding.
    """

    def __init__(self, size, padding=4, *, layout=None, generator=None):
        ...

    def __call__(self, image):
        """Give the window: height and width as in `size`, the same dtype and kind (array or Tensor)."""
        ...

class Compose:
    """Several transforms as one, applied in order; an empty list changes nothing."""

    def __init__(self, transforms):
        ...

    def __call__(self, image):
        """Give what the last transform returns."""
        ...

def _rows(array, indices):
    """Some rows of an array as a Tensor of their own."""
    ...

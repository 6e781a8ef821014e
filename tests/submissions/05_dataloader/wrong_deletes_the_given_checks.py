# %% [markdown]
# why: the checks that the cells come with were deleted - of Tensors, of a batch's values, of layouts, sizes and paddings
# base: reference
# loses: {tensor-dataset-none: 1, collate-types: 1, transform-arguments: 1}

# %% solution="tensor-dataset"
#| export
class TensorDataset(Dataset):
    """Tensors of equal size along dimension 0: sample i is the tuple of their i-th entries.

    Args:
        *tensors: one or more Tensors of shape (n, ...), any dtype; kept as they are, not copied.

    Raises:
        TypeError: one is no Tensor. ValueError: none is given, or sizes along dimension 0 differ.
        IndexError: an index outside -n <= index < n; negative ones count from the end.
    """
    def __init__(self, *tensors):
        if not tensors:
            raise ValueError("TensorDataset needs at least one tensor; none was given")
        sizes = [len(tensor) for tensor in tensors]
        if len(set(sizes)) > 1:
            raise ValueError(f"All tensors must have same size in first dimension; they have {sizes}")
        self.tensors = tensors

    def __len__(self):
        return len(self.tensors[0])

    def __getitem__(self, index):
        if not -len(self) <= index < len(self):
            raise IndexError(f"Index {index} out of range for dataset of size {len(self)}")
        return tuple(tensor[index] for tensor in self.tensors)

# %% solution="loader-collate"
#| export
@patch
def _collate_batch(self: DataLoader, batch):
    "Stack a list of samples into a tuple of Tensors of shape (len(batch), ...), one for each "
    "position of a sample."
    samples = [sample if isinstance(sample, (tuple, list)) else (sample,) for sample in batch]
    lengths = sorted({len(sample) for sample in samples})
    if len(lengths) > 1:
        raise ValueError(f"samples of one batch must have equal lengths; these have {lengths}")
    return tuple(_stack_position(position, values) for position, values in enumerate(zip(*samples)))


def _stack_position(position, values):
    "Stack the values that a batch's samples have at one position."
    arrays = [_as_array(position, value) for value in values]
    for array in arrays:
        if array.shape != arrays[0].shape:
            raise ValueError(f"position {position}: shapes {arrays[0].shape} and {array.shape} cannot be stacked")
    return Tensor(np.ascontiguousarray(np.stack(arrays)))


def _as_array(position, value):
    "Give a Tensor's, an array's or a number's array; anything else is no data for a batch."
    array = np.asarray(value.data if isinstance(value, Tensor) else value)
    if not isinstance(value, (Tensor, np.ndarray, np.generic, bool, int, float)) or array.dtype.kind not in "biuf":
        raise TypeError(f"position {position}: cannot stack a {type(value).__name__}; give Tensors, arrays or numbers")
    return array

# %% solution="flip"
#| export
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
        if not 0 <= p <= 1:
            raise ValueError(f"p must be between 0 and 1; it was {p!r}")
        self.p, self.layout, self.generator = p, layout, generator

    def __call__(self, image):
        "Give the image, mirrored or not: the same shape, dtype and kind (array or Tensor)."
        array = image.data if isinstance(image, Tensor) else np.asarray(image)
        _, width = _height_width_axes(array.shape, self.layout)
        source = random if self.generator is None else self.generator
        if source.random() < self.p:
            array = np.flip(array, axis=width).copy()
        return Tensor(array, dtype=array.dtype) if isinstance(image, Tensor) else array

# %% solution="crop"
#| export
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
        self.size = (size, size) if isinstance(size, (int, np.integer)) else tuple(size)
        self.padding, self.layout, self.generator = padding, layout, generator

    def __call__(self, image):
        "Give the window: height and width as in `size`, the same dtype and kind (array or Tensor)."
        array = image.data if isinstance(image, Tensor) else np.asarray(image)
        axes = _height_width_axes(array.shape, self.layout)
        padded = np.pad(array, [(self.padding, self.padding) if axis in axes else (0, 0) for axis in range(array.ndim)])
        window = [slice(None)] * array.ndim
        for axis, length in zip(axes, self.size):
            spare = padded.shape[axis] - length
            if spare < 0:
                raise ValueError(f"a window of {self.size} does not fit into a padded image of shape {padded.shape}")
            start = random.randint(0, spare) if self.generator is None else int(self.generator.integers(spare + 1))
            window[axis] = slice(start, start + length)
        crop = padded[tuple(window)].copy()
        return Tensor(crop, dtype=crop.dtype) if isinstance(image, Tensor) else crop

# %% [markdown]
# why: integers of a generator leaves out its end, so the last offset is never drawn; randint is right
# base: reference
# loses: {transform-generator: 1}
# says: "RandomCrop(4, padding=1) of a 4x4 image has 3 x 3 = 9 offsets | leaves out n"
# at: "line 23 of your cell `class RandomCrop`"

# %% solution="crop"
#| export
class RandomCrop:
    """A window of the padded image."""
    def __init__(self, size, padding=4, *, layout=None, generator=None):
        _refuse_layout(layout)
        _refuse_window(size, padding)
        self.size = (size, size) if isinstance(size, (int, np.integer)) else size
        self.padding = padding
        self.layout = layout
        self.generator = generator

    def __call__(self, image):
        array = image.data if isinstance(image, Tensor) else image
        axes = _height_width_axes(array.shape, self.layout)
        widths = [(0, 0)] * array.ndim
        for axis in axes:
            widths[axis] = (self.padding, self.padding)
        array = np.pad(array, widths)
        for axis, length in zip(axes, self.size):
            last = array.shape[axis] - length
            if last < 0:
                raise ValueError(f"a window of {self.size} is larger than the padded image")
            start = random.randint(0, last) if self.generator is None else self.generator.integers(0, last)
            array = np.take(array, range(start, start + length), axis=axis)
        if isinstance(image, Tensor):
            return Tensor(array, dtype=array.dtype)
        return array

# %% [markdown]
# why: the crop is always the middle one
# base: reference
# loses: {crop-offsets: 2, transform-generator: 1}

# %% solution="crop"
#| export
class RandomCrop:
    def __init__(self, size, padding=4, *, layout=None, generator=None):
        _refuse_layout(layout)
        _refuse_window(size, padding)
        self.size = (size, size) if isinstance(size, (int, np.integer)) else size
        self.padding, self.layout = padding, layout

    def __call__(self, image):
        array = image.data if isinstance(image, Tensor) else image
        height, width = _height_width_axes(array.shape, self.layout)
        pad = [(0, 0)] * array.ndim
        pad[height] = pad[width] = (self.padding, self.padding)
        padded = np.pad(array, pad)
        window = [slice(None)] * array.ndim
        for axis, length in zip((height, width), self.size):
            if length > padded.shape[axis]:
                raise ValueError("crop too large")
            start = (padded.shape[axis] - length) // 2
            window[axis] = slice(start, start + length)
        crop = padded[tuple(window)].copy()
        return Tensor(crop, dtype=crop.dtype) if isinstance(image, Tensor) else crop

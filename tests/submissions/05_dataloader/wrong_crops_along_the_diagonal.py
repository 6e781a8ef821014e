# %% [markdown]
# why: one number is drawn for both offsets
# base: reference
# loses: {crop-offsets: 2, transform-generator: 1}

# %% solution="crop"
#| export
class RandomCrop:
    def __init__(self, size, padding=4, *, layout=None, generator=None):
        _refuse_layout(layout)
        _refuse_window(size, padding)
        self.size = size if isinstance(size, tuple) else (size, size)
        self.padding = padding
        self.layout = layout
        self.generator = generator

    def __call__(self, image):
        array = image.data if isinstance(image, Tensor) else image
        rows, columns = _height_width_axes(array.shape, self.layout)
        pads = [(0, 0)] * array.ndim
        pads[rows] = pads[columns] = (self.padding, self.padding)
        padded = np.pad(array, pads)
        height, width = self.size
        if height > padded.shape[rows] or width > padded.shape[columns]:
            raise ValueError(f"{self.size} is larger than the padded image, {padded.shape}")
        top = self.draw(padded.shape[rows] - height + 1)
        left = min(top, padded.shape[columns] - width)
        window = [slice(None)] * array.ndim
        window[rows] = slice(top, top + height)
        window[columns] = slice(left, left + width)
        crop = padded[tuple(window)]
        return Tensor(crop, dtype=crop.dtype) if isinstance(image, Tensor) else crop

    def draw(self, n):
        return np.random.randint(n) if self.generator is None else self.generator.integers(n)

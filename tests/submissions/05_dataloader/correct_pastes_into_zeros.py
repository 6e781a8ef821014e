# %% [markdown]
# why: correct, the crop never pads - it makes a window of zeros and pastes what overlaps with the image
# base: reference

# %% solution="flip"
#| export
class RandomHorizontalFlip:
    def __init__(self, p=0.5, *, layout=None, generator=None):
        _refuse_layout(layout)
        if not (0.0 <= p <= 1.0):
            raise ValueError(f"p={p}")
        self.p = p
        self.layout = layout
        self.rng = generator

    def __call__(self, image):
        is_tensor = isinstance(image, Tensor)
        pixels = image.numpy() if is_tensor else image
        axis = _height_width_axes(pixels.shape, self.layout)[1]
        flip = (np.random.rand() if self.rng is None else self.rng.random()) < self.p
        moved = np.moveaxis(pixels, axis, -1)
        result = np.moveaxis(moved[..., ::-1], -1, axis).copy() if flip else pixels.copy()
        return Tensor(result, dtype=result.dtype) if is_tensor else result

# %% solution="crop"
#| export
class RandomCrop:
    def __init__(self, size, padding=4, *, layout=None, generator=None):
        _refuse_layout(layout)
        _refuse_window(size, padding)
        self.size = (size, size) if np.ndim(size) == 0 else tuple(size)
        self.padding = padding
        self.layout = layout
        self.rng = generator

    def __call__(self, image):
        is_tensor = isinstance(image, Tensor)
        pixels = image.numpy() if is_tensor else image
        shape = list(pixels.shape)
        source, target = [slice(None)] * len(shape), [slice(None)] * len(shape)
        for axis, length in zip(_height_width_axes(pixels.shape, self.layout), self.size):
            highest = shape[axis] + self.padding - length
            if highest < -self.padding:
                raise ValueError(f"a crop of {self.size} is too large for {pixels.shape} padded by {self.padding}")
            if self.rng is None:
                start = random.randint(-self.padding, highest)
            else:
                start = int(self.rng.integers(-self.padding, highest + 1))
            first, last = max(start, 0), min(start + length, shape[axis])
            last = max(first, last)
            source[axis], target[axis] = slice(first, last), slice(first - start, last - start)
            shape[axis] = length
        window = np.zeros(shape, pixels.dtype)
        window[tuple(target)] = pixels[tuple(source)]
        return Tensor(window, dtype=window.dtype) if is_tensor else window

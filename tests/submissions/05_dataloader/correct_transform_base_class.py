# %% [markdown]
# why: correct, flip and crop inherit from a class of their own that unwraps, wraps and draws
# base: reference

# %% solution="flip"
#| export
class _ImageTransform:
    def __init__(self, layout, generator):
        self.layout = layout
        self.generator = generator

    def __call__(self, image):
        if not isinstance(image, Tensor):
            return self.apply(image, *_height_width_axes(image.shape, self.layout))
        result = self(image.data)
        return Tensor(result, dtype=result.dtype)

    def uniform(self):
        return random.random() if self.generator is None else self.generator.random()

    def below(self, n):
        return random.randrange(n) if self.generator is None else self.generator.integers(n)


class RandomHorizontalFlip(_ImageTransform):
    def __init__(self, p=0.5, *, layout=None, generator=None):
        _refuse_layout(layout)
        super().__init__(layout, generator)
        if p < 0 or p > 1:
            raise ValueError("a probability lies between 0 and 1")
        self.p = p

    def apply(self, array, height, width):
        if self.uniform() >= self.p:
            return array
        backwards = np.arange(array.shape[width])[::-1]
        return np.take(array, backwards, axis=width)

# %% solution="crop"
#| export
class RandomCrop(_ImageTransform):
    def __init__(self, size, padding=4, *, layout=None, generator=None):
        _refuse_layout(layout)
        _refuse_window(size, padding)
        super().__init__(layout, generator)
        try:
            self.rows, self.columns = size
        except TypeError:
            self.rows = self.columns = size
        self.padding = padding

    def apply(self, array, height, width):
        p = self.padding
        pads = [(p, p) if axis in (height, width) else (0, 0) for axis in range(array.ndim)]
        padded = np.pad(array, pads, constant_values=0)
        room = padded.shape[height] - self.rows, padded.shape[width] - self.columns
        if min(room) < 0:
            raise ValueError(f"cannot cut {self.rows}x{self.columns} out of {padded.shape}")
        top, left = self.below(room[0] + 1), self.below(room[1] + 1)
        padded = padded.take(range(top, top + self.rows), height)
        return padded.take(range(left, left + self.columns), width)

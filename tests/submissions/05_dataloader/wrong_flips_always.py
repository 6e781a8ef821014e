# %% [markdown]
# why: p is not looked at
# base: reference
# loses: {flip-width: 2, flip-chance: 2, transform-generator: 1}

# %% solution="flip"
#| export
class RandomHorizontalFlip:
    def __init__(self, p=0.5, *, layout=None, generator=None):
        _refuse_layout(layout)
        if p < 0 or p > 1:
            raise ValueError(f"p={p} is no probability")
        self.p = p
        self.layout = layout
        self.generator = generator

    def __call__(self, image):
        array = image.data if isinstance(image, Tensor) else image
        axis = _height_width_axes(array.shape, self.layout)[1]
        chance = random.random() if self.generator is None else self.generator.random()
        array = np.flip(array, axis)
        if isinstance(image, Tensor):
            return Tensor(array, dtype=array.dtype)
        return array

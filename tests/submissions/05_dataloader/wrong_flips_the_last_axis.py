# %% [markdown]
# why: the width is taken to be the last axis, whatever the layout
# base: reference
# loses: {transform-layout: 1}

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
        chance = random.random() if self.generator is None else self.generator.random()
        if chance < self.p:
            array = np.flip(array, -1)
        if isinstance(image, Tensor):
            return Tensor(array, dtype=array.dtype)
        return array

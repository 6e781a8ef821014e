# %% [markdown]
# why: random.random has no brackets
# base: reference
# loses:
#   flip-width: 2
#   flip-chance: 2
#   transform-layout: 1
#   transform-kinds: 1
#   transform-input: 1
#   transform-profile: 1
# says: "'<' not supported between instances of 'builtin_function_or_method' | is `()` missing in line 15?"
# at: "line 16 of your cell `class RandomHorizontalFlip`"

# %% solution="flip"
#| export
class RandomHorizontalFlip:
    """Mirror an image."""
    def __init__(self, p=0.5, *, layout=None, generator=None):
        _refuse_layout(layout)
        if p < 0 or p > 1:
            raise ValueError("p is a probability, from 0 to 1")
        self.p = p
        self.layout = layout
        self.generator = generator

    def __call__(self, image):
        array = image.data if isinstance(image, Tensor) else image
        height, width = _height_width_axes(array.shape, self.layout)
        number = random.random if self.generator is None else self.generator.random()
        if number < self.p:
            array = np.flip(array, axis=width).copy()
        if isinstance(image, Tensor):
            return Tensor(array, dtype=array.dtype)
        return array

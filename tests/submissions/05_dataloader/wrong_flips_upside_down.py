# %% [markdown]
# why: the flip mirrors the height instead of the width
# base: reference
# loses: {flip-width: 2, flip-chance: 2, transform-layout: 1}
# says: "RandomHorizontalFlip(p=1) should make 2 1 0 and 5 4 3 of the rows"
# at: "line 14 of your cell `class RandomHorizontalFlip`"

# %% solution="flip"
#| export
class RandomHorizontalFlip:
    def __init__(self, p=0.5, *, layout=None, generator=None):
        _refuse_layout(layout)
        if not 0 <= p <= 1:
            raise ValueError("p is a probability")
        self.p, self.layout, self.generator = p, layout, generator

    def __call__(self, image):
        array = image.data if isinstance(image, Tensor) else image
        height, _ = _height_width_axes(array.shape, self.layout)
        source = self.generator if self.generator is not None else random
        if source.random() < self.p:
            array = np.flip(array, height).copy()
        return Tensor(array, dtype=array.dtype) if isinstance(image, Tensor) else array

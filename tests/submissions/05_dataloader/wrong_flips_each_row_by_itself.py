# %% [markdown]
# why: each row of an image flips by its own chance
# base: reference
# loses: {flip-chance: 2}

# %% solution="flip"
#| export
class RandomHorizontalFlip:
    """Mirror an image left to right, with probability `p`.

    Args:
        p: how likely a flip is, from 0 to 1.
        layout: "HW", "CHW" or "HWC"; guessed from the image's shape if not given.
        generator: a `np.random.Generator` that decides; without it, `random` or `np.random` does.

    Raises:
        ValueError: `p` is outside 0..1.
    """
    def __init__(self, p=0.5, *, layout=None, generator=None):
        _refuse_layout(layout)
        if not 0 <= p <= 1:
            raise ValueError(f"p must be between 0 and 1; it was {p!r}")
        self.p, self.layout, self.generator = p, layout, generator

    def __call__(self, image):
        "Give the image, mirrored or not: the same shape, dtype and kind (array or Tensor)."
        array = image.data if isinstance(image, Tensor) else np.asarray(image)
        _, width = _height_width_axes(array.shape, self.layout)
        source = random if self.generator is None else self.generator
        rows = np.moveaxis(array.copy(), width, -1)
        for place in np.ndindex(rows.shape[:-1]):
            if source.random() < self.p:
                rows[place] = rows[place][::-1].copy()
        array = np.ascontiguousarray(np.moveaxis(rows, -1, width))
        return Tensor(array, dtype=array.dtype) if isinstance(image, Tensor) else array

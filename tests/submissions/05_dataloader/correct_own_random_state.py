# %% [markdown]
# why: correct, each epoch and each transform draws from a random.Random of its own that the global seed decides
# base: reference

# %% solution="loader-iter"
#| export
@patch
def __iter__(self: DataLoader):
    n = len(self.dataset)
    order = range(n)
    if self.shuffle:
        if self.generator is not None:
            seed = int(self.generator.integers(2**62))
        else:
            seed = random.random()
        order = list(order)
        random.Random(seed).shuffle(order)
    for start in range(0, n, self.batch_size):
        yield self._collate_batch([self.dataset[i] for i in order[start : start + self.batch_size]])

# %% solution="flip"
#| export
class RandomHorizontalFlip:
    def __init__(self, p=0.5, *, layout=None, generator=None):
        _refuse_layout(layout)
        if p > 1 or p < 0:
            raise ValueError("p must be in [0, 1]")
        self.p = p
        self.layout = layout
        self.random = generator.random if generator is not None else random.random

    def __call__(self, image):
        if self.random() >= self.p:
            return image
        axis = _height_width_axes(image.shape, self.layout)[1]
        if isinstance(image, Tensor):
            return Tensor(np.flip(image.data, axis), dtype=image.data.dtype)
        return np.flip(image, axis)

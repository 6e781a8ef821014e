# %% [markdown]
# why: a crop's size of np.int64 is taken for a pair
# base: reference
# loses: {crop-window: 2}
# says: "Test 6c | `isinstance(np.int64(2), int)` is False"
# at: "line 9 of your cell `class RandomCrop`"

# %% solution="crop"
#| export
from numpy.lib.stride_tricks import sliding_window_view


class RandomCrop:
    def __init__(self, size, padding=4, *, layout=None, generator=None):
        _refuse_layout(layout)
        _refuse_window(size, padding)
        self.size = (size, size) if isinstance(size, int) else size
        self.padding, self.layout, self.generator = padding, layout, generator

    def __call__(self, image):
        if isinstance(image, Tensor):
            return Tensor(out := self(image.data), dtype=out.dtype)
        axes = _height_width_axes(image.shape, self.layout)
        planes = np.moveaxis(image, axes, (-2, -1))
        pad = [(0, 0)] * (planes.ndim - 2) + [(self.padding, self.padding)] * 2
        windows = sliding_window_view(np.pad(planes, pad), self.size, axis=(-2, -1))  # ValueError if too large
        draw = random.randrange if self.generator is None else self.generator.integers
        rows, columns = windows.shape[-4:-2]
        window = windows[..., draw(rows), draw(columns), :, :]
        return np.moveaxis(window, (-2, -1), axes).copy()

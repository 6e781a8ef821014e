# %% [markdown]
# why: correct, with match statements and the walrus operator
# base: reference

# %% solution="loader-collate"
#| export
def _array_of(value, place):
    match value:
        case Tensor():
            return value.data
        case np.ndarray() | np.generic() | bool() | int() | float():
            return np.asarray(value)
        case _:
            raise TypeError(f"position {place}: {type(value).__name__} is no number")


@patch
def _collate_batch(self: DataLoader, batch):
    _refuse_loss(batch)
    rows = []
    for sample in batch:
        match sample:
            case tuple() | list():
                rows.append(tuple(sample))
            case _:
                rows.append((sample,))
    match {len(row) for row in rows}:
        case lengths if len(lengths) > 1:
            raise ValueError(f"lengths differ: {lengths}")
    tensors = ()
    for place, values in enumerate(zip(*rows)):
        arrays = [_array_of(value, place) for value in values]
        if odd := [a.shape for a in arrays if a.shape != arrays[0].shape]:
            raise ValueError(f"position {place}: got {odd[0]}, expected {arrays[0].shape}")
        tensors += (Tensor(np.stack(arrays)),)
    return tensors

# %% solution="crop"
#| export
class RandomCrop:
    def __init__(self, size, padding=4, *, layout=None, generator=None):
        _refuse_layout(layout)
        _refuse_window(size, padding)
        match size:
            case (height, width):
                self.size = height, width
            case int() | np.integer():
                self.size = size, size
            case _:
                raise TypeError(f"size is an int or a pair, not {size!r}")
        self.padding, self.layout, self.generator = padding, layout, generator

    def __call__(self, image):
        match image:
            case Tensor(data=array):
                return Tensor(cut := self._cut(array), dtype=cut.dtype)
            case _:
                return self._cut(image)

    def _cut(self, array):
        axes = _height_width_axes(array.shape, self.layout)
        index, padding = [slice(None)] * array.ndim, [(0, 0)] * array.ndim
        for axis, length in zip(axes, self.size):
            padding[axis] = self.padding, self.padding
            if (room := array.shape[axis] + 2 * self.padding - length) < 0:
                raise ValueError("the window is larger than the padded image")
            start = np.random.randint(room + 1) if self.generator is None else self.generator.integers(room, endpoint=True)
            index[axis] = slice(start, start + length)
        return np.pad(array, padding)[tuple(index)]

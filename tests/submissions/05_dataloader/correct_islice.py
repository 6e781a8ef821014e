# %% [markdown]
# why: correct, with islice over a stream of indices, random.shuffle of a list, and arrays filled row by row
# base: reference

# %% solution="data-loader"
#| export
from math import ceil


class DataLoader:
    def __init__(self, dataset, batch_size, shuffle=False, *, generator=None):
        missing = [name for name in ("__len__", "__getitem__") if not callable(getattr(dataset, name, None))]
        if missing:
            raise TypeError("not a dataset, it has no " + " and no ".join(missing))
        if isinstance(batch_size, (bool, np.bool_)) or not isinstance(batch_size, (int, np.integer)) or batch_size <= 0:
            raise ValueError("batch_size should be a positive integer")
        self.dataset = dataset
        self.batch_size = batch_size
        self.shuffle = shuffle
        self.generator = generator

    def __len__(self):
        full, rest = divmod(len(self.dataset), self.batch_size)
        return full + (1 if rest else 0)

# %% solution="loader-iter"
#| export
from itertools import islice


@patch
def __iter__(self: DataLoader):
    indices = range(len(self.dataset))
    if self.shuffle:
        if self.generator is None:
            indices = list(indices)
            random.shuffle(indices)
        else:
            indices = self.generator.permutation(len(indices)).tolist()
    stream = iter(indices)
    while batch := [self.dataset[i] for i in islice(stream, int(self.batch_size))]:
        yield self._collate_batch(batch)

# %% solution="loader-collate"
#| export
@patch
def _collate_batch(self: DataLoader, batch):
    _refuse_loss(batch)
    if not batch:
        return ()
    rows = [tuple(s) if isinstance(s, (tuple, list)) else (s,) for s in batch]
    width = len(rows[0])
    for row in rows:
        if len(row) != width:
            raise ValueError(f"samples of {width} and {len(row)} values in one batch")
    columns = []
    for k in range(width):
        first = self._number(rows[0][k], k)
        block = np.empty((len(rows), *first.shape), dtype=first.dtype)
        for i, row in enumerate(rows):
            value = self._number(row[k], k)
            if value.shape != first.shape:
                raise ValueError(f"position {k} has shapes {first.shape} and {value.shape}")
            block[i] = value
        columns.append(Tensor(block))
    return tuple(columns)


@patch
def _number(self: DataLoader, value, k):
    if isinstance(value, Tensor):
        return value.data
    if isinstance(value, (str, bytes)) or not np.issubdtype(np.asarray(value).dtype, np.number) and np.asarray(value).dtype != bool:
        raise TypeError(f"position {k} holds a {type(value).__name__}")
    return np.asarray(value)

# %% solution="crop"
#| export
class RandomCrop:
    def __init__(self, size, padding=4, *, layout=None, generator=None):
        _refuse_layout(layout)
        _refuse_window(size, padding)
        self.height, self.width = size if isinstance(size, tuple) else (size, size)
        self.padding = padding
        self.layout = layout
        self.generator = generator

    def __call__(self, image):
        pixels = image.data if isinstance(image, Tensor) else image
        rows, columns = _height_width_axes(pixels.shape, self.layout)
        widths = [(0, 0)] * pixels.ndim
        widths[rows] = widths[columns] = (self.padding, self.padding)
        padded = np.pad(pixels, widths, mode="constant")
        if self.height > padded.shape[rows] or self.width > padded.shape[columns]:
            raise ValueError("crop larger than the padded image")
        top = self._draw(padded.shape[rows] - self.height + 1)
        left = self._draw(padded.shape[columns] - self.width + 1)
        out = np.take(padded, range(top, top + self.height), axis=rows)
        out = np.take(out, range(left, left + self.width), axis=columns)
        return Tensor(out, dtype=out.dtype) if isinstance(image, Tensor) else out

    def _draw(self, n):
        return np.random.randint(n) if self.generator is None else self.generator.integers(n)

# %% [markdown]
# why: correct, NumPy throughout - the order is the argsort of random keys, the ends of batches are an arange
# base: reference

# %% solution="tensor-dataset"
#| export
class TensorDataset(Dataset):
    def __init__(self, *tensors):
        for tensor in tensors:
            if not isinstance(tensor, Tensor):
                kind = type(tensor).__name__
                raise TypeError(f"TensorDataset takes Tensors, not {kind}: write Tensor(...)")
        sizes = np.array([len(t) for t in tensors])
        if sizes.size == 0:
            raise ValueError("no tensors given")
        if (sizes != sizes[0]).any():
            raise ValueError(f"All tensors must have same size in first dimension: {sizes.tolist()}")
        self.tensors, self.size = tensors, int(sizes[0])

    def __len__(self):
        return self.size

    def __getitem__(self, index):
        if index not in range(-self.size, self.size):
            raise IndexError(f"Index {index} out of range for dataset of size {self.size}")
        return tuple(t[index] for t in self.tensors)

# %% solution="data-loader"
#| export
class DataLoader:
    def __init__(self, dataset, batch_size, shuffle=False, *, generator=None):
        for name in "__len__", "__getitem__":
            if name not in dir(dataset):
                raise TypeError(f"{dataset!r} is no dataset: {name} is missing")
        if not np.issubdtype(type(batch_size), np.integer) or batch_size < 1:
            raise ValueError(f"{batch_size!r} is not a positive integer")
        self.dataset, self.batch_size, self.shuffle, self.generator = dataset, int(batch_size), shuffle, generator

    def __len__(self):
        return (len(self.dataset) - 1) // self.batch_size + 1

# %% solution="loader-iter"
#| export
@patch
def __iter__(self: DataLoader):
    n = len(self.dataset)
    if self.shuffle:
        keys = np.random.random(n) if self.generator is None else self.generator.random(n)
        order = np.argsort(keys)
    for start in range(0, n, self.batch_size):
        places = np.arange(start, min(start + self.batch_size, n))
        if self.shuffle:
            places = order[places]
        yield self._collate_batch([self.dataset[i] for i in places])

# %% solution="loader-collate"
#| export
@patch
def _collate_batch(self: DataLoader, batch):
    _refuse_loss(batch)
    out = []
    rows = [s if isinstance(s, (tuple, list)) else (s,) for s in batch]
    sizes = np.unique([len(r) for r in rows])
    if sizes.size > 1:
        raise ValueError(f"lengths {sizes.tolist()} in one batch")
    for k in range(sizes[0] if sizes.size else 0):
        arrays = []
        for row in rows:
            array = np.asarray(row[k].data if isinstance(row[k], Tensor) else row[k])
            if not (np.issubdtype(array.dtype, np.number) or array.dtype == bool):
                raise TypeError(f"at position {k} there is a {type(row[k]).__name__}")
            if arrays and array.shape != arrays[0].shape:
                raise ValueError(f"at position {k}: {array.shape} after {arrays[0].shape}")
            arrays.append(array)
        out.append(Tensor(np.array(arrays)))
    return tuple(out)

# %% [markdown]
# why: correct, each batch is an empty array that np.stack fills; one tensor at a time with numbered errors
# base: reference

# %% solution="loader-collate"
#| export
_NUMBERS = (bool, int, float, np.generic)


@patch
def _collate_batch(self: DataLoader, batch):
    _refuse_loss(batch)
    if batch == []:
        return tuple()
    if not isinstance(batch[0], (tuple, list)):
        return self._collate_batch([(sample,) for sample in batch])
    length = len(batch[0])
    wrong = [len(sample) for sample in batch if len(sample) != length]
    if wrong:
        raise ValueError(f"expected {length} values in each sample, found {wrong[0]}")
    return tuple(self._fill(k, [sample[k] for sample in batch]) for k in range(length))


@patch
def _fill(self: DataLoader, k, values):
    arrays = []
    for value in values:
        if isinstance(value, Tensor):
            arrays.append(value.data)
        elif isinstance(value, np.ndarray):
            arrays.append(Tensor(value).data)
        elif isinstance(value, _NUMBERS):
            arrays.append(Tensor(value).data)
        else:
            raise TypeError(f"can't use a {value.__class__.__name__} (position {k})")
    shapes = [array.shape for array in arrays]
    for shape in shapes:
        if shape != shapes[0]:
            raise ValueError(f"can't stack {shapes[0]} and {shape} (position {k})")
    block = np.empty((len(arrays),) + shapes[0], arrays[0].dtype)
    np.stack(arrays, out=block)
    return Tensor(block)

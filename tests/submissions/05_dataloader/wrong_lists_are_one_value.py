# %% [markdown]
# why: a list as sample counts as one value
# base: reference
# loses: {collate-bare: 1}
# says: "Test 5f | TypeError: position 0: list is no number"
# at: "of your cell `DataLoader._collate_batch`"

# %% solution="loader-collate"
#| export
@patch
def _collate_batch(self: DataLoader, batch):
    _refuse_loss(batch)
    rows = [s if isinstance(s, tuple) else (s,) for s in batch]
    lengths = {len(row) for row in rows}
    if len(lengths) > 1:
        raise ValueError(f"samples of different lengths: {lengths}")
    tensors = []
    for k, values in enumerate(zip(*rows)):
        arrays = []
        for value in values:
            if not isinstance(value, (Tensor, np.ndarray, np.generic, int, float)):
                raise TypeError(f"position {k}: {type(value).__name__} is no number")
            arrays.append(value.data if isinstance(value, Tensor) else np.asarray(value))
        for array in arrays:
            if array.shape != arrays[0].shape:
                raise ValueError(f"position {k}: shapes {arrays[0].shape} and {array.shape}")
        tensors.append(Tensor(np.stack(arrays)))
    return tuple(tensors)

# %% [markdown]
# why: the line that raises NotImplementedError is left above the finished answer
# base: reference
# loses:
#   collate-stack: 3
#   collate-tuple: 1
#   collate-dtype: 2
#   collate-owns: 2
#   collate-numbers: 1
#   collate-bare: 1
#   collate-empty: 1
#   collate-ragged: 1
#   collate-lengths: 1
#   collate-types: 1
#   collate-contiguous: 1
#   collate-profile: 2
# says: still stands above your code | delete line 5
# at: your cell `DataLoader._collate_batch`

# %% solution="loader-collate"
#| export
@patch
def _collate_batch(self: DataLoader, batch):
    _refuse_loss(batch)
    raise NotImplementedError("Write this step here, then delete this line.")
    rows = [s if isinstance(s, (tuple, list)) else (s,) for s in batch]
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

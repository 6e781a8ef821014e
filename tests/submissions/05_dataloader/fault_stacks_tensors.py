# %% [markdown]
# why: Tensors are stacked, not their arrays
# base: reference
# loses: {collate-tuple: 1, collate-numbers: 1, collate-bare: 1}
# says: "'int' object has no attribute 'shape' | `array` is an int here: make every value an array first, with np.asarray (line 18)"
# at: "line 19 of your cell `DataLoader._collate_batch`"

# %% solution="loader-collate"
#| export
@patch
def _collate_batch(self: DataLoader, batch):
    "Samples to Tensors."
    _refuse_loss(batch)
    rows = []
    for sample in batch:
        rows.append(tuple(sample) if isinstance(sample, (tuple, list)) else (sample,))
    lengths = [len(row) for row in rows]
    if len(set(lengths)) > 1:
        raise ValueError(f"samples of different lengths: {lengths}")
    tensors = []
    for k, column in enumerate(zip(*rows)):
        arrays = []
        for value in column:
            if not isinstance(value, (Tensor, np.ndarray, np.number, np.bool_, bool, int, float)):
                raise TypeError(f"position {k}: {type(value).__name__}")
            arrays.append(value)
        shapes = [array.shape for array in arrays]
        if len(set(shapes)) > 1:
            raise ValueError(f"position {k}: different shapes {shapes}")
        tensors.append(Tensor(np.ascontiguousarray(np.stack(arrays))))
    return tuple(tensors)

# %% [markdown]
# why: "samples are stacked row by row: zip(*rows) is missing"
# base: reference
# loses:
#   collate-stack: 3
#   collate-tuple: 1
#   collate-dtype: 2
#   collate-owns: 2
#   collate-numbers: 1
#   collate-bare: 1
#   collate-ragged: 1
#   collate-types: 1
#   collate-contiguous: 1
#   collate-profile: 2
# says: "position 0: different shapes"
# at: "line 20 of your cell `DataLoader._collate_batch`"

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
    for k, column in enumerate(rows):
        arrays = []
        for value in column:
            if not isinstance(value, (Tensor, np.ndarray, np.number, np.bool_, bool, int, float)):
                raise TypeError(f"position {k}: {type(value).__name__}")
            arrays.append(value.data if isinstance(value, Tensor) else np.asarray(value))
        shapes = [array.shape for array in arrays]
        if len(set(shapes)) > 1:
            raise ValueError(f"position {k}: different shapes {shapes}")
        tensors.append(Tensor(np.ascontiguousarray(np.stack(arrays))))
    return tuple(tensors)

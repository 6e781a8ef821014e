# %% [markdown]
# why: bytes in, pixels out - every batch is turned into float32, whatever came in
# base: reference
# loses: {collate-dtype: 2, collate-numbers: 1, collate-contiguous: 1}

# %% solution="loader-collate"
#| export
@patch
def _collate_batch(self: DataLoader, batch):
    _refuse_loss(batch)
    samples = [s if isinstance(s, (tuple, list)) else (s,) for s in batch]
    lengths = {len(s) for s in samples}
    if len(lengths) > 1:
        raise ValueError(f"unequal lengths: {lengths}")
    out = []
    for k, values in enumerate(zip(*samples)):
        for value in values:
            if not isinstance(value, (Tensor, np.ndarray, np.generic, int, float)):
                raise TypeError(f"position {k}: {type(value).__name__} cannot be stacked")
        arrays = [v.data if isinstance(v, Tensor) else np.asarray(v) for v in values]
        for a in arrays:
            if a.shape != arrays[0].shape:
                raise ValueError(f"position {k}: {arrays[0].shape} and {a.shape}")
        out.append(Tensor(np.stack(arrays).astype(np.float32)))
    return tuple(out)

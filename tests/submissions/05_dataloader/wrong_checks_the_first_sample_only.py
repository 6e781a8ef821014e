# %% [markdown]
# why: only the first sample's types are looked at, and what does not fit later gives NumPy's own errors
# base: reference
# loses: {collate-types: 1}

# %% solution="loader-collate"
#| export
@patch
def _collate_batch(self: DataLoader, batch):
    "Stack a list of samples into a tuple of Tensors of shape (len(batch), ...), one for each position of a sample."
    _refuse_loss(batch)
    samples = [sample if isinstance(sample, (tuple, list)) else (sample,) for sample in batch]
    lengths = sorted({len(sample) for sample in samples})
    if len(lengths) > 1:
        raise ValueError(f"samples of one batch must have equal lengths; these have {lengths}")
    return tuple(_stack_position(position, values) for position, values in enumerate(zip(*samples)))


def _stack_position(position, values):
    "Stack the values that a batch's samples have at one position."
    _as_array(position, values[0])
    arrays = [np.asarray(value.data if isinstance(value, Tensor) else value) for value in values]
    for array in arrays:
        if array.shape != arrays[0].shape:
            raise ValueError(f"position {position}: shapes {arrays[0].shape} and {array.shape} cannot be stacked")
    return Tensor(np.ascontiguousarray(np.stack(arrays)))


def _as_array(position, value):
    "Give a Tensor's, an array's or a number's array; anything else is no data for a batch."
    array = np.asarray(value.data if isinstance(value, Tensor) else value)
    if not isinstance(value, (Tensor, np.ndarray, np.generic, bool, int, float)) or array.dtype.kind not in "biuf":
        raise TypeError(f"position {position}: cannot stack a {type(value).__name__}; give Tensors, arrays or numbers")
    return array

# %% [markdown]
# why: correct, with more copies than needed but within the limits, and numbers worked out rather than rounded
# base: reference

# %% solution="loader-collate"
#| export
@patch
def _collate_batch(self: DataLoader, batch):
    _refuse_loss(batch)
    columns = {}
    lengths = set()
    for sample in batch:
        if not isinstance(sample, tuple | list):
            sample = [sample]
        lengths.add(len(sample))
        for position, value in enumerate(sample):
            columns.setdefault(position, []).append(value)
    if len(lengths) > 1:
        raise ValueError("unequal samples: " + " and ".join(str(length) for length in lengths) + " values")
    tensors = []
    for position, values in columns.items():
        for value in values:
            try:
                Tensor(value)
            except TypeError:
                raise TypeError(f"position {position}: a {type(value).__name__} is no data") from None
        arrays = [Tensor(value).data for value in values]
        for array in arrays[1:]:
            if array.shape != arrays[0].shape:
                raise ValueError(f"position {position}: {array.shape} does not fit {arrays[0].shape}")
        stacked = np.stack(arrays).copy(order="C")
        tensors.append(Tensor(stacked))
    return tuple(tensors)

# %% solution="question-memory"
image_values = 224 * 224 * 3
image_bytes = image_values * np.float32().itemsize
q1_batch_bytes = np.int64(96) * image_bytes

# %% solution="question-bottleneck"
loading, computing = 60, 25 + 40 + 15  # ms
print("loading is hidden, because", loading, "<", computing)
q2_epoch_seconds = 2000 * computing / 1000

# %% solution="question-shuffle"
q3_index_bytes = 0.28e9

# %% solution="question-collate"
q4_collate_seconds = np.float32(5.03e-3)

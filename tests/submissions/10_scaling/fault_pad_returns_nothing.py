# %% [markdown]
# why: the padded batch is not given back
# base: reference
# loses: {pad-values: 2, pad-lengths: 2, pad-shapes: 2, pad-dtype: 2}
# says: "should give a tuple of two Tensors | it was None | Is a `return` missing in `pad_collate`?"
# at: "your cell `pad_collate`"

# %% solution="pad-collate"
#| export
def pad_collate(samples, value=0):
    rows = [sample if isinstance(sample, (tuple, list)) else (sample,) for sample in samples]
    columns = [[np.asarray(entry.data if isinstance(entry, Tensor) else entry) for entry in column] for column in zip(*rows)]
    lengths = np.array([len(sequence) for sequence in columns[0]], np.int64)
    padded = np.full((len(rows), lengths.max(), *columns[0][0].shape[1:]), value, columns[0][0].dtype)
    for row, sequence in zip(padded, columns[0]):
        row[:len(sequence)] = sequence
    tuple(Tensor(array) for array in (padded, *map(np.stack, columns[1:]), lengths))

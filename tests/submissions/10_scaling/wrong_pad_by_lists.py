# %% [markdown]
# why: fills up Python lists
# base: reference
# loses: {pad-shapes: 2, pad-dtype: 2, pad-profile: 2}

# %% solution="pad-collate"
#| export
def pad_collate(samples, value=0):
    rows = [sample if isinstance(sample, (tuple, list)) else (sample,) for sample in samples]
    columns = [[np.asarray(entry.data if isinstance(entry, Tensor) else entry) for entry in column] for column in zip(*rows)]
    lists = [sequence.tolist() for sequence in columns[0]]
    lengths = [len(each) for each in lists]
    for each in lists:
        while len(each) < max(lengths):
            each.append(value)
    return (Tensor(lists), *(Tensor(np.stack(column)) for column in columns[1:]), Tensor(np.array(lengths)))

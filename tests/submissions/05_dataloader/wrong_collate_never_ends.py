# %% [markdown]
# why: the loop in _collate_batch never ends
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
# says: "a loop in _collate_batch does not end"
# at: "line 6 of your cell `DataLoader._collate_batch`"

# %% solution="loader-collate"
#| export
@patch
def _collate_batch(self: DataLoader, batch):
    _refuse_loss(batch)
    columns, place = [], 0
    while place < len(batch[0]):
        columns.append(Tensor(np.stack([sample[place].data for sample in batch])))
        columns = columns[:10]
    return tuple(columns)

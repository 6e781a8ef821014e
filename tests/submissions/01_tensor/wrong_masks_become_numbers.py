# %% [markdown]
# why: a Tensor as index is read as integers, also a mask
# base: reference
# loses: {index-tensor: 2}

# %% solution="getitem-method"
#| export
@patch
def __getitem__(self: Tensor, index) -> Tensor:
    if isinstance(index, Tensor):
        index = index.data.astype(np.int64)
    part = self.data[index]
    return Tensor(part, dtype=part.dtype)

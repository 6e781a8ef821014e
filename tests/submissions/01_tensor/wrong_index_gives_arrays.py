# %% [markdown]
# why: indexing gives what NumPy gives, not wrapped
# base: reference
# loses: {index: 4, view: 3, iterate: 2}

# %% solution="getitem-method"
#| export
@patch
def __getitem__(self: Tensor, index):
    return self.data[index.data if isinstance(index, Tensor) else index]

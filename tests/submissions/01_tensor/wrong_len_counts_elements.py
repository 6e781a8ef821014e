# %% [markdown]
# why: len is the number of elements
# base: reference
# loses: {len: 2}

# %% solution="len-method"
#| export
@patch
def __len__(self: Tensor) -> int:
    return self.data.size

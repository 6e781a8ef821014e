# %% [markdown]
# why: reshape turns float64 into float32, and transpose reverses all axes
# base: reference
# loses: {reshape: 2, transpose: 2}

# %% solution="reshape-methods"
#| export
@patch
def reshape(self: Tensor, *shape) -> Tensor:
    return Tensor(self.data.reshape(*shape))


@patch
def transpose(self: Tensor, dim0=-2, dim1=-1) -> Tensor:
    return Tensor(self.data.T, dtype=self.data.dtype)

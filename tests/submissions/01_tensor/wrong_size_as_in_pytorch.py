# %% [markdown]
# why: size is the shape
# base: reference
# loses: {size-dtype: 3}

# %% solution="size"
#| export
@patch(as_prop=True)
def size(self: Tensor):
    return self.data.shape


@patch(as_prop=True)
def dtype(self: Tensor):
    return self.data.dtype

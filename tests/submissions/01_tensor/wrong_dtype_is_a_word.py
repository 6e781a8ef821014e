# %% [markdown]
# why: dtype is float32 for every Tensor
# base: reference
# loses: {size-dtype: 3}

# %% solution="size"
#| export
@patch(as_prop=True)
def size(self: Tensor):
    return self.data.size


@patch(as_prop=True)
def dtype(self: Tensor):
    return np.float32

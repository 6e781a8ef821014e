# %% [markdown]
# why: __array__ copies for a dtype, and not when a copy is asked for
# base: reference
# loses: {array-copy: 2}

# %% solution="array-method"
#| export
@patch
def __array__(self: Tensor, dtype=None, copy=None) -> np.ndarray:
    return np.asarray(self.data, dtype=dtype)

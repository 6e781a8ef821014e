# %% [markdown]
# why: __array__ copies although nobody asked
# base: reference
# loses: {array: 2}

# %% solution="array-method"
#| export
@patch
def __array__(self: Tensor, dtype=None, copy=None) -> np.ndarray:
    return np.array(self.data, dtype=dtype)

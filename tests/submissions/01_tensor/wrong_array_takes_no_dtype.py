# %% [markdown]
# why: __array__ always gives the array inside
# base: reference
# loses: {array-copy: 2}

# %% solution="array-method"
#| export
@patch
def __array__(self: Tensor, dtype=None, copy=None) -> np.ndarray:
    return self.data

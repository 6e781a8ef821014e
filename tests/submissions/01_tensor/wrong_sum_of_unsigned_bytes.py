# %% [markdown]
# why: the sum of bytes has the dtype that NumPy likes
# base: reference
# loses: {sum-integers: 1}

# %% solution="sum-method"
#| export
@patch
def sum(self: Tensor, axis=None, keepdims=False) -> Tensor:
    return _compute(np.sum, self, axis=axis, keepdims=keepdims)

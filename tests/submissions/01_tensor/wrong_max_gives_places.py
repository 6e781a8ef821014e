# %% [markdown]
# why: max gives where the largest values are
# base: reference
# loses: {max: 2}

# %% solution="max-method"
#| export
@patch
def max(self: Tensor, axis=None, keepdims=False) -> Tensor:
    return _compute(np.argmax, self, axis=axis, keepdims=keepdims)

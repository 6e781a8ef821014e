# %% [markdown]
# why: the sum is divided by the number of all elements, whatever the axis
# base: reference
# loses: {mean: 2}

# %% solution="mean-method"
#| export
@patch
def mean(self: Tensor, axis=None, keepdims=False) -> Tensor:
    return self.sum(axis=axis, keepdims=keepdims) / self.data.size

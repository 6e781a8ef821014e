# %% [markdown]
# why: the sum is divided by the number of all elements, whatever the axis
# base: reference
# loses: {mean: 2}
# says: "the rows [1, 2] and [3, 6] have the means [1.5, 4.5] | mean(axis=1) was [0.75, 2.25]"
# at: "line 4 of your cell `Tensor.mean`"

# %% solution="mean-method"
#| export
@patch
def mean(self: Tensor, axis=None, keepdims=False) -> Tensor:
    return self.sum(axis=axis, keepdims=keepdims) / self.data.size

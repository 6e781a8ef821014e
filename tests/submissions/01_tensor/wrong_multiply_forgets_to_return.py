# %% [markdown]
# why: the operators of multiplication compute, and give nothing back
# base: reference
# loses: {multiply: 2}
# says: "t * t should be a Tensor | it was None"
# at: "line 4 of your cell `Tensor.__mul__`"

# %% solution="multiply-methods"
#| export
@patch
def __mul__(self: Tensor, other) -> Tensor:
    _compute(np.multiply, self, other)


@patch
def __rmul__(self: Tensor, other) -> Tensor:
    _compute(np.multiply, other, self)

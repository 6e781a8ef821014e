# %% [markdown]
# why: the difference 10 - t is taken for t - 10
# base: reference
# loses: {subtract: 3}
# says: "2 - t should be [1, -3] | it was [-1, 3]"
# at: "line 9 of your cell `Tensor.__sub__`, in `__rsub__`"

# %% solution="subtract-methods"
#| export
@patch
def __sub__(self: Tensor, other) -> Tensor:
    return _compute(np.subtract, self, other)


@patch
def __rsub__(self: Tensor, other) -> Tensor:
    return self - other


@patch
def __neg__(self: Tensor) -> Tensor:
    return _compute(np.negative, self)

# %% [markdown]
# why: subtraction takes .data of what may be a number
# base: reference
# loses: {subtract: 3}
# says: "'int' object has no attribute 'data' | `other` is an int here"
# at: "line 4 of your cell `Tensor.__sub__`"

# %% solution="subtract-methods"
#| export
@patch
def __sub__(self: Tensor, other) -> Tensor:
    return Tensor(self.data - other.data)


@patch
def __rsub__(self: Tensor, other) -> Tensor:
    return Tensor(other.data - self.data)


@patch
def __neg__(self: Tensor) -> Tensor:
    return Tensor(-self.data)

# %% [markdown]
# why: multiplication is the matrix product
# base: reference
# loses: {multiply: 2}

# %% solution="multiply-methods"
#| export
@patch
def __mul__(self: Tensor, other) -> Tensor:
    return _compute(np.dot, self, other)


@patch
def __rmul__(self: Tensor, other) -> Tensor:
    return _compute(np.dot, other, self)

# %% [markdown]
# why: the matrix product multiplies element by element
# base: reference
# loses: {matmul: 3}

# %% solution="matmul-methods"
#| export
@patch
def __matmul__(self: Tensor, other) -> Tensor:
    return _compute(np.multiply, self, other)


@patch
def __rmatmul__(self: Tensor, other) -> Tensor:
    return _compute(np.multiply, other, self)

# %% [markdown]
# why: division drops the remainder
# base: reference
# loses: {divide: 3}

# %% solution="divide-methods"
#| export
@patch
def __truediv__(self: Tensor, other) -> Tensor:
    return _compute(np.floor_divide, self, other)


@patch
def __rtruediv__(self: Tensor, other) -> Tensor:
    return _compute(np.floor_divide, other, self)

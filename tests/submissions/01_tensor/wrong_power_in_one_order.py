# %% [markdown]
# why: the power 2 ** t is taken for t ** 2
# base: reference
# loses: {power: 2}

# %% solution="power-methods"
#| export
@patch
def __pow__(self: Tensor, other) -> Tensor:
    return _compute(np.power, self, other)


@patch
def __rpow__(self: Tensor, other) -> Tensor:
    return _compute(np.power, self, other)

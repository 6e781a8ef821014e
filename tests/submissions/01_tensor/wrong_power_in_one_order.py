# %% [markdown]
# why: the power 2 ** t is taken for t ** 2
# base: reference
# loses: {power: 2}
# says: "2**t should be [4.0, 8.0] | it was [4.0, 9.0]"
# at: "`__pow__` or `__rpow__` in your cell `Tensor.__pow__`"

# %% solution="power-methods"
#| export
@patch
def __pow__(self: Tensor, other) -> Tensor:
    return _compute(np.power, self, other)


@patch
def __rpow__(self: Tensor, other) -> Tensor:
    return _compute(np.power, self, other)

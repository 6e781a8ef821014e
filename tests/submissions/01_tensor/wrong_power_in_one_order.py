# %% [markdown]
# why: the power 2 ** t is taken for t ** 2
# base: reference
# loses: {power: 2}
# says: "2**t should be [4, 8] | it was [4, 9]"
# at: "line 9 of your cell `Tensor.__pow__`, in `__rpow__`"

# %% solution="power-methods"
#| export
@patch
def __pow__(self: Tensor, other) -> Tensor:
    return _compute(np.power, self, other)


@patch
def __rpow__(self: Tensor, other) -> Tensor:
    return _compute(np.power, self, other)

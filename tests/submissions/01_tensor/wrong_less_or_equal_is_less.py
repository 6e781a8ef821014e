# %% [markdown]
# why: less-or-equal and greater-or-equal leave out the equal ones
# base: reference
# loses: {order: 2}
# says: "t <= 2 should be [True, True, False] | it was [True, False, False]"
# at: "line 9 of your cell `Tensor.__lt__`, in `__le__`"

# %% solution="order-methods"
#| export
@patch
def __lt__(self: Tensor, other) -> Tensor:
    return _compute(np.less, self, other)


@patch
def __le__(self: Tensor, other) -> Tensor:
    return _compute(np.less, self, other)


@patch
def __gt__(self: Tensor, other) -> Tensor:
    return _compute(np.greater, self, other)


@patch
def __ge__(self: Tensor, other) -> Tensor:
    return _compute(np.greater, self, other)

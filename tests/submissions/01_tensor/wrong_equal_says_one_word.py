# %% [markdown]
# why: equality compares whole Tensors and says True or False
# base: reference
# loses: {equal: 2}
# says: "should be a Tensor of bools | it was False"
# at: "line 4 of your cell `Tensor.__eq__`"

# %% solution="equal-methods"
#| export
@patch
def __eq__(self: Tensor, other):
    return np.array_equal(self.data, other.data if isinstance(other, Tensor) else other)


@patch
def __ne__(self: Tensor, other):
    return not (self == other)

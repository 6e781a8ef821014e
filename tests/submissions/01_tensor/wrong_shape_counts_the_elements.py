# %% [markdown]
# why: shape is a list, and ndim counts elements
# base: reference
# loses: {shape-ndim: 4}
# says: ".shape should be (2, 3) | it was [2, 3]"
# at: "line 4 of your cell `Tensor.shape`"

# %% solution="shape"
#| export
@patch(as_prop=True)
def shape(self: Tensor) -> tuple:
    return list(self.data.shape)


@patch(as_prop=True)
def ndim(self: Tensor) -> int:
    return len(self.data)

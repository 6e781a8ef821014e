# %% [markdown]
# why: dim0 and dim1 are not looked at
# base: reference
# loses: {rule-views: 3}

# %% solution="view-rules"
#| export
@_differentiable(Tensor, "reshape")
def _reshape_backward(gradient, output, x, *shape):
    return gradient.reshape(x.shape)

@_differentiable(Tensor, "transpose")
def _transpose_backward(gradient, output, x, dim0=-2, dim1=-1):
    return gradient.swapaxes(-2, -1)

# %% [markdown]
# why: both operands of a - b get the gradient as it is
# base: reference
# loses: {rule-subtract: 2}

# %% solution="subtract-rules"
#| export
@_differentiable(Tensor, "__sub__", "__rsub__")
def _subtract_backward(gradient, output, a, b):
    return gradient, gradient

@_differentiable(Tensor, "__neg__")
def _negate_backward(gradient, output, a):
    return -gradient

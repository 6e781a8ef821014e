# %% [markdown]
# why: the rule of a - b gives a's gradient alone
# base: reference
# loses: {rule-subtract: 2}
# says: _subtract_backward should give two gradients
# at: "line 4 of your cell `_subtract_backward`"

# %% solution="subtract-rules"
#| export
@_differentiable(Tensor, "__sub__", "__rsub__")
def _subtract_backward(gradient, output, a, b):
    return gradient

@_differentiable(Tensor, "__neg__")
def _negate_backward(gradient, output, a):
    return -gradient

# %% [markdown]
# why: y (1 - y), as if each output had one input
# base: reference
# loses: {rule-softmax: 2}

# %% solution="softmax-rule"
#| export
@_differentiable(Softmax, "__call__")
def _softmax_backward(gradient, output, softmax, x):
    return None, gradient * output * (1 - output)

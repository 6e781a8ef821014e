# %% [markdown]
# why: dim is not looked at
# base: reference
# loses: {rule-softmax: 2}

# %% solution="softmax-rule"
#| export
@_differentiable(Softmax, "__call__")
def _softmax_backward(gradient, output, softmax, x):
    return None, output * (gradient - (gradient * output).sum(axis=-1, keepdims=True))

# %% [markdown]
# why: equal ones all get the whole gradient
# base: reference
# loses: {rule-max: 2}

# %% solution="reduction-rules"
#| export
@_differentiable(Tensor, "sum")
def _sum_backward(gradient, output, x, axis=None, keepdims=False):
    return np.broadcast_to(_put_back(gradient, axis, keepdims), x.shape)

@_differentiable(Tensor, "mean")
def _mean_backward(gradient, output, x, axis=None, keepdims=False):
    return np.broadcast_to(_put_back(gradient, axis, keepdims) * (output.size / x.size), x.shape)

@_differentiable(Tensor, "max")
def _max_backward(gradient, output, x, axis=None, keepdims=False):
    return _put_back(gradient, axis, keepdims) * (x == _put_back(output, axis, keepdims))

# %% [markdown]
# why: a mean along an axis is divided by the number of all elements
# base: reference
# loses: {rule-sum: 2}

# %% solution="reduction-rules"
#| export
@_differentiable(Tensor, "sum")
def _sum_backward(gradient, output, x, axis=None, keepdims=False):
    return np.broadcast_to(_put_back(gradient, axis, keepdims), x.shape)

@_differentiable(Tensor, "mean")
def _mean_backward(gradient, output, x, axis=None, keepdims=False):
    return np.broadcast_to(_put_back(gradient, axis, keepdims) / x.size, x.shape)

@_differentiable(Tensor, "max")
def _max_backward(gradient, output, x, axis=None, keepdims=False):
    largest = x == _put_back(output, axis, keepdims)
    return _put_back(gradient, axis, keepdims) * largest / largest.sum(axis=axis, keepdims=True)

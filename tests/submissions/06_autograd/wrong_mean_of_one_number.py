# %% [markdown]
# why: a guard against the mean of no numbers catches the mean of one number, too
# base: reference
# loses: {rule-sum: 2}

# %% solution="reduction-rules"
#| export
@_differentiable(Tensor, "sum")
def _sum_backward(gradient, output, x, axis=None, keepdims=False):
    return np.broadcast_to(_put_back(gradient, axis, keepdims), x.shape)

@_differentiable(Tensor, "mean")
def _mean_backward(gradient, output, x, axis=None, keepdims=False):
    if x.size > 1:
        return np.broadcast_to(_put_back(gradient, axis, keepdims) * (output.size / x.size), x.shape)
    return np.zeros(x.shape)

@_differentiable(Tensor, "max")
def _max_backward(gradient, output, x, axis=None, keepdims=False):
    largest = x == _put_back(output, axis, keepdims)
    return _put_back(gradient, axis, keepdims) * largest / largest.sum(axis=axis, keepdims=True)

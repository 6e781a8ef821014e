# %% [markdown]
# why: the mean over all elements is taken for one over the batch
# base: reference
# loses: {rule-mse: 2}

# %% solution="mse-rule"
#| export
@_differentiable(MSELoss, "__call__")
def _mse_backward(gradient, output, loss, predictions, targets):
    slope = gradient * 2 * (predictions - targets) / len(predictions)
    return None, slope, -slope

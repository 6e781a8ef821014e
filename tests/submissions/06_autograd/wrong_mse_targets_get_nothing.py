# %% [markdown]
# why: targets get no gradient
# base: reference
# loses: {rule-mse: 2}

# %% solution="mse-rule"
#| export
@_differentiable(MSELoss, "__call__")
def _mse_backward(gradient, output, loss, predictions, targets):
    return None, gradient * 2 * (predictions - targets) / predictions.size, None

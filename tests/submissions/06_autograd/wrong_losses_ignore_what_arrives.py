# %% [markdown]
# why: the loss is taken for the end of the graph - gradient is not used
# base: reference
# loses: {rule-mse: 2, rule-cross-entropy: 3, rule-binary: 2}

# %% solution="mse-rule"
#| export
@_differentiable(MSELoss, "__call__")
def _mse_backward(gradient, output, loss, predictions, targets):
    slope = 2 * (predictions - targets) / predictions.size
    return None, slope, -slope

# %% solution="cross-entropy-rule"
#| export
@_differentiable(CrossEntropyLoss, "__call__")
def _cross_entropy_backward(gradient, output, loss, predictions, targets):
    powers = np.exp(predictions - predictions.max(axis=1, keepdims=True))
    slope = powers / powers.sum(axis=1, keepdims=True)
    slope[np.arange(len(targets)), targets] -= 1
    return None, slope / len(targets), None

# %% solution="binary-rule"
#| export
@_differentiable(BinaryCrossEntropyLoss, "__call__")
def _binary_cross_entropy_backward(gradient, output, loss, predictions, targets):
    spread = np.maximum(predictions * (1 - predictions), 1e-12)
    yes, no = (np.log(np.maximum(each, np.exp(-100))) for each in (predictions, 1 - predictions))
    return None, (predictions - targets) / spread / predictions.size, (no - yes) / predictions.size

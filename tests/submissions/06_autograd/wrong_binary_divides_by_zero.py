# %% [markdown]
# why: probabilities of 0 and 1 are divided by 0
# base: reference
# loses: {rule-binary: 2}

# %% solution="binary-rule"
#| export
@_differentiable(BinaryCrossEntropyLoss, "__call__")
def _binary_cross_entropy_backward(gradient, output, loss, predictions, targets):
    yes, no = (np.log(np.maximum(each, np.exp(-100))) for each in (predictions, 1 - predictions))
    slope = (predictions - targets) / (predictions * (1 - predictions))
    return None, gradient * slope / predictions.size, gradient * (no - yes) / predictions.size

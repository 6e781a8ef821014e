# %% [markdown]
# why: the targets of the binary loss get no gradient
# base: reference
# loses: {rule-binary: 2}

# %% solution="binary-rule"
#| export
@_differentiable(BinaryCrossEntropyLoss, "__call__")
def _binary_cross_entropy_backward(gradient, output, loss, predictions, targets):
    spread = np.maximum(predictions * (1 - predictions), 1e-12)
    return None, gradient * (predictions - targets) / spread / predictions.size, None

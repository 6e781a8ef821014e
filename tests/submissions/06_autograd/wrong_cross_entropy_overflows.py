# %% [markdown]
# why: exp of the scores as they are
# base: reference
# loses: {rule-cross-entropy: 3}

# %% solution="cross-entropy-rule"
#| export
@_differentiable(CrossEntropyLoss, "__call__")
def _cross_entropy_backward(gradient, output, loss, predictions, targets):
    powers = np.exp(predictions)
    slope = powers / powers.sum(axis=1, keepdims=True)
    slope[np.arange(len(targets)), targets] -= 1
    return None, gradient * slope / len(targets), None

# %% [markdown]
# why: where an index comes twice, the last one counts
# base: reference
# loses: {rule-index-repeated: 2}

# %% solution="index-rule"
#| export
@_differentiable(Tensor, "__getitem__")
def _index_backward(gradient, output, x, index):
    whole = np.zeros(x.shape, gradient.dtype)
    whole[index] = gradient
    return whole

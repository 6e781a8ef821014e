# %% [markdown]
# why: what was picked gets 1, whatever arrives
# base: reference
# loses: {rule-index: 2, rule-index-repeated: 2}

# %% solution="index-rule"
#| export
@_differentiable(Tensor, "__getitem__")
def _index_backward(gradient, output, x, index):
    whole = np.zeros(x.shape, gradient.dtype)
    np.add.at(whole, index, 1)
    return whole

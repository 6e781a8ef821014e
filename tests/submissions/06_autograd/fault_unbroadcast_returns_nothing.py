# %% [markdown]
# why: the sum is computed and not given back
# base: reference
# loses: {unbroadcast-added: 3, unbroadcast-stretched: 3, unbroadcast-keeps: 1}
# says: _unbroadcast should give an array | it gave None
# at: "line 7 of your cell `_unbroadcast`"

# %% solution="unbroadcast"
#| export
def _unbroadcast(gradient, shape):
    if gradient.shape == shape:
        return gradient
    gradient = gradient.sum(axis=tuple(range(gradient.ndim - len(shape))))
    stretched = tuple(axis for axis, length in enumerate(shape) if length == 1 and gradient.shape[axis] != 1)
    gradient.sum(axis=stretched, keepdims=True)

# %% [markdown]
# why: stretched axes are summed away and not left with length 1
# base: reference
# loses: {unbroadcast-stretched: 3}

# %% solution="unbroadcast"
#| export
def _unbroadcast(gradient, shape):
    while gradient.ndim > len(shape):
        gradient = gradient.sum(axis=0)
    axes = tuple(axis for axis, length in enumerate(shape) if length == 1 and gradient.shape[axis] != 1)
    return gradient.sum(axis=axes) if axes else gradient

# %% [markdown]
# why: the mean is taken where the sum belongs
# base: reference
# loses: {unbroadcast-added: 3, unbroadcast-stretched: 3, unbroadcast-keeps: 1}

# %% solution="unbroadcast"
#| export
def _unbroadcast(gradient, shape):
    while gradient.ndim > len(shape):
        gradient = gradient.mean(axis=0)
    for axis, length in enumerate(shape):
        if length == 1 and gradient.shape[axis] != 1:
            gradient = gradient.mean(axis=axis, keepdims=True)
    return gradient

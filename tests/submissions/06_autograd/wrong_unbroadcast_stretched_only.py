# %% [markdown]
# why: axes that broadcasting put in front are left there
# base: reference
# loses: {unbroadcast-added: 3, unbroadcast-stretched: 3, unbroadcast-keeps: 1}

# %% solution="unbroadcast"
#| export
def _unbroadcast(gradient, shape):
    for axis in range(-len(shape), 0):
        if shape[axis] == 1 and gradient.shape[axis] != 1:
            gradient = gradient.sum(axis=axis, keepdims=True)
    return gradient

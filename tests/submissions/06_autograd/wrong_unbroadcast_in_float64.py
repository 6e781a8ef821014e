# %% [markdown]
# why: a copy in float64 is summed
# base: reference
# loses: {unbroadcast-keeps: 1, unbroadcast-profile: 1}

# %% solution="unbroadcast"
#| export
def _unbroadcast(gradient, shape):
    gradient = np.array(gradient, dtype=np.float64)
    while gradient.ndim > len(shape):
        gradient = gradient.sum(axis=0)
    for axis, length in enumerate(shape):
        if length == 1 and gradient.shape[axis] != 1:
            gradient = gradient.sum(axis=axis, keepdims=True)
    return gradient

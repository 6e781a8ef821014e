# %% [markdown]
# why: stretched axes are left as they are
# base: reference
# loses: {unbroadcast-stretched: 3}

# %% solution="unbroadcast"
#| export
def _unbroadcast(gradient, shape):
    while gradient.ndim > len(shape):
        gradient = gradient.sum(axis=0)
    return gradient

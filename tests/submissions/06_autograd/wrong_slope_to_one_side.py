# %% [markdown]
# why: the slope is measured to one side only
# base: reference
# loses: {slope-central: 2}

# %% solution="slope"
#| export
def _slope(function, at, step=1e-5):
    return (function(at + step) - function(at)) / step

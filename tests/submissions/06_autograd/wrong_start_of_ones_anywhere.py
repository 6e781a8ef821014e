# %% [markdown]
# why: without a gradient ones are taken for any shape
# base: reference
# loses: {first-gradient-errors: 2}

# %% solution="start-gradient"
#| export
def _first_gradient(tensor, gradient):
    if not _wants_gradient(tensor):
        raise RuntimeError("does not require grad")
    if gradient is None:
        return np.ones(tensor.shape, tensor.dtype)
    start = np.asarray(gradient, dtype=tensor.dtype)
    if start.shape != tensor.shape:
        raise RuntimeError("wrong shape")
    return start

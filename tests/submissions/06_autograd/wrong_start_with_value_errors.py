# %% [markdown]
# why: the errors are ValueErrors
# base: reference
# loses: {first-gradient-errors: 2}

# %% solution="start-gradient"
#| export
def _first_gradient(tensor, gradient):
    if not _wants_gradient(tensor):
        raise ValueError("does not require grad")
    if gradient is None:
        if tensor.size != 1:
            raise ValueError("only for scalars")
        return np.ones(tensor.shape, tensor.dtype)
    start = np.asarray(gradient, dtype=tensor.dtype)
    if start.shape != tensor.shape:
        raise ValueError("wrong shape")
    return start

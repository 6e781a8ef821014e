# %% [markdown]
# why: the start is 1.0, whatever shape and dtype
# base: reference
# loses: {first-gradient: 3}

# %% solution="start-gradient"
#| export
def _first_gradient(tensor, gradient):
    if not tensor.requires_grad or tensor.dtype.kind != "f":
        raise RuntimeError("does not require grad")
    if gradient is None:
        if tensor.size != 1:
            raise RuntimeError("only for scalars")
        return np.float64(1.0)
    start = gradient.data if isinstance(gradient, Tensor) else gradient
    if start.shape != tensor.shape:
        raise RuntimeError("wrong shape")
    return start

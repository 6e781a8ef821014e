# %% [markdown]
# why: requires_grad is True for every Tensor
# base: reference
# loses: {tensor-holds: 5}

# %% solution="tensor"
#| export
class Tensor:
    __array_priority__ = 1000

    def __init__(self, data, requires_grad=True, dtype=None):
        array = np.asarray(data.data if isinstance(data, Tensor) else data, dtype=dtype)
        if array.dtype.kind not in "biuf":
            raise TypeError("numbers only")
        if dtype is None and array.dtype.kind == "f":
            array = array.astype(np.float32, copy=False)
        self.data = array
        self.requires_grad = requires_grad
        self.grad = None

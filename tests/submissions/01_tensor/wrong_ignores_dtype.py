# %% [markdown]
# why: dtype is not looked at
# base: reference
# loses: {tensor-dtype: 3, tensor-wraps: 3}

# %% solution="tensor"
#| export
class Tensor:
    __array_priority__ = 1000

    def __init__(self, data, requires_grad: bool = False, dtype=None):
        array = np.asarray(data.data if isinstance(data, Tensor) else data)
        if array.dtype.kind not in "biuf":
            raise TypeError("numbers only")
        if array.dtype.kind == "f":
            array = array.astype(np.float32, copy=False)
        self.data = array
        self.requires_grad = requires_grad
        self.grad = None

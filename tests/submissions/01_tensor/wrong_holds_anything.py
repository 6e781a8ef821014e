# %% [markdown]
# why: text and None are wrapped like numbers
# base: reference
# loses: {tensor-numbers-only: 2}

# %% solution="tensor"
#| export
class Tensor:
    __array_priority__ = 1000

    def __init__(self, data, requires_grad: bool = False, dtype=None):
        array = np.asarray(data.data if isinstance(data, Tensor) else data, dtype=dtype)
        if dtype is None and array.dtype.kind == "f":
            array = array.astype(np.float32, copy=False)
        self.data = array
        self.requires_grad = requires_grad
        self.grad = None

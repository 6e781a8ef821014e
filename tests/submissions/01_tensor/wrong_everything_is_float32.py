# %% [markdown]
# why: integers and bools become float32 too
# base: reference
# loses: {tensor-integers: 4, tensor-wraps: 3, tensor-bytes: 4}

# %% solution="tensor"
#| export
class Tensor:
    __array_priority__ = 1000

    def __init__(self, data, requires_grad: bool = False, dtype=None):
        array = np.asarray(data.data if isinstance(data, Tensor) else data)
        if array.dtype.kind not in "biuf":
            raise TypeError("numbers only")
        self.data = array.astype(dtype or np.float32, copy=False)
        self.requires_grad = requires_grad
        self.grad = None

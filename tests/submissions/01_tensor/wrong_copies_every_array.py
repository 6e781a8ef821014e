# %% [markdown]
# why: np.array copies what could be wrapped
# base: reference
# loses: {tensor-wraps: 3, tensor-bytes: 4}
# says: "should be wrapped | .data is a copy"
# at: "line 10 of your cell `class Tensor`"

# %% solution="tensor"
#| export
class Tensor:
    __array_priority__ = 1000

    def __init__(self, data, requires_grad: bool = False, dtype=None):
        array = np.array(data.data if isinstance(data, Tensor) else data, dtype=dtype)
        if array.dtype.kind not in "biuf":
            raise TypeError("numbers only")
        if dtype is None and array.dtype.kind == "f":
            array = array.astype(np.float32)
        self.data = array
        self.requires_grad = requires_grad
        self.grad = None

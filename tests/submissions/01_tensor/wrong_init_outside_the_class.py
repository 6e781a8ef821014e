# %% [markdown]
# why: __init__ is not indented, so the class has none
# base: reference
# loses: {tensor-holds: 5, tensor-float32: 5, tensor-integers: 4, tensor-dtype: 3, tensor-wraps: 3, tensor-bytes: 4}
# says: "__init__ | is its `def` indented"
# at: "line 6 of your cell `class Tensor`"

# %% solution="tensor"
#| export
class Tensor:
    __array_priority__ = 1000


def __init__(self, data, requires_grad: bool = False, dtype=None):
    array = np.asarray(data.data if isinstance(data, Tensor) else data, dtype=dtype)
    if array.dtype.kind not in "biuf":
        raise TypeError(f"not numbers: {array.dtype}")
    if dtype is None and array.dtype.kind == "f":
        array = array.astype(np.float32, copy=False)
    self.data, self.requires_grad, self.grad = array, requires_grad, None

# %% [markdown]
# why: floats stay as wide as they came
# base: reference
# loses: {tensor-float32: 5}
# says: ".data of Tensor([0.5, 1.5]) should be float32; it was float64"
# at: "line 6 of your cell `class Tensor`"

# %% solution="tensor"
#| export
class Tensor:
    __array_priority__ = 1000

    def __init__(self, data, requires_grad: bool = False, dtype=None):
        array = np.asarray(data.data if isinstance(data, Tensor) else data, dtype=dtype)
        if array.dtype.kind not in "biuf":
            raise TypeError("numbers only")
        self.data = array
        self.requires_grad = requires_grad
        self.grad = None

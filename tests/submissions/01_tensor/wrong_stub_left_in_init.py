# %% [markdown]
# why: __init__ is written, and the stub's raise stands above it
# base: reference
# loses: {tensor-holds: 5, tensor-float32: 5, tensor-integers: 4, tensor-dtype: 3, tensor-wraps: 3, tensor-numbers-only: 2, tensor-bytes: 4}
# says: "YOUR CODE HERE | still stands above your code | delete line 6"
# at: "line 6 of your cell `class Tensor`"

# %% solution="tensor"
#| export
class Tensor:
    __array_priority__ = 1000

    def __init__(self, data, requires_grad: bool = False, dtype=None):
        raise NotImplementedError("YOUR CODE HERE")
        self.data = np.asarray(data, dtype=dtype)
        self.requires_grad = requires_grad
        self.grad = None

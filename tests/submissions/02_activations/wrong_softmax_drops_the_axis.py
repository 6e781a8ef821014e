# %% [markdown]
# why: Softmax's maximum and sum have no axis left to broadcast along
# base: reference
# loses: {softmax-rows: 6, softmax-dim: 6, softmax-stable: 6, softmax-profile: 4}
# says: "could not be broadcast together with shapes (2,3) (2,) | keepdims=True"
# at: "line 8 of your cell `class Softmax`"

# %% solution="softmax"
#| export
class Softmax(_Activation):
    def __init__(self, dim: int = -1):
        self.dim = dim

    def __call__(self, x: Tensor) -> Tensor:
        array = _as_floats(x)
        powers = np.exp(array - array.max(axis=self.dim))
        return Tensor(powers / powers.sum(axis=self.dim), dtype=array.dtype)

# %% [markdown]
# why: Softmax does not look at dim
# base: reference
# loses: {softmax-dim: 6, softmax-stable: 6}
# says: "with dim=0 the columns should sum to 1"
# at: "line 9 of your cell `class Softmax`"

# %% solution="softmax"
#| export
class Softmax:
    def __init__(self, dim=-1):
        self.dim = dim

    def __call__(self, x: Tensor) -> Tensor:
        a = _as_floats(x)
        powers = np.exp(a - a.max(axis=-1, keepdims=True))
        return Tensor(powers / powers.sum(axis=-1, keepdims=True), dtype=a.dtype)

# %% [markdown]
# why: Softmax works in float64, twice the bytes
# base: reference
# loses: {softmax-profile: 4}

# %% solution="softmax"
#| export
class Softmax:
    def __init__(self, dim=-1):
        self.dim = dim

    def __call__(self, x: Tensor) -> Tensor:
        a = _as_floats(x)
        wide = a.astype(np.float64)
        powers = np.exp(wide - wide.max(axis=self.dim, keepdims=True))
        return Tensor(powers / powers.sum(axis=self.dim, keepdims=True), dtype=a.dtype)

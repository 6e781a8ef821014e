# %% [markdown]
# why: Softmax shifts its input in place
# base: reference
# loses: {softmax-dtype: 4}

# %% solution="softmax"
#| export
class Softmax:
    def __init__(self, dim=-1):
        self.dim = dim

    def __call__(self, x: Tensor) -> Tensor:
        a = _as_floats(x)
        a -= a.max(axis=self.dim, keepdims=True)
        powers = np.exp(a)
        return Tensor(powers / powers.sum(axis=self.dim, keepdims=True), dtype=a.dtype)

# %% [markdown]
# why: Softmax shifts all rows by one maximum
# base: reference
# loses: {softmax-rows: 6, softmax-stable: 6}

# %% solution="softmax"
#| export
class Softmax:
    def __init__(self, dim=-1):
        self.dim = dim

    def __call__(self, x: Tensor) -> Tensor:
        a = _as_floats(x)
        powers = np.exp(a - np.max(a))
        return Tensor(powers / powers.sum(axis=self.dim, keepdims=True), dtype=a.dtype)

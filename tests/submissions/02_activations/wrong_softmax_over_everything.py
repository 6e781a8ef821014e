# %% [markdown]
# why: Softmax makes the whole batch sum to 1
# base: reference
# loses: {softmax-rows: 6, softmax-dim: 6, softmax-stable: 6}

# %% solution="softmax"
#| export
class Softmax:
    def __init__(self, dim=-1):
        self.dim = dim

    def __call__(self, x: Tensor) -> Tensor:
        a = _as_floats(x)
        powers = np.exp(a - a.max())
        return Tensor(powers / powers.sum(), dtype=a.dtype)

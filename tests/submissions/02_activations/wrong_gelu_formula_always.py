# %% [markdown]
# why: GELU takes the formula in both cases
# base: reference
# loses: {gelu-exact: 6, gelu-dtype: 4}

# %% solution="gelu"
#| export
class GELU:
    def __init__(self, approximate="none"):
        if approximate not in ("none", "tanh"):
            raise ValueError(approximate)
        self.approximate = approximate

    def __call__(self, x: Tensor) -> Tensor:
        a = _as_floats(x)
        inner = math.sqrt(2 / math.pi) * (a + 0.044715 * a**3)
        return Tensor(0.5 * a * (1 + np.tanh(inner)), dtype=a.dtype)

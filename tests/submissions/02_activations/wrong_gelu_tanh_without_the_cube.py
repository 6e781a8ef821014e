# %% [markdown]
# why: GELU's formula lacks x cubed
# base: reference
# loses: {gelu-tanh: 6, gelu-dtype: 4}

# %% solution="gelu"
#| export
class GELU:
    def __init__(self, approximate="none"):
        if approximate not in ("none", "tanh"):
            raise ValueError(approximate)
        self.approximate = approximate

    def __call__(self, x: Tensor) -> Tensor:
        a = _as_floats(x)
        if self.approximate == "tanh":
            phi = 0.5 * (1 + np.tanh(math.sqrt(2 / math.pi) * (a + 0.044715)))
        else:
            phi = 0.5 * (1 + _erf(a / math.sqrt(2)))
        return Tensor(a * phi, dtype=a.dtype)

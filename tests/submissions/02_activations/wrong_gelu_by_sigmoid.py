# %% [markdown]
# why: GELU is x sigmoid(1.702 x), another approximation
# base: reference
# loses: {gelu-exact: 6, gelu-tanh: 6, gelu-dtype: 4}

# %% solution="gelu"
#| export
class GELU:
    def __init__(self, approximate="none"):
        if approximate not in ("none", "tanh"):
            raise ValueError(approximate)
        self.approximate = approximate

    def __call__(self, x: Tensor) -> Tensor:
        a = _as_floats(x)
        return Tensor(a * Sigmoid()(Tensor(1.702 * a, dtype=a.dtype)).data, dtype=a.dtype)

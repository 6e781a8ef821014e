# %% [markdown]
# why: GELU takes any word but "tanh" for the exact one
# base: reference
# loses: {gelu-argument: 2}
# says: "GELU('fast') should raise ValueError | None"
# at: "line 3 of your cell `class GELU`"

# %% solution="gelu"
#| export
class GELU:
    def __init__(self, approximate="none"):
        self.approximate = approximate

    def __call__(self, x: Tensor) -> Tensor:
        a = _as_floats(x)
        if self.approximate == "tanh":
            phi = 0.5 * (1 + np.tanh(math.sqrt(2 / math.pi) * (a + 0.044715 * a * a * a)))
        else:
            phi = 0.5 * (1 + _erf(a / math.sqrt(2)))
        return Tensor(a * phi, dtype=a.dtype)

# %% [markdown]
# why: GELU checks approximate, and does not keep it
# base: reference
# loses: {gelu-exact: 6, gelu-tanh: 6, gelu-argument: 2, gelu-ends: 2, gelu-dtype: 4, gelu-profile: 4}
# says: "'GELU' object has no attribute 'approximate'"
# at: "line 9 of your cell `class GELU`"

# %% solution="gelu"
#| export
class GELU(_Activation):
    def __init__(self, approximate: str = "none"):
        if approximate not in ("none", "tanh"):
            raise ValueError(f"approximate must be 'none' or 'tanh'; it was {approximate!r}")

    def __call__(self, x: Tensor) -> Tensor:
        array = _as_floats(x)
        if self.approximate == "tanh":
            share = 0.5 * (1 + np.tanh(math.sqrt(2 / math.pi) * (array + 0.044715 * array * array * array)))
        else:
            share = 0.5 * (1 + _erf(array / math.sqrt(2)))
        return Tensor(array * share, dtype=array.dtype)

# %% [markdown]
# why: GELU's formula is worked out in float64, each part under a name of its own
# base: reference
# loses: {gelu-profile: 4}

# %% solution="gelu"
#| export
class GELU:
    def __init__(self, approximate="none"):
        if approximate not in ("none", "tanh"):
            raise ValueError(approximate)
        self.approximate = approximate

    def __call__(self, x: Tensor) -> Tensor:
        a = _as_floats(x)
        if self.approximate == "none":
            return Tensor(a * 0.5 * (1 + _erf(a / math.sqrt(2))), dtype=a.dtype)
        wide = a.astype(np.float64)
        cube = wide * wide * wide
        inner = wide + 0.044715 * cube
        curve = np.tanh(np.sqrt(2 / np.pi) * inner)
        share = 0.5 * (1 + curve)
        return Tensor(wide * share, dtype=a.dtype)

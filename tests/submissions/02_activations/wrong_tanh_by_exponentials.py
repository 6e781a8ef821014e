# %% [markdown]
# why: Tanh as in the formula, which overflows
# base: reference
# loses: {tanh-stable: 3}

# %% solution="tanh"
#| export
class Tanh:
    def __call__(self, x: Tensor) -> Tensor:
        a = _as_floats(x)
        up, down = np.exp(a), np.exp(-a)
        return Tensor((up - down) / (up + down), dtype=a.dtype)

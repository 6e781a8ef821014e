# %% [markdown]
# why: Tanh writes into its input
# base: reference
# loses: {tanh-input: 1}

# %% solution="tanh"
#| export
class Tanh:
    def __call__(self, x: Tensor) -> Tensor:
        a = _as_floats(x)
        np.tanh(a, out=a)
        return Tensor(a, dtype=a.dtype)

# %% [markdown]
# why: Tanh is 2 sigmoid(x) - 1; the 2 within is forgotten
# base: reference
# loses: {tanh-values: 5}

# %% solution="tanh"
#| export
class Tanh:
    def __call__(self, x: Tensor) -> Tensor:
        a = _as_floats(x)
        return Tensor(np.tanh(a / 2), dtype=a.dtype)

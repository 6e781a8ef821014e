# %% [markdown]
# why: Sigmoid through tanh, which is 0 where it should be tiny
# base: reference
# loses: {sigmoid-tail: 2}

# %% solution="sigmoid"
#| export
class Sigmoid:
    def __call__(self, x: Tensor) -> Tensor:
        a = _as_floats(x)
        return Tensor((1 + np.tanh(a / 2)) / 2, dtype=a.dtype)

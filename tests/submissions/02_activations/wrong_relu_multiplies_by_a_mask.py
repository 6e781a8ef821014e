# %% [markdown]
# why: ReLU multiplies by a mask, and minus infinity times 0 is no number
# base: reference
# loses: {relu-infinite: 2}

# %% solution="relu"
#| export
class ReLU:
    def __call__(self, x: Tensor) -> Tensor:
        a = _as_floats(x)
        return Tensor(a * (a > 0), dtype=a.dtype)

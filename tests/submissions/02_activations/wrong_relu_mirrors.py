# %% [markdown]
# why: ReLU is the absolute value
# base: reference
# loses: {relu-values: 4, relu-infinite: 2, relu-shapes: 5}

# %% solution="relu"
#| export
class ReLU:
    def __call__(self, x: Tensor) -> Tensor:
        a = _as_floats(x)
        return Tensor(np.abs(a), dtype=a.dtype)

# %% [markdown]
# why: ReLU sets the input's own elements to zero
# base: reference
# loses: {relu-input: 4}

# %% solution="relu"
#| export
class ReLU:
    def __call__(self, x: Tensor) -> Tensor:
        a = _as_floats(x)
        a[a < 0] = 0
        return Tensor(a, dtype=a.dtype)

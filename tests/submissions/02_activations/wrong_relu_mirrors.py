# %% [markdown]
# why: ReLU is the absolute value
# base: reference
# loses: {relu-values: 4, relu-infinite: 2, relu-shapes: 5}
# says: "ReLU of -2, -0.5, 0, 3 should be 0, 0, 0, 3 | it was [2, 0.5, 0, 3]"
# at: "line 5 of your cell `class ReLU`"

# %% solution="relu"
#| export
class ReLU:
    def __call__(self, x: Tensor) -> Tensor:
        a = _as_floats(x)
        return Tensor(np.abs(a), dtype=a.dtype)

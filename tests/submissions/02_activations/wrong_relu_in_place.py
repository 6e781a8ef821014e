# %% [markdown]
# why: ReLU sets the input's own elements to zero
# base: reference
# loses: {relu-input: 4}
# says: "leave its input -1, 2 alone | it became [0, 2]"
# at: "line 5 of your cell `class ReLU`"

# %% solution="relu"
#| export
class ReLU:
    def __call__(self, x: Tensor) -> Tensor:
        a = _as_floats(x)
        a[a < 0] = 0
        return Tensor(a, dtype=a.dtype)

# %% [markdown]
# why: ReLU walks along the first axis, number by number - no tables, and a list of Python's numbers
# base: reference
# loses: {relu-values: 4, relu-shapes: 5, relu-input: 4, relu-profile: 5}
# says: "truth value of an array | np.maximum"
# at: "line 7 of your cell `class ReLU`"

# %% solution="relu"
#| export
class ReLU:
    def __call__(self, x: Tensor) -> Tensor:
        a = _as_floats(x)
        out = []
        for value in a:
            if value > 0:
                out.append(value)
            else:
                out.append(0)
        return Tensor(np.array(out), dtype=a.dtype)

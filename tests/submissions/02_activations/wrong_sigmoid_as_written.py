# %% [markdown]
# why: Sigmoid as in the formula, which overflows
# base: reference
# loses: {sigmoid-stable: 5}
# says: "should not make NumPy warn | overflow encountered in exp"
# at: "line 5 of your cell `class Sigmoid`"

# %% solution="sigmoid"
#| export
class Sigmoid:
    def __call__(self, x: Tensor) -> Tensor:
        a = _as_floats(x)
        return Tensor(1 / (1 + np.exp(-a)), dtype=a.dtype)

# %% [markdown]
# why: Sigmoid falls instead of rising
# base: reference
# loses: {sigmoid-values: 5, sigmoid-stable: 5, sigmoid-tail: 2, sigmoid-dtype: 2}
# says: "Sigmoid of -1, 0, 2 should be | it was [0.73"
# at: "line 6 of your cell `class Sigmoid`"

# %% solution="sigmoid"
#| export
class Sigmoid:
    def __call__(self, x: Tensor) -> Tensor:
        a = _as_floats(x)
        small = np.exp(-np.abs(a))
        return Tensor(np.where(a >= 0, small, 1) / (1 + small), dtype=a.dtype)

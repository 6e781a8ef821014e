# %% [markdown]
# why: shapes are not compared
# base: reference
# loses: {mse-shapes: 5}
# says: "(5, 1) against (5,) should raise ValueError"
# at: "line 3 of your cell `class MSELoss`"

# %% solution="mse"
#| export
class MSELoss:
    def __call__(self, predictions, targets):
        p = _as_floats(predictions)
        d = p - targets.data.astype(p.dtype)
        return Tensor((d * d).mean(), dtype=p.dtype)

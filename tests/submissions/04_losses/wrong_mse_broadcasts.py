# %% [markdown]
# why: shapes are not compared
# base: reference
# loses: {mse-shapes: 5}

# %% solution="mse"
#| export
class MSELoss:
    def __call__(self, predictions, targets):
        p = _as_floats(predictions)
        d = p - targets.data.astype(p.dtype)
        return Tensor((d * d).mean(), dtype=p.dtype)

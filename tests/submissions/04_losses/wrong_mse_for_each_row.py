# %% [markdown]
# why: the mean is taken along the last axis only
# base: reference
# loses: {mse-values: 6, mse-scalar: 4}
# says: "0-d, of the shape () | it had (2,)"
# at: "line 8 of your cell `class MSELoss`"

# %% solution="mse"
#| export
class MSELoss:
    def __call__(self, predictions, targets):
        if predictions.shape != targets.shape:
            raise ValueError(f"shapes {predictions.shape} and {targets.shape} differ")
        p = _as_floats(predictions)
        d = p - targets.data.astype(p.dtype)
        return Tensor((d * d).mean(axis=-1), dtype=p.dtype)

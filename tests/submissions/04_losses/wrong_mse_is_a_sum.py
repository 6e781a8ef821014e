# %% [markdown]
# why: the squares are summed, not averaged
# base: reference
# loses: {mse-values: 6, mse-scalar: 4}

# %% solution="mse"
#| export
class MSELoss:
    def __call__(self, predictions, targets):
        if predictions.shape != targets.shape:
            raise ValueError(f"shapes {predictions.shape} and {targets.shape} differ")
        p = _as_floats(predictions)
        d = p - targets.data.astype(p.dtype)
        return Tensor((d * d).sum(), dtype=p.dtype)

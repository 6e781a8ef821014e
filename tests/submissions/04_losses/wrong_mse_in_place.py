# %% [markdown]
# why: the targets are subtracted from the predictions themselves
# base: reference
# loses: {mse-inputs: 2}

# %% solution="mse"
#| export
class MSELoss:
    def __call__(self, predictions, targets):
        if predictions.shape != targets.shape:
            raise ValueError(f"shapes {predictions.shape} and {targets.shape} differ")
        p = _as_floats(predictions)
        p -= targets.data.astype(p.dtype)
        return Tensor((p * p).mean(), dtype=p.dtype)

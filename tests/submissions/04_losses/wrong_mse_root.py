# %% [markdown]
# why: the root of the mean is given
# base: reference
# loses: {mse-values: 6, mse-scalar: 4, mse-dtype: 4}

# %% solution="mse"
#| export
class MSELoss:
    def __call__(self, predictions, targets):
        if predictions.shape != targets.shape:
            raise ValueError(f"shapes {predictions.shape} and {targets.shape} differ")
        p = _as_floats(predictions)
        d = p - targets.data.astype(p.dtype)
        return Tensor(np.sqrt((d * d).mean()), dtype=p.dtype)

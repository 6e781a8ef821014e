# %% [markdown]
# why: all is computed in float64
# base: reference
# loses: {mse-profile: 3}

# %% solution="mse"
#| export
class MSELoss:
    def __call__(self, predictions, targets):
        if predictions.shape != targets.shape:
            raise ValueError(f"shapes {predictions.shape} and {targets.shape} differ")
        p, t = predictions.data.astype(np.float64), targets.data.astype(np.float64)
        dtype = np.float64 if predictions.dtype == np.float64 else np.float32
        return Tensor(((p - t) ** 2).mean(), dtype=dtype)

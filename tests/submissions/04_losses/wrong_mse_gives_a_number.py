# %% [markdown]
# why: MSELoss gives NumPy's number, not a Tensor
# base: reference
# loses: {mse-values: 6, mse-scalar: 4, mse-dtype: 4}
# says: "MSELoss should give a Tensor | np.float32(3.33"
# at: "line 8 of your cell `class MSELoss`"

# %% solution="mse"
#| export
class MSELoss(_Loss):
    def __call__(self, predictions: Tensor, targets: Tensor) -> Tensor:
        if predictions.shape != targets.shape:
            raise ValueError(f"predictions {predictions.shape} and targets {targets.shape} must have the same shape")
        guesses = _as_floats(predictions)
        differences = guesses - targets.data.astype(guesses.dtype, copy=False)
        return np.mean(differences * differences)

# %% [markdown]
# why: MSELoss computes, and gives nothing back
# base: reference
# loses: {mse-values: 6, mse-scalar: 4, mse-dtype: 4}
# says: "MSELoss should give a Tensor | it gave None"
# at: "line 8 of your cell `class MSELoss`"

# %% solution="mse"
#| export
class MSELoss(_Loss):
    def __call__(self, predictions: Tensor, targets: Tensor) -> Tensor:
        if predictions.shape != targets.shape:
            raise ValueError(f"predictions {predictions.shape} and targets {targets.shape} must have the same shape")
        guesses = _as_floats(predictions)
        differences = guesses - targets.data.astype(guesses.dtype, copy=False)
        loss = Tensor(np.mean(differences * differences), dtype=guesses.dtype)

# %% [markdown]
# why: the arrays are subtracted as they are, so bytes wrap around
# base: reference
# loses: {mse-dtype: 4}

# %% solution="mse"
#| export
class MSELoss:
    def __call__(self, predictions, targets):
        if predictions.shape != targets.shape:
            raise ValueError(f"shapes {predictions.shape} and {targets.shape} differ")
        return ((predictions - targets) ** 2).mean()

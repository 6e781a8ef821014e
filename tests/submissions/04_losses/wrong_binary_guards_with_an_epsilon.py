# %% [markdown]
# why: probabilities are clipped to 1e-7 and 1 - 1e-7
# base: reference
# loses: {binary-ends: 5, binary-precise: 1}
# says: "costs of 100 and 0 have the mean 50 | it was 8.05 | log(0) counts as -100 | not the probabilities"
# at: "line 11 of your cell `class BinaryCrossEntropyLoss`"

# %% solution="binary-cross-entropy"
#| export
class BinaryCrossEntropyLoss:
    def __call__(self, predictions, targets):
        if predictions.shape != targets.shape:
            raise ValueError(f"shapes {predictions.shape} and {targets.shape} differ")
        p = _as_floats(predictions)
        t = targets.data.astype(p.dtype)
        if not ((p >= 0) & (p <= 1)).all():
            raise ValueError("these are no probabilities")
        p = np.clip(p, 1e-7, 1 - 1e-7)
        return Tensor(-(t * np.log(p) + (1 - t) * np.log(1 - p)).mean(), dtype=p.dtype)

# %% [markdown]
# why: only the targets that are 1 count
# base: reference
# loses: {binary-values: 6, binary-ends: 5, binary-precise: 1, binary-kinds: 4}
# says: "0.9, 0.2, 0.5 for 1, 0, 1 should cost 0.3406 | they cost 0.266"
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
        with np.errstate(divide="ignore"):
            return Tensor(-(t * np.maximum(np.log(p), -100)).mean(), dtype=p.dtype)

# %% [markdown]
# why: 1 - p is taken before the logarithm, so tiny p are lost
# base: reference
# loses: {binary-precise: 1}

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
            yes, no = np.maximum(np.log(p), -100), np.maximum(np.log(1 - p), -100)
        return Tensor(-(t * yes + (1 - t) * no).mean(), dtype=p.dtype)

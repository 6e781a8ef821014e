# %% [markdown]
# why: NaN is neither below 0 nor above 1, and passes
# base: reference
# loses: {binary-range: 2}

# %% solution="binary-cross-entropy"
#| export
class BinaryCrossEntropyLoss:
    def __call__(self, predictions, targets):
        if predictions.shape != targets.shape:
            raise ValueError(f"shapes {predictions.shape} and {targets.shape} differ")
        p = _as_floats(predictions)
        t = targets.data.astype(p.dtype)
        if (p < 0).any() or (p > 1).any():
            raise ValueError("these are no probabilities")
        with np.errstate(divide="ignore"):
            yes, no = np.maximum(np.log(p), -100), np.maximum(np.log1p(-p), -100)
        return Tensor(-(t * yes + (1 - t) * no).mean(), dtype=p.dtype)

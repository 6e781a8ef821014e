# %% [markdown]
# why: the result has the dtype that NumPy makes of predictions and targets
# base: reference
# loses: {binary-kinds: 4}

# %% solution="binary-cross-entropy"
#| export
class BinaryCrossEntropyLoss:
    def __call__(self, predictions, targets):
        if predictions.shape != targets.shape:
            raise ValueError(f"shapes {predictions.shape} and {targets.shape} differ")
        p, t = _as_floats(predictions), targets.data
        if not ((p >= 0) & (p <= 1)).all():
            raise ValueError("these are no probabilities")
        with np.errstate(divide="ignore"):
            yes, no = np.maximum(np.log(p), -100), np.maximum(np.log1p(-p), -100)
        losses = -(t * yes + (1 - t) * no)
        return Tensor(losses.mean(), dtype=losses.dtype)

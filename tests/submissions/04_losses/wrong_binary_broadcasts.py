# %% [markdown]
# why: shapes are not compared
# base: reference
# loses: {binary-shapes: 2}

# %% solution="binary-cross-entropy"
#| export
class BinaryCrossEntropyLoss:
    def __call__(self, predictions, targets):
        p = _as_floats(predictions)
        t = targets.data.astype(p.dtype)
        if not ((p >= 0) & (p <= 1)).all():
            raise ValueError("these are no probabilities")
        with np.errstate(divide="ignore"):
            yes, no = np.maximum(np.log(p), -100), np.maximum(np.log1p(-p), -100)
        return Tensor(-(t * yes + (1 - t) * no).mean(), dtype=p.dtype)

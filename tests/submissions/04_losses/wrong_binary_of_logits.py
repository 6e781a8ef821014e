# %% [markdown]
# why: a sigmoid is applied to what is a probability already
# base: reference
# loses: {binary-values: 6, binary-ends: 5, binary-precise: 1, binary-kinds: 4, binary-range: 2}

# %% solution="binary-cross-entropy"
#| export
class BinaryCrossEntropyLoss:
    def __call__(self, predictions, targets):
        if predictions.shape != targets.shape:
            raise ValueError(f"shapes {predictions.shape} and {targets.shape} differ")
        z = _as_floats(predictions)
        t = targets.data.astype(z.dtype)
        p = 1 / (1 + np.exp(-z))
        return Tensor(-(t * np.log(p) + (1 - t) * np.log(1 - p)).mean(), dtype=z.dtype)

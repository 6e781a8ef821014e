# %% [markdown]
# why: negative labels count from the end
# base: reference
# loses: {cross-entropy-range: 5}

# %% solution="cross-entropy"
#| export
class CrossEntropyLoss:
    def __call__(self, predictions, targets):
        if predictions.ndim != 2 or targets.shape != predictions.shape[:1]:
            raise ValueError(f"not logits and labels: {predictions.shape}, {targets.shape}")
        if targets.dtype.kind not in "iu":
            raise TypeError(f"labels of {targets.dtype}")
        labels = targets.data
        table = _log_softmax(_as_floats(predictions))
        return Tensor(-table[np.arange(len(labels)), labels].mean(), dtype=table.dtype)

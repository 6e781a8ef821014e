# %% [markdown]
# why: the losses are summed over the batch
# base: reference
# loses: {cross-entropy-values: 8, cross-entropy-stable: 4, cross-entropy-kinds: 4}
# says: "the mean of 0.1698 and log 3 should be 0.6342 | it was 1.268"
# at: "line 12 of your cell `class CrossEntropyLoss`"

# %% solution="cross-entropy"
#| export
class CrossEntropyLoss:
    def __call__(self, predictions, targets):
        if predictions.ndim != 2 or targets.shape != predictions.shape[:1]:
            raise ValueError(f"not logits and labels: {predictions.shape}, {targets.shape}")
        if targets.dtype.kind not in "iu":
            raise TypeError(f"labels of {targets.dtype}")
        labels, classes = targets.data, predictions.shape[1]
        if ((labels < 0) | (labels >= classes)).any():
            raise IndexError(f"labels {labels.tolist()} with {classes} classes")
        table = _log_softmax(_as_floats(predictions))
        return Tensor(-table[np.arange(len(labels)), labels].sum(), dtype=table.dtype)

# %% [markdown]
# why: the maximum is subtracted from the logits themselves
# base: reference
# loses: {cross-entropy-inputs: 3}

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
        logits = _as_floats(predictions)
        logits -= logits.max(axis=1, keepdims=True)
        losses = np.log(np.exp(logits).sum(axis=1)) - logits[np.arange(len(labels)), labels]
        return Tensor(losses.mean(), dtype=logits.dtype)

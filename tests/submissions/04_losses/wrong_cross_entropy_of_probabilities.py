# %% [markdown]
# why: the logits are taken for probabilities
# base: reference
# loses: {cross-entropy-values: 8, cross-entropy-stable: 4, cross-entropy-kinds: 4}

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
        p = _as_floats(predictions)
        chosen = p[np.arange(len(labels)), labels]
        return Tensor(-np.log(np.clip(chosen, 1e-7, 1)).mean(), dtype=p.dtype)

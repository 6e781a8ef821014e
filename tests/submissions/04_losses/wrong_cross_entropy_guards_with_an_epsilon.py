# %% [markdown]
# why: softmax, then the logarithm of it plus 1e-9
# base: reference
# loses: {cross-entropy-stable: 4}

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
        shares = np.exp(logits - logits.max(axis=1, keepdims=True))
        shares /= shares.sum(axis=1, keepdims=True)
        return Tensor(-np.log(shares[np.arange(len(labels)), labels] + 1e-9).mean(), dtype=logits.dtype)

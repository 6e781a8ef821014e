# %% [markdown]
# why: CrossEntropyLoss takes the columns of all labels, not one number a row
# base: reference
# loses: {cross-entropy-values: 8}

# %% solution="cross-entropy"
#| export
class CrossEntropyLoss(_Loss):
    def __call__(self, predictions: Tensor, targets: Tensor) -> Tensor:
        if predictions.ndim != 2 or targets.shape != predictions.shape[:1]:
            raise ValueError(f"expected logits (N, C) and labels (N,), not {predictions.shape} and {targets.shape}")
        if targets.dtype.kind not in "iu":
            raise TypeError(f"class labels are integers, not {targets.dtype}")
        labels, classes = targets.data, predictions.shape[1]
        wrong = labels[(labels < 0) | (labels >= classes)]
        if wrong.size:
            raise IndexError(f"label {wrong[0]} is not one of {classes} classes")
        log_shares = _log_softmax(_as_floats(predictions))
        return Tensor(-np.mean(log_shares[:, labels]), dtype=log_shares.dtype)

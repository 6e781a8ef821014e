# %% [markdown]
# why: the right entries are picked by a table of ones and zeros
# base: reference
# loses: {cross-entropy-profile: 4}
# says: "the loss should take at most 10 MB | it took 12.0 | a one-hot | table[rows, labels]"
# at: "line 14 of your cell `class CrossEntropyLoss`"

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
        one_hot = np.zeros(table.shape, table.dtype)
        one_hot[np.arange(len(labels)), labels] = 1
        return Tensor(-(one_hot * table).sum(axis=1).mean(), dtype=table.dtype)

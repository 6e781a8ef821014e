# %% [markdown]
# why: correct, NumPy's logaddexp for log-sum-exp, dot products for means
# base: reference

# %% solution="mse"
#| export
class MSELoss:
    def __call__(self, predictions, targets):
        if predictions.data.shape != targets.data.shape:
            raise ValueError(f"{predictions.data.shape} != {targets.data.shape}")
        p = _as_floats(predictions)
        error = np.subtract(p, targets.data, dtype=p.dtype, casting="unsafe").ravel()
        return Tensor(np.dot(error, error) / error.size, dtype=p.dtype)

# %% solution="log-softmax"
#| export
def _log_softmax(logits):
    return logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)

# %% solution="cross-entropy"
#| export
class CrossEntropyLoss:
    def __call__(self, predictions, targets):
        scores, classes = _as_floats(predictions), targets.data
        if scores.ndim != 2 or classes.ndim != 1 or len(scores) != len(classes):
            raise ValueError(f"logits {scores.shape}, labels {classes.shape}: need (N, C) and (N,)")
        if not np.issubdtype(classes.dtype, np.integer):
            raise TypeError(f"labels must be integers, but are {classes.dtype.name}")
        for label in (classes.min(), classes.max()) if len(classes) else ():
            if not 0 <= label < scores.shape[1]:
                raise IndexError(f"there is no class {label}, there are {scores.shape[1]}")
        chosen = np.take_along_axis(_log_softmax(scores), classes.astype(np.int64)[:, None], axis=1)
        return Tensor(-chosen.mean(), dtype=scores.dtype)

# %% solution="binary-cross-entropy"
#| export
class BinaryCrossEntropyLoss:
    def __call__(self, predictions, targets):
        if predictions.shape != targets.shape:
            raise ValueError(f"{predictions.shape} is not {targets.shape}")
        p = _as_floats(predictions)
        inside = np.logical_and(p >= 0, p <= 1)
        if not inside.all():
            raise ValueError(f"{int((~inside).sum())} predictions are no probabilities")
        t = targets.data.astype(p.dtype)
        yes = np.full(p.shape, -100, p.dtype)
        no = np.full(p.shape, -100, p.dtype)
        np.log(p, out=yes, where=p > 0)
        np.log1p(-p, out=no, where=p < 1)
        losses = t * yes.clip(min=-100) + (1 - t) * no.clip(min=-100)
        return Tensor(-losses.mean(), dtype=p.dtype)

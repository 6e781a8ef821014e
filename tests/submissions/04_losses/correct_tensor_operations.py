# %% [markdown]
# why: correct, with Tensor operations where there are any
# base: reference

# %% solution="mse"
#| export
class MSELoss:
    def __call__(self, predictions: Tensor, targets: Tensor) -> Tensor:
        if predictions.shape != targets.shape:
            raise ValueError(f"shapes {predictions.shape} and {targets.shape}")
        kind = np.float64 if predictions.dtype == np.float64 else np.float32
        difference = Tensor(predictions.data, dtype=kind) - Tensor(targets.data, dtype=kind)
        return (difference * difference).mean()

# %% solution="cross-entropy"
#| export
class CrossEntropyLoss:
    def __call__(self, predictions: Tensor, targets: Tensor) -> Tensor:
        if predictions.ndim != 2 or targets.ndim != 1 or len(predictions) != len(targets):
            raise ValueError(f"shapes {predictions.shape} and {targets.shape}")
        if targets.dtype.kind != "i" and targets.dtype.kind != "u":
            raise TypeError(f"{targets.dtype} labels")
        n, classes = predictions.shape
        outside = (targets.data < 0) + (targets.data > classes - 1)
        if outside.any():
            raise IndexError(f"{targets.data[outside][0]} of {classes}")
        table = _log_softmax(_as_floats(predictions))
        return -Tensor(table, dtype=table.dtype)[np.arange(n), targets].mean()

# %% solution="binary-cross-entropy"
#| export
class BinaryCrossEntropyLoss:
    def __call__(self, predictions: Tensor, targets: Tensor) -> Tensor:
        if predictions.shape != targets.shape:
            raise ValueError(f"shapes {predictions.shape} and {targets.shape}")
        kind = np.float64 if predictions.dtype == np.float64 else np.float32
        p, t = Tensor(predictions.data, dtype=kind), Tensor(targets.data, dtype=kind)
        if not all(0 <= v <= 1 for v in p.data.ravel().tolist()):
            raise ValueError("these are no probabilities")
        with np.errstate(all="ignore"):
            log_p = Tensor(np.maximum(np.log(p.data), -100), dtype=kind)
            log_q = Tensor(np.maximum(np.log1p(-p.data), -100), dtype=kind)
        return -(t * log_p + (1 - t) * log_q).mean()

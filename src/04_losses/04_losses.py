# %% [markdown]
# # 04 · Losses
#
# > One number that says how wrong a whole batch is: what training makes small.

# %%
#| default_exp core.losses

# %% given="imports"
#| export
import numpy as np

from tinytorch.core.tensor import Tensor

# %% [markdown]
# ## Step 1 · MSELoss

# %% given="same-shape"
#| export
def _as_floats(x):
    "The array of a Tensor as floats: float64 stays, all else is float32."
    return x.data if x.data.dtype == np.float64 else x.data.astype(np.float32, copy=False)

# %% solution="mse"
#| export
class MSELoss:
    """The mean of the squared differences, over all elements.

    Raises `ValueError` with both shapes when they differ: nothing is broadcast.
    """

    def __call__(self, predictions: Tensor, targets: Tensor) -> Tensor:
        ### BEGIN SOLUTION
        if predictions.shape != targets.shape:
            raise ValueError(f"predictions {predictions.shape} and targets {targets.shape} must have the same shape")
        guesses = _as_floats(predictions)
        differences = guesses - targets.data.astype(guesses.dtype, copy=False)
        return Tensor(np.mean(differences * differences), dtype=guesses.dtype)
        ### END SOLUTION

# %% [markdown]
# ## Step 2 · log-sum-exp

# %% solution="log-softmax"
#| export
def _log_softmax(logits):
    "The logarithm of the softmax of each row of an array (N, C) of floats, in its dtype. Never overflows."
    ### BEGIN SOLUTION
    shifted = logits - logits.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    ### END SOLUTION

# %% [markdown]
# ## Step 3 · CrossEntropyLoss

# %% solution="cross-entropy"
#| export
class CrossEntropyLoss:
    """The mean of -log(softmax(logits)[label]) over the batch.

    Takes raw logits (N, C) and integer labels (N,).
    Raises `ValueError` with both shapes when they are not these, `TypeError` for labels that are not integers,
    and `IndexError` for a label outside 0..C-1.
    """

    def __call__(self, predictions: Tensor, targets: Tensor) -> Tensor:
        ### BEGIN SOLUTION
        if predictions.ndim != 2 or targets.shape != predictions.shape[:1]:
            raise ValueError(f"expected logits (N, C) and labels (N,), not {predictions.shape} and {targets.shape}")
        if targets.dtype.kind not in "iu":
            raise TypeError(f"class labels are integers, not {targets.dtype}")
        labels, classes = targets.data, predictions.shape[1]
        wrong = labels[(labels < 0) | (labels >= classes)]
        if wrong.size:
            raise IndexError(f"label {wrong[0]} is not one of {classes} classes, 0 to {classes - 1}")
        log_shares = _log_softmax(_as_floats(predictions))
        return Tensor(-np.mean(log_shares[np.arange(len(labels)), labels]), dtype=log_shares.dtype)
        ### END SOLUTION

# %% [markdown]
# ## Step 4 · BinaryCrossEntropyLoss

# %% solution="binary-cross-entropy"
#| export
class BinaryCrossEntropyLoss:
    """The mean of -(t log p + (1 - t) log(1 - p)) over all elements, for probabilities p and targets t from 0 to 1.

    No logarithm counts for less than -100, so that 0 and 1 cost much and not infinitely much.
    Raises `ValueError` with both shapes when they differ, and for a probability outside 0..1.
    """

    def __call__(self, predictions: Tensor, targets: Tensor) -> Tensor:
        ### BEGIN SOLUTION
        if predictions.shape != targets.shape:
            raise ValueError(f"predictions {predictions.shape} and targets {targets.shape} must have the same shape")
        p = _as_floats(predictions)
        t = targets.data.astype(p.dtype, copy=False)
        if not ((p >= 0) & (p <= 1)).all():
            raise ValueError(f"probabilities lie between 0 and 1; these lie between {p.min()} and {p.max()}")
        with np.errstate(divide="ignore"):  # log(0) is -inf, and then -100
            log_p, log_q = np.maximum(np.log(p), -100), np.maximum(np.log1p(-p), -100)
        return Tensor(-np.mean(t * log_p + (1 - t) * log_q), dtype=p.dtype)
        ### END SOLUTION

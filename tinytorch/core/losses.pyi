"""One number that says how wrong a whole batch is. Training makes it small."""
__all__ = ['MSELoss', 'CrossEntropyLoss', 'BinaryCrossEntropyLoss']
import numpy as np
from .tensor import Tensor

def _as_floats(x):
    """The array of a Tensor as floats: float64 stays, all else is float32."""
    ...

class _Loss:
    """What all losses have in common."""

    def forward(self, predictions: Tensor, targets: Tensor) -> Tensor:
        """The same as a call: `loss.forward(predictions, targets)` is `loss(predictions, targets)`."""
        ...

def _refuse_others(*values):
    """Raise `TypeError` if one of the values is no Tensor."""
    ...

class MSELoss(_Loss):
    """The mean of the squared differences, over all elements.

    Raises `ValueError` with both shapes when they differ: nothing is broadcast.
    """

    def __call__(self, predictions: Tensor, targets: Tensor) -> Tensor:
        ...

def _log_softmax(logits):
    """The logarithm of the softmax of each row of floats (N, C), in their dtype. Never overflows."""
    ...

class CrossEntropyLoss(_Loss):
    """The mean of -log(softmax(logits)[label]) over the batch.

    Takes raw logits (N, C) and integer labels (N,).
    Raises `ValueError` with both shapes when they are not these, `TypeError` for labels that are
    not integers, and `IndexError` for a label outside 0..C-1.
    """

    def __call__(self, predictions: Tensor, targets: Tensor) -> Tensor:
        ...

class BinaryCrossEntropyLoss(_Loss):
    """The mean of -(t log p + (1 - t) log(1 - p)), for probabilities p and targets t from 0 to 1.

    No logarithm counts for less than -100, so that 0 and 1 cost much and not infinitely much.
    Raises `ValueError` with both shapes when they differ, and for a probability outside 0..1.
    """

    def __call__(self, predictions: Tensor, targets: Tensor) -> Tensor:
        ...

"""Five curves that bend what passes through. Without them, any stack of layers is one straight line."""
__all__ = ['ReLU', 'Sigmoid', 'Tanh', 'GELU', 'Softmax']
import math
import numpy as np
from .tensor import Tensor

def _as_floats(x):
    """The array of a Tensor as floats: floats keep their dtype, integers and bools become float32."""
    ...

class _Activation:
    """What all activations have in common."""

    def forward(self, x: Tensor) -> Tensor:
        """The same as a call: `relu.forward(x)` is `relu(x)`."""
        ...

class ReLU(_Activation):
    """What is below zero becomes zero: `ReLU()(x)` gives max(x, 0), element by element."""

    def __call__(self, x: Tensor) -> Tensor:
        ...

class Sigmoid(_Activation):
    """1 / (1 + exp(-x)) of each element: any number becomes one from 0 to 1. Never overflows."""

    def __call__(self, x: Tensor) -> Tensor:
        ...

class Tanh(_Activation):
    """The hyperbolic tangent of each element: any number becomes one from -1 to 1. Never overflows."""

    def __call__(self, x: Tensor) -> Tensor:
        ...

def _erf(array):
    """The error function of every number in an array, as float64: Python's own, one by one."""
    ...

class GELU(_Activation):
    """x times the share of a normal distribution that lies below x, element by element.

    `approximate` is "none" (the exact share, by the error function) or "tanh" (a formula that is
    almost the same, and faster); it is kept under that name. `ValueError` for anything else.
    """

    def __init__(self, approximate: str='none'):
        ...

    def __call__(self, x: Tensor) -> Tensor:
        ...

class Softmax(_Activation):
    """Scores become shares that sum to 1 along `dim`, kept under that name. Never overflows."""

    def __init__(self, dim: int=-1):
        ...

    def __call__(self, x: Tensor) -> Tensor:
        ...

"""Every operation leaves a note. `backward()` reads the notes from the last to the first."""
__all__ = ['Node', 'no_grad']
from contextlib import contextmanager
from functools import wraps
from inspect import signature
import numpy as np
from .activations import GELU, ReLU, Sigmoid, Softmax, Tanh
from .losses import BinaryCrossEntropyLoss, CrossEntropyLoss, MSELoss
from .tensor import Tensor

def _slope(function, at, step=1e-05):
    """The slope of `function` at the number `at`, by a central difference."""
    ...

def _unbroadcast(gradient, shape):
    """Sum `gradient` over the axes that broadcasting from `shape` added or stretched."""
    ...
setattr(Tensor, 'grad_fn', None)

def _wants_gradient(value):
    """Whether backward() has business with a value: a Tensor of floats that says so."""
    ...

def _plain(value):
    """An argument as a rule gets it: a Tensor's array, a list as an array, all else as it is."""
    ...

class Node:
    """What an operation leaves: rule, output, arguments; `inputs` are those that want a gradient."""

    def __init__(self, forward, rule, result, arguments, options):
        ...

    def gradients(self, gradient):
        """By the chain rule: a pair (input, its gradient) for each input that wants one."""
        ...

    def _fit(self, share, value):
        ...

    def release(self):
        """Let go of everything: what nobody else holds is freed."""
        ...
_recording = True

@contextmanager
def no_grad():
    """Inside `with no_grad():` nothing is recorded. Also serves as decorator: `@no_grad()`."""
    ...

def _recorded(forward, rule):
    """Give `forward` as a function whose result knows, in its `grad_fn`, how a gradient goes back."""
    ...

def _differentiable(owner, name, reflected=None):
    """A decorator for rules: from now on `owner.name` is recorded with this rule.

    `reflected` names the method with swapped operands, such as `__rsub__` for `__sub__`.
    """
    ...

def _record_method(owner, name, rule):
    """Replace a method by its recorded version; a recorded one starts from its own forward again."""
    ...

@_differentiable(Tensor, '__add__', '__radd__')
def _add_backward(gradient, output, a, b):
    """a + b grows as fast as a, and as fast as b."""
    ...

@_differentiable(Tensor, '__mul__', '__rmul__')
def _multiply_backward(gradient, output, a, b):
    """a * b grows b times as fast as a, and a times as fast as b."""
    ...

def _topological_order(tensor):
    """All that `tensor` was made from and that wants a gradient, each behind its inputs; it is last."""
    ...

def _first_gradient(tensor, gradient):
    """The gradient that backward starts with. Raises `RuntimeError` when there is none."""
    ...

def _backward(tensor, gradient=None):
    """Add to the `grad` of every leaf that `tensor` was made from, and let the graph go."""
    ...

def _backward_method(self, gradient=None) -> None:
    """Add this Tensor's gradient to the `grad` of every leaf it was made from; let the graph go.

    Without `gradient` this Tensor holds one number, such as a loss. Raises `RuntimeError` as
    PyTorch does.
    """
    ...
setattr(Tensor, 'backward', _backward_method)

def _set_grad(self, gradient):
    """Keep a gradient. Raises `TypeError` for what is no Tensor, `RuntimeError` for another shape."""
    ...
setattr(Tensor, 'grad', property(lambda self: vars(self).get('grad'), _set_grad))

def _weights(shape):
    """Numbers to start backward with that are all different, so that no mistake hides: 1, 2, 3, …"""
    ...

def _gradients(function, *arrays):
    """A function's gradients by backward, started with 1, 2, 3, …: one float64 array for each array."""
    ...

def _numerical_gradients(function, *arrays):
    """The same by central differences: two forward runs for each element."""
    ...

def _gradient_error(function, *arrays):
    """The largest difference between both, relative to the gradient's size, or to 0.01 if smaller."""
    ...

@_differentiable(Tensor, '__sub__', '__rsub__')
def _subtract_backward(gradient, output, a, b):
    """The gradients of a and b in a - b."""
    ...

@_differentiable(Tensor, '__neg__')
def _negate_backward(gradient, output, a):
    """The gradient of a in -a."""
    ...

@_differentiable(Tensor, '__truediv__', '__rtruediv__')
def _divide_backward(gradient, output, a, b):
    """The gradients of a and b in a / b."""
    ...

@_differentiable(Tensor, '__pow__', '__rpow__')
def _power_backward(gradient, output, a, b):
    """The gradients of a and b in a ** b."""
    ...

@_differentiable(Tensor, '__matmul__', '__rmatmul__')
def _matmul_backward(gradient, output, a, b):
    """The gradients of a and b in a @ b."""
    ...

def _put_back(array, axis, keepdims):
    """An array that was reduced along `axis`, with these axes again, of length 1."""
    ...

@_differentiable(Tensor, 'sum')
def _sum_backward(gradient, output, x, axis=None, keepdims=False):
    """The gradient of x in x.sum(axis, keepdims)."""
    ...

@_differentiable(Tensor, 'mean')
def _mean_backward(gradient, output, x, axis=None, keepdims=False):
    """The gradient of x in x.mean(axis, keepdims)."""
    ...

@_differentiable(Tensor, 'max')
def _max_backward(gradient, output, x, axis=None, keepdims=False):
    """The gradient of x in x.max(axis, keepdims); equal ones share."""
    ...

@_differentiable(Tensor, 'reshape')
def _reshape_backward(gradient, output, x, *shape):
    """The gradient of x in x.reshape(*shape)."""
    ...

@_differentiable(Tensor, 'transpose')
def _transpose_backward(gradient, output, x, dim0=-2, dim1=-1):
    """The gradient of x in x.transpose(dim0, dim1)."""
    ...

@_differentiable(Tensor, '__getitem__')
def _index_backward(gradient, output, x, index):
    """The gradient of x in x[index]."""
    ...

@_differentiable(Tensor, 'permute')
def _permute_backward(gradient, output, x, *dims):
    """The gradient of x in x.permute(*dims)."""
    ...

@_differentiable(Tensor, 'contiguous')
@_differentiable(Tensor, 'clone')
def _copy_backward(gradient, output, x):
    """The gradient of x in a copy of it."""
    ...

@_differentiable(Tensor, 'exp')
def _exp_backward(gradient, output, x):
    ...

@_differentiable(Tensor, 'log')
def _log_backward(gradient, output, x):
    ...

@_differentiable(Tensor, 'abs')
def _abs_backward(gradient, output, x):
    ...

@_differentiable(Tensor, 'clamp')
def _clamp_backward(gradient, output, x, min=None, max=None):
    """The gradient of x in x.clamp(min, max): nothing where an end was put in its place."""
    ...

@_differentiable(Tensor, 'masked_fill')
def _masked_fill_backward(gradient, output, x, mask, value):
    """The gradients of x, of the mask (None) and of the value (None) in x.masked_fill(mask, value)."""
    ...

@_differentiable(Tensor, 'min')
def _min_backward(gradient, output, x, axis=None, keepdims=False):
    """The gradient of x in x.min(axis, keepdims): the same as max's, equal ones share."""
    ...

def _gelu_tanh_slope(x):
    """The slope of GELU(approximate='tanh')."""
    ...

@_differentiable(ReLU, '__call__')
def _relu_backward(gradient, output, relu, x):
    """Gradients of the ReLU itself (None) and of x."""
    ...

@_differentiable(Sigmoid, '__call__')
def _sigmoid_backward(gradient, output, sigmoid, x):
    ...

@_differentiable(Tanh, '__call__')
def _tanh_backward(gradient, output, tanh, x):
    ...

@_differentiable(GELU, '__call__')
def _gelu_backward(gradient, output, gelu, x):
    ...

@_differentiable(Softmax, '__call__')
def _softmax_backward(gradient, output, softmax, x):
    """Gradients of the Softmax itself (None) and of x."""
    ...

@_differentiable(MSELoss, '__call__')
def _mse_backward(gradient, output, loss, predictions, targets):
    """Gradients of the loss object (None), of predictions and of targets."""
    ...

@_differentiable(CrossEntropyLoss, '__call__')
def _cross_entropy_backward(gradient, output, loss, predictions, targets):
    """Gradients of the loss object (None), of the logits and of the labels (None)."""
    ...

@_differentiable(BinaryCrossEntropyLoss, '__call__')
def _binary_cross_entropy_backward(gradient, output, loss, predictions, targets):
    """Gradients of the loss object (None), of the probabilities and of the targets."""
    ...

"""A gradient says which way is down. How far to go, and what to remember of the way, is another question."""
__all__ = ['Optimizer', 'SGD', 'Adam', 'AdamW']
import numpy as np
from .tensor import Tensor

class Optimizer:
    """What every optimizer has: `parameters`, the learning rate `lr`, and in `state` a dictionary for each parameter.

    Raises `ValueError` for no parameters or a negative `lr`, `TypeError` for what is no Tensor.
    """

    def __init__(self, parameters, lr):
        ...

    def zero_grad(self):
        """Forget the gradients of all parameters: `grad` becomes None."""
        ...

    def step(self):
        """Move every parameter that has a gradient: subtract, in place, what `_change(parameter, state)` gives."""
        ...

    def state_dict(self) -> dict:
        """All that this optimizer remembers: `settings`, and in `state` a dictionary for each parameter. A copy."""
        ...

    def load_state_dict(self, saved: dict):
        """Take over what `state_dict()` gave. Raises `ValueError` when it does not fit, and then changes nothing."""
        ...

class SGD(Optimizer):
    """Gradient descent with momentum and weight decay, as `torch.optim.SGD`."""
    _settings = ('lr', 'momentum', 'weight_decay')

    def __init__(self, parameters, lr, momentum=0.0, weight_decay=0.0):
        ...

    def _change(self, parameter, state):
        """What to subtract from the parameter in this step."""
        ...

class Adam(Optimizer):
    """Each weight's gradient divided by its usual size, as `torch.optim.Adam`."""
    _settings = ('lr', 'betas', 'eps')

    def __init__(self, parameters, lr=0.001, betas=(0.9, 0.999), eps=1e-08):
        ...

    def _change(self, parameter, state):
        """What to subtract from the parameter in this step."""
        ...

class AdamW(Adam):
    """Adam, with weight decay apart from the gradient, as `torch.optim.AdamW`."""
    _settings = ('lr', 'betas', 'eps', 'weight_decay')

    def __init__(self, parameters, lr=0.001, betas=(0.9, 0.999), eps=1e-08, weight_decay=0.01):
        ...

    def _change(self, parameter, state):
        """What to subtract from the parameter in this step."""
        ...

def _copied(entry):
    """A dictionary with copies of the arrays in it."""
    ...

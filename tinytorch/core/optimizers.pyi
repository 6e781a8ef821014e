"""A gradient says which way is down. How far to go, and what to remember of the way, is another question."""
__all__ = ['Optimizer', 'SGD', 'Adam', 'AdamW', 'StepLR', 'CosineAnnealingLR', 'clip_grad_norm_']
import numpy as np
import tinytorch.core.autograd
from .tensor import Tensor

def _in_range(name, value, below=np.inf):
    """A setting from 0 to less than `below`.

    Raises `ValueError` for any other, nan and what is no number included.
    """
    ...

class Optimizer:
    """What every optimizer has: `parameters`, the rate `lr`, and in `state` a dictionary for each.

    Raises `ValueError` for no parameters or an `lr` that is negative, infinite or nan, and
    `TypeError` for what is no Tensor.
    """

    def __init__(self, parameters, lr):
        ...

    def zero_grad(self):
        """Forget the gradients of all parameters: `grad` becomes None."""
        ...

    def step(self):
        """Subtract, in place, what `_change` gives from every parameter that has a gradient."""
        ...

    def state_dict(self) -> dict:
        """A copy of all it remembers: `settings`, and in `state` a dictionary for each parameter."""
        ...

    def load_state_dict(self, saved: dict):
        """Take over what `state_dict()` gave. `ValueError`, and nothing changed, if it does not fit."""
        ...

class SGD(Optimizer):
    """Gradient descent with momentum and weight decay, as `torch.optim.SGD`.

    Raises `ValueError` for settings below 0.
    """
    _settings = ('lr', 'momentum', 'weight_decay')

    def __init__(self, parameters, lr, momentum=0.0, weight_decay=0.0):
        ...

    def _change(self, parameter, state):
        """What to subtract from the parameter in this step."""
        ...

class Adam(Optimizer):
    """Each weight's gradient divided by its usual size, as `torch.optim.Adam`.

    Raises `ValueError` for betas outside [0, 1).
    """
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

class _Schedule:
    """What schedules share: `step()` counts `last_epoch`, and sets `optimizer.lr` by `get_lr`."""

    def __init__(self, optimizer):
        ...

    def step(self):
        """One epoch is over: set the learning rate of the next one."""
        ...

class StepLR(_Schedule):
    """After every `step_size` epochs the learning rate is multiplied by `gamma`, as `torch.optim.lr_scheduler.StepLR`."""

    def __init__(self, optimizer, step_size, gamma=0.1):
        ...

    def get_lr(self):
        """The learning rate after `last_epoch` epochs."""
        ...

class CosineAnnealingLR(_Schedule):
    """Down to `eta_min` in `T_max` epochs along half a cosine, as `torch.optim.lr_scheduler.CosineAnnealingLR`."""

    def __init__(self, optimizer, T_max, eta_min=0.0):
        ...

    def get_lr(self):
        """The learning rate after `last_epoch` epochs."""
        ...

def clip_grad_norm_(parameters, max_norm):
    """Shorten all gradients together to `max_norm` where their norm exceeds it, in place; give the norm of before."""
    ...

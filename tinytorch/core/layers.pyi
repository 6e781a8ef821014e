"""Something that holds weights, something that forgets on purpose, and something that puts them in a row."""
__all__ = ['Layer', 'Linear', 'Dropout', 'Sequential']
import numpy as np
from .tensor import Tensor

class Layer:
    """What can be called on Tensors and may hold parameters; a subclass writes `forward`.

    `training` says which mode the layer is in: True from the start.
    """
    training = True

    def __call__(self, *inputs):
        """Give what `forward` gives for the same inputs."""
        ...

    def forward(self, *inputs):
        """A subclass computes here; ours raises `NotImplementedError` with the class's name."""
        ...

    def parameters(self) -> list:
        """Every parameter once, in order of definition.

    Parameters are the Tensors with `requires_grad` among this layer's attributes, in lists and
    tuples there, and in the layers found in either place.
    """
        ...

    def train(self, mode: bool=True) -> Layer:
        """Set `training` to `mode`, here and in all layers inside; give the layer itself."""
        ...

    def eval(self) -> Layer:
        """The same as `train(False)`."""
        ...

def _parts(value, seen=None):
    """Every Tensor and every Layer in `value`, itself included, each once, depth first."""
    ...

class Linear(Layer):
    """`x @ weight.transpose() + bias`: (..., in_features) becomes (..., out_features).

    `weight` (out_features, in_features) and `bias` (out_features,) are parameters, drawn from
    `np.random`, uniform between -1/sqrt(in_features) and +1/sqrt(in_features), or `bias` is None.
    Raises `ValueError` when the input's last length is not `in_features`.
    """

    def __init__(self, in_features: int, out_features: int, bias: bool=True):
        ...

    def forward(self, x: Tensor) -> Tensor:
        ...

class Dropout(Layer):
    """In training, sets each element to zero with probability `p`, and divides the others by 1 - p.

    Chance comes from `np.random`, anew for each call. `ValueError` when `p` is not between 0 and 1.
    """

    def __init__(self, p: float=0.5):
        ...

    def forward(self, x: Tensor) -> Tensor:
        ...

class Sequential(Layer):
    """Layers, or any callables such as ReLU(), one after the other; can be read like a list."""

    def __init__(self, *layers):
        ...

    def forward(self, x: Tensor) -> Tensor:
        ...

    def __getitem__(self, index: int):
        ...

    def __len__(self) -> int:
        ...

    def __iter__(self):
        ...

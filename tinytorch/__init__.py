"""TinyTorch: a deep learning framework that its students build, one notebook after the other.

``from tinytorch import Tensor`` gives the very object that ``tinytorch.core.tensor`` defines. A name is looked up
when it is asked for, so ``import tinytorch`` loads no module of the course and one that is broken breaks only itself.
"""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

__version__ = "0.2.0"

_PUBLIC_NAMES = {
    "tensor": ["Tensor"],
    "activations": ["ReLU", "Sigmoid", "Tanh", "GELU", "Softmax"],
    "layers": ["Layer", "Linear", "Dropout", "Sequential"],
    "losses": ["MSELoss", "CrossEntropyLoss", "BinaryCrossEntropyLoss"],
    "dataloader": ["Dataset", "TensorDataset", "DataLoader", "RandomHorizontalFlip", "RandomCrop", "Compose"],
    "autograd": ["no_grad"],
    "optimizers": ["SGD", "Adam", "AdamW"],
    "training": ["Trainer"],
    "convolutions": ["Conv2d", "MaxPool2d", "AvgPool2d", "Flatten"],
    "scaling": ["pad_collate", "prefetch", "ShardedSampler", "SampleError", "ScalingLoader"],
}
_MODULE_OF = {name: module for module, names in _PUBLIC_NAMES.items() for name in names}

__all__ = list(_MODULE_OF)


def __getattr__(name: str) -> Any:
    """Import the module of the course that defines `name`, and give that object."""
    if name not in _MODULE_OF:
        raise AttributeError(f"module 'tinytorch' has no attribute {name!r}")
    module = f"tinytorch.core.{_MODULE_OF[name]}"
    if find_spec(module) is None:
        raise ImportError(
            f"{name} comes from {module}, which is not there yet: finish that notebook, then run "
            f"`tito export {_MODULE_OF[name]}`."
        )
    return getattr(import_module(module), name)


def __dir__() -> list[str]:
    """List the public names too, though none is imported yet."""
    return sorted([*globals(), *_MODULE_OF])

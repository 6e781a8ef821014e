# %% [markdown]
# # 03 · Layers
#
# > Weights that remember, and three ways to put them together.

# %%
#| default_exp core.layers

# %% given="imports"
#| export
import numpy as np
from fastcore.basics import patch

from tinytorch.core.tensor import Tensor

# %% [markdown]
# ## Step 1 · Layer

# %% solution="layer"
#| export
class Layer:
    """What can be called on Tensors and may hold parameters. A subclass writes `forward`; `layer(...)` calls it.

    `training` says which mode the layer is in: True from the start.
    """

    training = True

    def __call__(self, *inputs):
        "Give what `forward` gives for the same inputs."
        ### BEGIN SOLUTION
        return self.forward(*inputs)
        ### END SOLUTION

    def forward(self, *inputs):
        "A subclass computes its result here; the base class raises `NotImplementedError` with the name of the class."
        ### BEGIN SOLUTION
        raise NotImplementedError(f"{type(self).__name__} has no forward")
        ### END SOLUTION

# %% solution="parameters-method"
#| export
@patch
def parameters(self: Layer) -> list:
    """All parameters, each once, in order of definition: the Tensors with `requires_grad` that this layer holds as attributes,
    or in lists and tuples, and those of the layers that it holds there.
    """
    ### BEGIN SOLUTION
    return [part for part in _parts(self) if isinstance(part, Tensor) and part.requires_grad]


def _parts(value, seen=None):
    "Every Tensor and every Layer in `value`, itself included, each once, depth first."
    seen = set() if seen is None else seen
    if isinstance(value, (Tensor, Layer)):
        if id(value) in seen:
            return
        seen.add(id(value))
        yield value
    inner = vars(value).values() if isinstance(value, Layer) else value if isinstance(value, (list, tuple)) else ()
    for part in inner:
        yield from _parts(part, seen)
    ### END SOLUTION

# %% [markdown]
# ## Step 2 · Linear

# %% solution="linear"
#| export
class Linear(Layer):
    """`x @ weight.transpose() + bias`: (..., in_features) becomes (..., out_features).

    `weight` (out_features, in_features) and `bias` (out_features,) are parameters, drawn from `np.random`, uniform between
    -1/sqrt(in_features) and +1/sqrt(in_features). Without `bias` it is None.
    Raises `ValueError` when the input's last length is not `in_features`.
    """

    def __init__(self, in_features: int, out_features: int, bias: bool = True):
        ### BEGIN SOLUTION
        bound = 1 / np.sqrt(in_features)
        self.in_features, self.out_features = in_features, out_features
        self.weight = Tensor(np.random.uniform(-bound, bound, (out_features, in_features)), requires_grad=True)
        self.bias = Tensor(np.random.uniform(-bound, bound, out_features), requires_grad=True) if bias else None
        ### END SOLUTION

    def forward(self, x: Tensor) -> Tensor:
        ### BEGIN SOLUTION
        if x.shape[-1:] != (self.in_features,):
            raise ValueError(f"Linear takes (..., {self.in_features}), but the input has the shape {x.shape}")
        out = x @ self.weight.transpose()
        return out if self.bias is None else out + self.bias
        ### END SOLUTION

# %% [markdown]
# ## Step 3 · Dropout

# %% solution="train-methods"
#| export
@patch
def train(self: Layer, mode: bool = True) -> Layer:
    "Set `training` to `mode`, here and in all layers inside; give the layer itself."
    ### BEGIN SOLUTION
    for part in _parts(self):
        if isinstance(part, Layer):
            part.training = mode
    return self
    ### END SOLUTION

@patch
def eval(self: Layer) -> Layer:
    "The same as `train(False)`."
    ### BEGIN SOLUTION
    return self.train(False)
    ### END SOLUTION

# %% solution="dropout"
#| export
class Dropout(Layer):
    """In training, set each element to zero with probability `p` and multiply the others by 1 / (1 - p); else change nothing.

    Chance comes from `np.random`, anew for each call. Raises `ValueError` when `p` is not between 0 and 1.
    """

    def __init__(self, p: float = 0.5):
        ### BEGIN SOLUTION
        if not 0 <= p <= 1:
            raise ValueError(f"p must be between 0 and 1; it was {p!r}")
        self.p = p
        ### END SOLUTION

    def forward(self, x: Tensor) -> Tensor:
        ### BEGIN SOLUTION
        if not self.training or self.p == 0:
            return x
        kept = np.random.random(x.shape) >= self.p
        dtype = x.dtype if x.dtype.kind == "f" else np.float32
        return x * Tensor(kept / max(1 - self.p, 1e-12), dtype=dtype)  # for p = 1 all are 0, whatever they are divided by
        ### END SOLUTION

# %% [markdown]
# ## Step 4 · Sequential

# %% solution="sequential"
#| export
class Sequential(Layer):
    "Layers, or any callables such as ReLU(), one after the other. Takes an index, `len` and a loop like a list of them."

    def __init__(self, *layers):
        ### BEGIN SOLUTION
        self.layers = list(layers)
        ### END SOLUTION

    def forward(self, x: Tensor) -> Tensor:
        ### BEGIN SOLUTION
        for layer in self.layers:
            x = layer(x)
        return x
        ### END SOLUTION

    def __getitem__(self, index: int):
        ### BEGIN SOLUTION
        return self.layers[index]
        ### END SOLUTION

    def __len__(self) -> int:
        ### BEGIN SOLUTION
        return len(self.layers)
        ### END SOLUTION

    def __iter__(self):
        ### BEGIN SOLUTION
        return iter(self.layers)
        ### END SOLUTION

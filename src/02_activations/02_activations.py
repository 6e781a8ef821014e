# %% [markdown]
# # 02 · Activations
#
# > Five curves that bend what passes through: without them, any stack of layers is one straight line.

# %%
#| default_exp core.activations

# %% given="imports"
#| export
import math

import numpy as np

from tinytorch.core.tensor import Tensor

# %% [markdown]
# ## Step 1 · ReLU

# %% given="as-floats"
#| export
def _as_floats(x):
    "The array of a Tensor as floats: floats keep their dtype, integers and bools become float32."
    return x.data if x.data.dtype.kind == "f" else x.data.astype(np.float32)

# %% solution="relu"
#| export
class ReLU:
    "What is below zero becomes zero: `relu(x)` gives max(x, 0), element by element."

    def __call__(self, x: Tensor) -> Tensor:
        ### BEGIN SOLUTION
        array = _as_floats(x)
        return Tensor(np.maximum(array, 0), dtype=array.dtype)
        ### END SOLUTION

# %% [markdown]
# ## Step 2 · Sigmoid and Tanh

# %% solution="sigmoid"
#| export
class Sigmoid:
    "1 / (1 + exp(-x)), element by element: any number becomes one between 0 and 1. Never overflows."

    def __call__(self, x: Tensor) -> Tensor:
        ### BEGIN SOLUTION
        array = _as_floats(x)
        small = np.exp(-np.abs(array))  # between 0 and 1, whatever the sign of x
        return Tensor(np.where(array >= 0, 1, small) / (1 + small), dtype=array.dtype)
        ### END SOLUTION

# %% solution="tanh"
#| export
class Tanh:
    "The hyperbolic tangent, element by element: any number becomes one between -1 and 1. Never overflows."

    def __call__(self, x: Tensor) -> Tensor:
        ### BEGIN SOLUTION
        array = _as_floats(x)
        return Tensor(np.tanh(array), dtype=array.dtype)
        ### END SOLUTION

# %% [markdown]
# ## Step 3 · GELU

# %% given="erf"
#| export
def _erf(array):
    "The error function of every number in an array, as float64: Python's own, one number after the other."
    numbers = np.fromiter(map(math.erf, array.ravel()), dtype=np.float64, count=array.size)
    return numbers.reshape(array.shape)

# %% solution="gelu"
#| export
class GELU:
    """x times the share of a normal distribution that lies below x, element by element.

    `approximate` is "none" (the exact share, by the error function) or "tanh" (a formula that is faster and almost the same);
    it is kept under that name. Raises `ValueError` for anything else.
    """

    def __init__(self, approximate: str = "none"):
        ### BEGIN SOLUTION
        if approximate not in ("none", "tanh"):
            raise ValueError(f"approximate must be 'none' or 'tanh'; it was {approximate!r}")
        self.approximate = approximate
        ### END SOLUTION

    def __call__(self, x: Tensor) -> Tensor:
        ### BEGIN SOLUTION
        array = _as_floats(x)
        if self.approximate == "tanh":
            share = 0.5 * (1 + np.tanh(math.sqrt(2 / math.pi) * array * (1 + 0.044715 * array * array)))
        else:
            share = 0.5 * (1 + _erf(array / math.sqrt(2)))
        return Tensor(array * share, dtype=array.dtype)
        ### END SOLUTION

# %% [markdown]
# ## Step 4 · Softmax

# %% solution="softmax"
#| export
class Softmax:
    "Scores become shares: along the axis `dim` all are positive and sum to 1. Never overflows; `dim` is kept under that name."

    def __init__(self, dim: int = -1):
        ### BEGIN SOLUTION
        self.dim = dim
        ### END SOLUTION

    def __call__(self, x: Tensor) -> Tensor:
        ### BEGIN SOLUTION
        array = _as_floats(x)
        powers = np.exp(array - array.max(axis=self.dim, keepdims=True))
        return Tensor(powers / powers.sum(axis=self.dim, keepdims=True), dtype=array.dtype)
        ### END SOLUTION

# %% [markdown]
# # 01 · Tensor

# %%
#| default_exp core.tensor

# %% given="imports"
#| export
from __future__ import annotations
import numpy as np

# %% [markdown]
# ## Step 1 · Hold an array

# %% solution="tensor"
#| export
class Tensor:
    "An array of numbers."
    ### BEGIN SOLUTION
    def __init__(self, data, requires_grad=False, dtype=None):
        self.data = np.array(data, dtype=dtype)
    ### END SOLUTION

# %% test="tensor-data" points=3
# Test 1a · (3 points)
t = Tensor([1, 2])
assert t.data.shape == (2,), "Step 1: expected shape (2,)"
### BEGIN HIDDEN TESTS
assert Tensor([1, 2, 3]).data.shape == (3,), "Step 1: expected shape (3,)"
### END HIDDEN TESTS

# %% [markdown]
# why: nothing is turned, and the order of the factors is the other one
# base: reference
# loses: {rule-matmul: 3, rule-matmul-axes: 2}

# %% solution="matmul-rule"
#| export
@_differentiable(Tensor, "__matmul__", "__rmatmul__")
def _matmul_backward(gradient, output, a, b):
    return b @ gradient, gradient @ a

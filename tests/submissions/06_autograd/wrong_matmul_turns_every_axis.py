# %% [markdown]
# why: .T turns batch axes too, and vectors are left as they are
# base: reference
# loses: {rule-matmul-axes: 2}

# %% solution="matmul-rule"
#| export
@_differentiable(Tensor, "__matmul__", "__rmatmul__")
def _matmul_backward(gradient, output, a, b):
    return gradient @ b.T, a.T @ gradient

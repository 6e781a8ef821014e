# %% [markdown]
# why: x (1 - x) and 1 - x**2, of the input instead of the output
# base: reference
# loses: {rule-sigmoid-tanh: 3}

# %% solution="activation-rules"
#| export
@_differentiable(ReLU, "__call__")
def _relu_backward(gradient, output, relu, x):
    return None, gradient * (x > 0)

@_differentiable(Sigmoid, "__call__")
def _sigmoid_backward(gradient, output, sigmoid, x):
    return None, gradient * x * (1 - x)

@_differentiable(Tanh, "__call__")
def _tanh_backward(gradient, output, tanh, x):
    return None, gradient * (1 - x**2)

@_differentiable(GELU, "__call__")
def _gelu_backward(gradient, output, gelu, x):
    if gelu.approximate == "tanh":
        return None, gradient * _gelu_tanh_slope(x)
    share = np.where(x == 0, 0.5, output / np.where(x == 0, 1, x))
    return None, gradient * (share + x * np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi))

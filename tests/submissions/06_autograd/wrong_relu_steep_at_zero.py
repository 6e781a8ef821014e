# %% [markdown]
# why: ReLU's slope at 0 is 1, and GELU divides by 0 there
# base: reference
# loses: {rule-relu: 2, rule-gelu: 2}

# %% solution="activation-rules"
#| export
@_differentiable(ReLU, "__call__")
def _relu_backward(gradient, output, relu, x):
    return None, gradient * (x >= 0)

@_differentiable(Sigmoid, "__call__")
def _sigmoid_backward(gradient, output, sigmoid, x):
    return None, gradient * output * (1 - output)

@_differentiable(Tanh, "__call__")
def _tanh_backward(gradient, output, tanh, x):
    return None, gradient * (1 - output**2)

@_differentiable(GELU, "__call__")
def _gelu_backward(gradient, output, gelu, x):
    if gelu.approximate == "tanh":
        return None, gradient * _gelu_tanh_slope(x)
    return None, gradient * (output / x + x * np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi))

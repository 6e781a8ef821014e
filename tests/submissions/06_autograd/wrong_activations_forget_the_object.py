# %% [markdown]
# why: one answer instead of two - it goes to the activation, and x gets nothing
# base: reference
# loses: {rule-relu: 2, rule-sigmoid-tanh: 3, rule-gelu: 2, graph-profile: 2}
# says: _relu_backward should give a pair | None for the ReLU itself
# at: "line 4 of your cell `_relu_backward`"

# %% solution="activation-rules"
#| export
@_differentiable(ReLU, "__call__")
def _relu_backward(gradient, output, relu, x):
    return gradient * (x > 0)

@_differentiable(Sigmoid, "__call__")
def _sigmoid_backward(gradient, output, sigmoid, x):
    return gradient * output * (1 - output)

@_differentiable(Tanh, "__call__")
def _tanh_backward(gradient, output, tanh, x):
    return gradient * (1 - output**2)

@_differentiable(GELU, "__call__")
def _gelu_backward(gradient, output, gelu, x):
    if gelu.approximate == "tanh":
        return None, gradient * _gelu_tanh_slope(x)
    share = np.where(x == 0, 0.5, output / np.where(x == 0, 1, x))
    return gradient * (share + x * np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi))

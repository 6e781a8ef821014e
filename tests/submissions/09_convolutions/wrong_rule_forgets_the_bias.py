# %% [markdown]
# why: the rule has no gradient for the bias
# base: reference
# loses: {conv-gradient-weight: 4, conv-gradient-input: 5}
# says: "the bias gets the whole gradient, 1 + 2 + 3 + 4 = 10; it was [0]"
# at: "line 11 of your cell `_convolve_backward`"

# %% solution="conv-rule"
#| export
@_differentiable(Conv2d, "_convolve")
def _convolve_backward(gradient, output, layer, x, weight, bias):
    "Gradients of the layer (None), of x, of the weights and of the bias."
    windows = _windows(x, layer.kernel_size, layer.stride, layer.padding)
    count, channels, height, width, *kernel = windows.shape
    rows, flat = gradient.reshape(count, len(weight), height * width), weight.reshape(len(weight), -1)
    back = (flat.T @ rows).reshape(count, channels, *kernel, height, width).transpose(0, 1, 4, 5, 2, 3)
    x_gradient = _fold(back, x.shape, layer.stride, layer.padding)
    weight_gradient = (rows @ _columns(windows).swapaxes(1, 2)).sum(axis=0).reshape(weight.shape)
    return None, x_gradient, weight_gradient, None

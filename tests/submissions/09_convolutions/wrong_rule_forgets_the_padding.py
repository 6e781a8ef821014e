# %% [markdown]
# why: folds as if the image had not been padded
# base: reference
# loses: {conv-gradient-input: 5}

# %% solution="conv-rule"
#| export
@_differentiable(Conv2d, "_convolve")
def _convolve_backward(gradient, output, layer, x, weight, bias):
    "Gradients of the layer (None), of x, of the weights and of the bias."
    windows = _windows(x, layer.kernel_size, layer.stride, layer.padding)
    count, channels, height, width, *kernel = windows.shape
    rows, flat = gradient.reshape(count, len(weight), height * width), weight.reshape(len(weight), -1)
    back = (flat.T @ rows).reshape(count, channels, *kernel, height, width).transpose(0, 1, 4, 5, 2, 3)
    x_gradient = _fold(back, (*x.shape[:2], x.shape[2] + 2 * layer.padding[0], x.shape[3] + 2 * layer.padding[1]), layer.stride)[:, :, :x.shape[2], :x.shape[3]]
    weight_gradient = (rows @ _columns(windows).swapaxes(1, 2)).sum(axis=0).reshape(weight.shape)
    return None, x_gradient, weight_gradient, gradient.sum(axis=(0, 2, 3))

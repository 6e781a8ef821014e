# %% [markdown]
# why: the columns wait in the layer for backward
# base: reference
# loses: {conv-values: 5, conv-held: 2}

# %% solution="conv2d"
#| export
class Conv2d(Layer):
    """Kernels that slide over images (N, in_channels, H, W), as `torch.nn.Conv2d`; sizes are ints or pairs.

    Raises `ValueError` when the input's shape does not fit.
    """

    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0, bias=True):
        self.in_channels, self.out_channels = in_channels, out_channels
        self.kernel_size, self.stride, self.padding = _pair(kernel_size), _pair(stride), _pair(padding)
        shape = (out_channels, in_channels, *self.kernel_size)
        bound = 1 / np.sqrt(np.prod(shape[1:]))
        self.weight = Tensor(np.random.uniform(-bound, bound, shape), requires_grad=True)
        self.bias = Tensor(np.random.uniform(-bound, bound, out_channels), requires_grad=True) if bias else None

    def forward(self, x: Tensor) -> Tensor:
        return self._convolve(x, self.weight, self.bias)

    def _convolve(self, x, weight, bias):
        "The convolution of x with these kernels, plus bias where there is one."
        if x.ndim != 4 or x.shape[1] != self.in_channels:
            raise ValueError(f"Conv2d takes (N, {self.in_channels}, H, W), but the input has the shape {x.shape}")
        windows = _windows(x.data, self.kernel_size, self.stride, self.padding)
        self.columns = Tensor(_columns(windows), dtype=x.dtype)
        product = weight.reshape(len(weight), -1) @ self.columns
        if bias is not None:
            product = product + bias.reshape(-1, 1)
        count, _, height, width = windows.shape[:4]
        return product.reshape(count, len(weight), height, width)

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
    weight_gradient = (rows @ layer.columns.data.swapaxes(1, 2)).sum(axis=0).reshape(weight.shape)
    return None, x_gradient, weight_gradient, gradient.sum(axis=(0, 2, 3))

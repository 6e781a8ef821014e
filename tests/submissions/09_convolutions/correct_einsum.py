# %% [markdown]
# why: correct, the products by np.einsum straight from the windows
# base: reference

# %% solution="conv2d"
#| export
class Conv2d(Layer):
    "A convolution by np.einsum."

    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0, bias=True):
        self.in_channels, self.out_channels = in_channels, out_channels
        self.kernel_size, self.stride, self.padding = map(_pair, (kernel_size, stride, padding))
        fan_in = in_channels * self.kernel_size[0] * self.kernel_size[1]
        drawn = np.random.uniform(-(fan_in**-0.5), fan_in**-0.5, (out_channels, in_channels, *self.kernel_size))
        self.weight = Tensor(drawn, requires_grad=True)
        self.bias = None
        if bias:
            self.bias = Tensor(np.random.uniform(-(fan_in**-0.5), fan_in**-0.5, (out_channels,)), requires_grad=True)

    def forward(self, x: Tensor) -> Tensor:
        return self._convolve(x, self.weight, self.bias)

    def _convolve(self, x, weight, bias):
        if len(x.shape) != 4 or x.shape[1] != self.in_channels:
            raise ValueError(f"{x.shape} is not (N, {self.in_channels}, H, W)")
        pixels = x.data if x.dtype.kind == "f" else x.data.astype(np.float32)
        windows = _windows(pixels, self.kernel_size, self.stride, self.padding)
        result = np.einsum("nchwij,ocij->nohw", windows, weight.data, optimize=True)
        if bias is not None:
            result = result + bias.data[:, None, None]
        return Tensor(result, dtype=result.dtype)

# %% solution="conv-rule"
#| export
@_differentiable(Conv2d, "_convolve")
def _convolve_backward(gradient, output, layer, x, weight, bias):
    windows = _windows(x, layer.kernel_size, layer.stride, layer.padding)
    of_windows = np.einsum("nohw,ocij->nchwij", gradient, weight, optimize=True)
    of_weight = np.einsum("nohw,nchwij->ocij", gradient, windows, optimize=True)
    of_bias = None if bias is None else gradient.sum(axis=(0, 2, 3))
    return [None, _fold(of_windows, x.shape, layer.stride, layer.padding), of_weight, of_bias]

# %% solution="avg-pool"
#| export
class AvgPool2d(_Pool2d):
    def forward(self, x):
        total = _windows(x.data, self.kernel_size, self.stride).sum(axis=(4, 5))
        mean = total / (self.kernel_size[0] * self.kernel_size[1])
        return Tensor(mean, dtype=x.dtype if x.dtype.kind == "f" else np.float32)

@_differentiable(AvgPool2d, "forward")
def _avg_pool_backward(gradient, output, pool, x):
    ones = np.ones(pool.kernel_size) / (pool.kernel_size[0] * pool.kernel_size[1])
    return None, _fold(np.einsum("nchw,ij->nchwij", gradient, ones), x.shape, pool.stride)

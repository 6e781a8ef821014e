# %% [markdown]
# why: _convolve gives an array, no Tensor
# base: reference
# loses: {conv-values: 5, conv-dtype: 2}
# says: Conv2d should return a Tensor; it gave ndarray
# at: "line 21 of your cell `class Conv2d`"

# %% solution="conv2d"
#| export
class Conv2d(Layer):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0, bias=True):
        self.in_channels, self.out_channels = in_channels, out_channels
        self.kernel_size, self.stride, self.padding = _pair(kernel_size), _pair(stride), _pair(padding)
        shape = (out_channels, in_channels, *self.kernel_size)
        bound = 1 / np.sqrt(np.prod(shape[1:]))
        self.weight = Tensor(np.random.uniform(-bound, bound, shape), requires_grad=True)
        self.bias = Tensor(np.random.uniform(-bound, bound, out_channels), requires_grad=True) if bias else None

    def forward(self, x):
        return self._convolve(x, self.weight, self.bias)

    def _convolve(self, x, weight, bias):
        if x.ndim != 4 or x.shape[1] != self.in_channels:
            raise ValueError(f"Conv2d takes (N, {self.in_channels}, H, W), but the input has the shape {x.shape}")
        windows = _windows(x.data, self.kernel_size, self.stride, self.padding)
        product = weight.data.reshape(len(weight), -1) @ _columns(windows)
        product = product if bias is None else product + bias.data.reshape(-1, 1)
        count, _, height, width = windows.shape[:4]
        return product.reshape(count, len(weight), height, width)

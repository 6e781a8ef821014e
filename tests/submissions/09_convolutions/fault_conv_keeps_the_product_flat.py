# %% [markdown]
# why: the product is not brought into rows and columns of pixels
# base: reference
# loses: {conv-values: 5, conv-options: 3}
# says: the shape (1, 2, 3, 3) | it was (1, 2, 9)
# at: "line 19 of your cell `class Conv2d`"

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
        product = weight.reshape(len(weight), -1) @ Tensor(_columns(windows), dtype=x.dtype)
        return product if bias is None else product + bias.reshape(-1, 1)

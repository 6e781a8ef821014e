# %% [markdown]
# why: puts the columns of all images into one matrix, and takes the product apart in the wrong order
# base: reference
# loses: {conv-values: 5}

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
        product = weight.reshape(len(weight), -1) @ Tensor(np.concatenate(_columns(windows), axis=1), dtype=x.dtype)
        if bias is not None:
            product = product + bias.reshape(-1, 1)
        count, _, height, width = windows.shape[:4]
        return product.reshape(count, len(weight), height, width)

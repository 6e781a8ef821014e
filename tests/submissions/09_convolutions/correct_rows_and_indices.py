# %% [markdown]
# why: correct, the product by rows, the largest found by take_along_axis
# base: reference

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
        rows = Tensor(_columns(windows).swapaxes(1, 2), dtype=x.dtype) @ weight.reshape(len(weight), -1).transpose()
        if bias is not None:
            rows = rows + bias
        count, _, height, width = windows.shape[:4]
        result = rows.data.reshape(count, height, width, len(weight)).transpose(0, 3, 1, 2)
        return Tensor(result, dtype=result.dtype)

# %% solution="max-pool"
#| export
class MaxPool2d(_Pool2d):
    def forward(self, x):
        windows = _windows(x.data, self.kernel_size, self.stride)
        flat = windows.reshape(*windows.shape[:4], self.kernel_size[0] * self.kernel_size[1])
        place = flat.argmax(axis=-1)[..., None]
        return Tensor(np.take_along_axis(flat, place, axis=-1)[..., 0], dtype=x.dtype)

@_differentiable(MaxPool2d, "forward")
def _max_pool_backward(gradient, output, pool, x):
    windows = _windows(x, pool.kernel_size, pool.stride)
    flat = windows.reshape(*windows.shape[:4], pool.kernel_size[0] * pool.kernel_size[1])
    shares = np.zeros_like(flat)
    np.put_along_axis(shares, flat.argmax(axis=-1)[..., None], gradient[..., None], axis=-1)
    return None, _fold(shares.reshape(windows.shape), x.shape, pool.stride)

# %% solution="avg-pool"
#| export
class AvgPool2d(_Pool2d):
    def forward(self, x):
        kernel_height, kernel_width = self.kernel_size
        windows = _windows(x.data, self.kernel_size, self.stride)
        parts = [windows[..., i, j] for i in range(kernel_height) for j in range(kernel_width)]
        total = Tensor(sum(parts[1:], parts[0]), dtype=x.dtype)
        return total / len(parts)

@_differentiable(AvgPool2d, "forward")
def _avg_pool_backward(gradient, output, pool, x):
    shares = np.empty((*gradient.shape, *pool.kernel_size))
    shares[...] = gradient[..., None, None] / (pool.kernel_size[0] * pool.kernel_size[1])
    return None, _fold(shares, x.shape, pool.stride)

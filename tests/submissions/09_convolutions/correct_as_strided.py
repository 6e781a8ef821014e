# %% [markdown]
# why: correct, with as_strided, and numbers put back by np.add.at
# base: reference

# %% solution="output-size"
#| export
def _output_size(size, kernel, stride=(1, 1), padding=(0, 0)):
    (h, w), (kh, kw), (sh, sw), (ph, pw) = size, kernel, stride, padding
    if sh < 1 or sw < 1:
        raise ValueError(f"stride {stride}")
    if h + 2 * ph < kh or w + 2 * pw < kw:
        raise ValueError(f"size {size}, padding {padding}, but the kernel has {kernel}")
    return (h + 2 * ph - kh) // sh + 1, (w + 2 * pw - kw) // sw + 1

# %% solution="slow-convolution"
#| export
def _slow_convolution(x, weight, stride=(1, 1), padding=(0, 0)):
    "Shift, multiply, add: a loop over the kernel's places only."
    height, width = _output_size(x.shape[2:], weight.shape[2:], stride, padding)
    x = np.pad(x, ((0, 0), (0, 0), (padding[0],) * 2, (padding[1],) * 2))
    total = 0
    for i in range(weight.shape[2]):
        for j in range(weight.shape[3]):
            part = x[:, :, i::stride[0], j::stride[1]][:, :, :height, :width]
            total = total + np.einsum("nchw,oc->nohw", part, weight[:, :, i, j])
    return total

# %% solution="windows"
#| export
def _windows(x, kernel, stride=(1, 1), padding=(0, 0)):
    if len(x.shape) != 4:
        raise ValueError(f"four axes expected, got {x.shape}")
    height, width = _output_size(x.shape[2:], kernel, stride, padding)
    if padding != (0, 0):
        larger = np.zeros((*x.shape[:2], x.shape[2] + 2 * padding[0], x.shape[3] + 2 * padding[1]), x.dtype)
        larger[:, :, padding[0]:padding[0] + x.shape[2], padding[1]:padding[1] + x.shape[3]] = x
        x = larger
    image, channel, row, column = x.strides
    strides = (image, channel, row * stride[0], column * stride[1], row, column)
    return np.lib.stride_tricks.as_strided(x, (*x.shape[:2], height, width, *kernel), strides)

# %% solution="columns"
#| export
def _columns(windows):
    count, channels, *places, kernel_height, kernel_width = windows.shape
    columns = np.moveaxis(windows, [2, 3], [4, 5])
    return columns.reshape(count, channels * kernel_height * kernel_width, places[0] * places[1])

# %% solution="fold"
#| export
def _fold(windows, shape, stride=(1, 1), padding=(0, 0)):
    _, _, height, width, kh, kw = windows.shape
    rows = np.arange(height)[:, None, None, None] * stride[0] + np.arange(kh)[:, None]
    columns = np.arange(width)[:, None, None] * stride[1] + np.arange(kw)
    out = np.zeros((shape[0], shape[1], shape[2] + 2 * padding[0], shape[3] + 2 * padding[1]), windows.dtype)
    np.add.at(out, (slice(None), slice(None), rows, columns), windows)
    top, left = padding
    return out[:, :, top:top + shape[2], left:left + shape[3]]

# %% solution="flatten"
#| export
class Flatten(Layer):
    def forward(self, x):
        return x.reshape(x.shape[0], x.size // x.shape[0] if x.size else int(np.prod(x.shape[1:])))

# %% [markdown]
# why: moves on by one pixel, whatever the stride
# base: reference
# loses: {slow-steps: 3}
# says: "windows begin at rows and columns 0 and 2 | expected [[[[10, 18]"
# at: "line 10 of your cell `_slow_convolution`"

# %% solution="slow-convolution"
#| export
def _slow_convolution(x, weight, stride=(1, 1), padding=(0, 0)):
    "The convolution of images (N, C, H, W) with kernels (out, C, height, width), as an array (N, out, height, width)."
    kernel = weight.shape[2:]
    height, width = _output_size(x.shape[2:], kernel, stride, padding)
    x = np.pad(x, [(0, 0), (0, 0), (padding[0],) * 2, (padding[1],) * 2])
    result = np.zeros((len(x), len(weight), height, width), np.result_type(x, weight))
    for n, o, i, j in np.ndindex(result.shape):
        row, column = i, j
        result[n, o, i, j] = (x[n, :, row:row + kernel[0], column:column + kernel[1]] * weight[o]).sum()
    return result

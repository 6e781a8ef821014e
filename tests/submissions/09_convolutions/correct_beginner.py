# %% [markdown]
# why: correct, many loops and many names
# base: reference

# %% solution="output-size"
#| export
def _output_size(size, kernel, stride=(1, 1), padding=(0, 0)):
    result = []
    for axis in range(2):
        if stride[axis] <= 0:
            raise ValueError("stride " + str(stride))
        padded = size[axis] + padding[axis] + padding[axis]
        if kernel[axis] > padded:
            raise ValueError("kernel " + str(kernel) + " is larger than " + str(size))
        places = 0
        while places * stride[axis] + kernel[axis] <= padded:
            places = places + 1
        result.append(places)
    return (result[0], result[1])

# %% solution="slow-convolution"
#| export
def _slow_convolution(x, weight, stride=(1, 1), padding=(0, 0)):
    N, C, H, W = x.shape
    O, _, KH, KW = weight.shape
    OH, OW = _output_size((H, W), (KH, KW), stride, padding)
    y = np.zeros((N, O, OH, OW))
    for n in range(N):
        for o in range(O):
            for i in range(OH):
                for j in range(OW):
                    total = 0.0
                    for c in range(C):
                        for a in range(KH):
                            for b in range(KW):
                                row = i * stride[0] + a - padding[0]
                                col = j * stride[1] + b - padding[1]
                                if 0 <= row < H and 0 <= col < W:
                                    total += x[n, c, row, col] * weight[o, c, a, b]
                    y[n, o, i, j] = total
    return y

# %% solution="columns"
#| export
def _columns(windows):
    N, C, OH, OW, KH, KW = windows.shape
    matrix = np.empty((N, C * KH * KW, OH * OW), windows.dtype)
    row = 0
    for c in range(C):
        for a in range(KH):
            for b in range(KW):
                matrix[:, row] = windows[:, c, :, :, a, b].reshape(N, OH * OW)
                row += 1
    return matrix

# %% solution="fold"
#| export
def _fold(windows, shape, stride=(1, 1), padding=(0, 0)):
    N, C, OH, OW, KH, KW = windows.shape
    H, W = shape[2], shape[3]
    result = np.zeros((N, C, H + 2 * padding[0], W + 2 * padding[1]), dtype=windows.dtype)
    for i in range(OH):
        for j in range(OW):
            top = i * stride[0]
            left = j * stride[1]
            result[:, :, top:top + KH, left:left + KW] += windows[:, :, i, j]
    result = result[:, :, padding[0]:, padding[1]:]
    return result[:, :, :H, :W]

# %% solution="max-pool"
#| export
class MaxPool2d(_Pool2d):
    def forward(self, x):
        windows = _windows(x.data, self.kernel_size, self.stride)
        result = windows[..., 0, 0].copy()
        for a in range(self.kernel_size[0]):
            for b in range(self.kernel_size[1]):
                result = np.maximum(result, windows[..., a, b])
        return Tensor(result, dtype=x.dtype)

@_differentiable(MaxPool2d, "forward")
def _max_pool_backward(gradient, output, pool, x):
    windows = _windows(x, pool.kernel_size, pool.stride)
    shares = np.zeros(windows.shape)
    left = gradient.copy()
    for a in range(pool.kernel_size[0]):
        for b in range(pool.kernel_size[1]):
            hit = windows[..., a, b] == output
            shares[..., a, b] = np.where(hit, left, 0)
            left = np.where(hit, 0, left)
    return None, _fold(shares, x.shape, pool.stride)

# %% solution="flatten"
#| export
class Flatten(Layer):
    def forward(self, x):
        size = 1
        for length in x.shape[1:]:
            size = size * length
        return x.reshape((x.shape[0], size))

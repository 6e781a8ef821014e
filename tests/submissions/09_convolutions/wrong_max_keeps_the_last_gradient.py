# %% [markdown]
# why: where windows overlap, the gradient of the last one counts
# base: reference
# loses: {max-gradient: 4}

# %% solution="max-pool"
#| export
class MaxPool2d(_Pool2d):
    "The largest number of each window, as `torch.nn.MaxPool2d`. Raises `ValueError` when the window does not fit."

    def forward(self, x: Tensor) -> Tensor:
        windows = _windows(x.data, self.kernel_size, self.stride)
        largest = np.max([windows[..., i, j] for i, j in np.ndindex(*self.kernel_size)], axis=0)
        return Tensor(largest, dtype=largest.dtype)

@_differentiable(MaxPool2d, "forward")
def _max_pool_backward(gradient, output, pool, x):
    "Gradients of the pool itself (None) and of x."
    windows = _windows(x, pool.kernel_size, pool.stride)
    flat = windows.reshape(*output.shape, np.prod(pool.kernel_size))
    found = np.zeros(x.shape)
    for n, c, i, j in np.ndindex(output.shape):
        a, b = divmod(flat[n, c, i, j].argmax(), pool.kernel_size[1])
        found[n, c, i * pool.stride[0] + a, j * pool.stride[1] + b] = gradient[n, c, i, j]
    return None, found
    chosen = np.arange(flat.shape[-1]) == flat.argmax(axis=-1)[..., None]
    return None, _fold((chosen * gradient[..., None]).reshape(windows.shape), x.shape, pool.stride)

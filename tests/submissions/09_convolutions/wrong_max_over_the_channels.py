# %% [markdown]
# why: the largest of all channels, in each
# base: reference
# loses: {max-values: 4}

# %% solution="max-pool"
#| export
class MaxPool2d(_Pool2d):
    "The largest number of each window, as `torch.nn.MaxPool2d`. Raises `ValueError` when the window does not fit."

    def forward(self, x: Tensor) -> Tensor:
        windows = _windows(x.data, self.kernel_size, self.stride)
        largest = np.max([windows[..., i, j] for i, j in np.ndindex(*self.kernel_size)], axis=0)
        largest = np.broadcast_to(largest.max(axis=1, keepdims=True), largest.shape)
        return Tensor(largest, dtype=largest.dtype)

@_differentiable(MaxPool2d, "forward")
def _max_pool_backward(gradient, output, pool, x):
    "Gradients of the pool itself (None) and of x."
    windows = _windows(x, pool.kernel_size, pool.stride)
    flat = windows.reshape(*output.shape, np.prod(pool.kernel_size))
    chosen = np.arange(flat.shape[-1]) == flat.argmax(axis=-1)[..., None]
    return None, _fold((chosen * gradient[..., None]).reshape(windows.shape), x.shape, pool.stride)

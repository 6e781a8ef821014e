# %% [markdown]
# why: integers stay integers
# base: reference
# loses: {avg-dtype: 1}

# %% solution="avg-pool"
#| export
class AvgPool2d(_Pool2d):
    "The mean of each window, as `torch.nn.AvgPool2d`. Raises `ValueError` when the window does not fit."

    def forward(self, x: Tensor) -> Tensor:
        mean = _windows(x.data, self.kernel_size, self.stride).mean(axis=(-2, -1))
        return Tensor(mean, dtype=x.dtype)

@_differentiable(AvgPool2d, "forward")
def _avg_pool_backward(gradient, output, pool, x):
    "Gradients of the pool itself (None) and of x."
    share = gradient / np.prod(pool.kernel_size)
    spread = np.broadcast_to(share[..., None, None], (*share.shape, *pool.kernel_size))
    return None, _fold(spread, x.shape, pool.stride)

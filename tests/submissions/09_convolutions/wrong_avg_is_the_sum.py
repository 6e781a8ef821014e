# %% [markdown]
# why: adds up and does not divide
# base: reference
# loses: {avg-values: 3, avg-dtype: 1, avg-gradient: 3}

# %% solution="avg-pool"
#| export
class AvgPool2d(_Pool2d):
    "The mean of each window, as `torch.nn.AvgPool2d`. Raises `ValueError` when the window does not fit."

    def forward(self, x: Tensor) -> Tensor:
        return Tensor(_windows(x.data, self.kernel_size, self.stride), dtype=x.dtype).sum(axis=(-2, -1))

@_differentiable(AvgPool2d, "forward")
def _avg_pool_backward(gradient, output, pool, x):
    "Gradients of the pool itself (None) and of x."
    share = gradient / np.prod(pool.kernel_size)
    spread = np.broadcast_to(share[..., None, None], (*share.shape, *pool.kernel_size))
    return None, _fold(spread, x.shape, pool.stride)

# %% [markdown]
# why: evaluation mode gives a copy, not x itself
# base: reference
# loses: {dropout-eval: 3}

# %% solution="dropout"
#| export
class Dropout(Layer):
    def __init__(self, p=0.5):
        if not 0 <= p <= 1:
            raise ValueError(f"p must be between 0 and 1, not {p}")
        self.p = p

    def forward(self, x):
        if not self.training:
            return Tensor(x.data.copy(), dtype=x.dtype)
        dtype = x.dtype if x.dtype.kind == "f" else np.float32
        scale = 1 / (1 - self.p) if self.p < 1 else 0
        return x * Tensor((np.random.random(x.shape) >= self.p) * scale, dtype=dtype)

# %% [markdown]
# why: p is taken for the probability to be kept
# base: reference
# loses: {dropout-share: 5, dropout-scale: 4, dropout-p: 2}

# %% solution="dropout"
#| export
class Dropout(Layer):
    def __init__(self, p=0.5):
        if not 0 <= p <= 1:
            raise ValueError(f"p must be between 0 and 1, not {p}")
        self.p = p

    def forward(self, x):
        if not self.training:
            return x
        dtype = x.dtype if x.dtype.kind == "f" else np.float32
        mask = Tensor((np.random.random(x.shape) < self.p) / max(self.p, 1e-9), dtype=dtype)
        return x * mask

# %% [markdown]
# why: kept activations are scaled by 1 - p in evaluation mode, not by 1 / (1 - p) in training
# base: reference
# loses: {dropout-scale: 4, dropout-eval: 3}

# %% solution="dropout"
#| export
class Dropout(Layer):
    def __init__(self, p=0.5):
        if not 0 <= p <= 1:
            raise ValueError(f"p must be between 0 and 1, not {p}")
        self.p = p

    def forward(self, x):
        if not self.training:
            return x * (1 - self.p)
        dtype = x.dtype if x.dtype.kind == "f" else np.float32
        return x * Tensor(np.random.random(x.shape) >= self.p, dtype=dtype)

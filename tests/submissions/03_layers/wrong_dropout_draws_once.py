# %% [markdown]
# why: the mask is drawn once for each shape
# base: reference
# loses: {dropout-chance: 2}

# %% solution="dropout"
#| export
class Dropout(Layer):
    def __init__(self, p=0.5):
        if not 0 <= p <= 1:
            raise ValueError(f"p must be between 0 and 1, not {p}")
        self.p = p
        self.masks = {}

    def forward(self, x):
        if not self.training:
            return x
        if x.shape not in self.masks:
            self.masks[x.shape] = np.random.random(x.shape) >= self.p
        dtype = x.dtype if x.dtype.kind == "f" else np.float32
        scale = 1 / (1 - self.p) if self.p < 1 else 0
        return x * Tensor(self.masks[x.shape] * scale, dtype=dtype)

# %% [markdown]
# why: p is not checked, and p = 1 divides by zero
# base: reference
# loses: {dropout-p: 2}

# %% solution="dropout"
#| export
class Dropout(Layer):
    def __init__(self, p=0.5):
        self.p = p

    def forward(self, x):
        if not self.training:
            return x
        dtype = x.dtype if x.dtype.kind == "f" else np.float32
        return x * Tensor((np.random.random(x.shape) >= self.p) / (1 - self.p), dtype=dtype)

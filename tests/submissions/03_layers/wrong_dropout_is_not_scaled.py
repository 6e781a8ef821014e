# %% [markdown]
# why: what is kept is not multiplied
# base: reference
# loses: {dropout-scale: 4}
# says: "each 2 should become 0 or 8 | [0, 2]"
# at: "line 12 of your cell `class Dropout`"

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
        return x * Tensor(np.random.random(x.shape) >= self.p, dtype=dtype)

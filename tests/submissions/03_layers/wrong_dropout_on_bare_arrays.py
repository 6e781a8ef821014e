# %% [markdown]
# why: dropout computes on .data, and module 06 sees no operation
# base: reference
# loses: {dropout-operations: 3}
# says: "traced to x | was .data used?"
# at: "line 13 of your cell `class Dropout`"

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
        kept = np.random.random(x.shape) >= self.p
        scale = 1 / (1 - self.p) if self.p < 1 else 0
        return Tensor(x.data * kept * scale, dtype=x.dtype if x.dtype.kind == "f" else np.float32)

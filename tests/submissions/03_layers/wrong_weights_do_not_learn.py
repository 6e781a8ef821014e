# %% [markdown]
# why: requires_grad is forgotten
# base: reference
# loses: {linear-parameters: 5}
# says: "requires_grad=True | it has False"
# at: "line 6 of your cell `class Linear`"

# %% solution="linear"
#| export
class Linear(Layer):
    def __init__(self, in_features, out_features, bias=True):
        bound = 1 / np.sqrt(in_features)
        self.in_features, self.out_features = in_features, out_features
        self.weight = Tensor(np.random.uniform(-bound, bound, (out_features, in_features)))
        self.bias = Tensor(np.random.uniform(-bound, bound, out_features)) if bias else None

    def forward(self, x):
        if x.shape[-1:] != (self.in_features,):
            raise ValueError(f"Linear takes (..., {self.in_features}), not {x.shape}")
        out = x @ self.weight.transpose()
        return out if self.bias is None else out + self.bias

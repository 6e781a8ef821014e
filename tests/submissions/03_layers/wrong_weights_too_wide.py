# %% [markdown]
# why: weights are drawn between -1 and 1
# base: reference
# loses: {linear-chance: 5}

# %% solution="linear"
#| export
class Linear(Layer):
    def __init__(self, in_features, out_features, bias=True):
        self.in_features, self.out_features = in_features, out_features
        self.weight = Tensor(np.random.uniform(-1, 1, (out_features, in_features)), requires_grad=True)
        self.bias = Tensor(np.random.uniform(-1, 1, out_features), requires_grad=True) if bias else None

    def forward(self, x):
        if x.shape[-1:] != (self.in_features,):
            raise ValueError(f"Linear takes (..., {self.in_features}), not {x.shape}")
        out = x @ self.weight.transpose()
        return out if self.bias is None else out + self.bias

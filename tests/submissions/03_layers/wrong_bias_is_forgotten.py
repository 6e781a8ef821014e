# %% [markdown]
# why: forward leaves the bias out
# base: reference
# loses: {linear-forward: 7, linear-operations: 4}
# says: "[2, 106] | they were [[2, 6]"
# at: "line 12 of your cell `class Linear`"

# %% solution="linear"
#| export
class Linear(Layer):
    def __init__(self, in_features, out_features, bias=True):
        bound = 1 / np.sqrt(in_features)
        self.in_features, self.out_features = in_features, out_features
        self.weight = Tensor(np.random.uniform(-bound, bound, (out_features, in_features)), requires_grad=True)
        self.bias = Tensor(np.random.uniform(-bound, bound, out_features), requires_grad=True) if bias else None

    def forward(self, x):
        if x.shape[-1:] != (self.in_features,):
            raise ValueError(f"Linear takes (..., {self.in_features}), not {x.shape}")
        return x @ self.weight.transpose()

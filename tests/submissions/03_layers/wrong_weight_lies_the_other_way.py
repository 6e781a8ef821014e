# %% [markdown]
# why: the weight is (in_features, out_features), so that nothing needs transposing
# base: reference
# loses: {linear-parameters: 5, linear-forward: 7, linear-batches: 4, linear-no-bias: 3, linear-operations: 4}
# says: "weight of Linear(3, 2) should have the shape (2, 3) | it has (3, 2)"
# at: "line 6 of your cell `class Linear`"

# %% solution="linear"
#| export
class Linear(Layer):
    def __init__(self, in_features, out_features, bias=True):
        bound = 1 / np.sqrt(in_features)
        self.in_features, self.out_features = in_features, out_features
        self.weight = Tensor(np.random.uniform(-bound, bound, (in_features, out_features)), requires_grad=True)
        self.bias = Tensor(np.random.uniform(-bound, bound, out_features), requires_grad=True) if bias else None

    def forward(self, x):
        if x.shape[-1:] != (self.in_features,):
            raise ValueError(f"Linear takes (..., {self.in_features}), not {x.shape}")
        out = x @ self.weight
        return out if self.bias is None else out + self.bias

# %% [markdown]
# why: an input that does not fit gets NumPy's message, which does not say both shapes
# base: reference
# loses: {linear-wrong-shape: 3}

# %% solution="linear"
#| export
class Linear(Layer):
    def __init__(self, in_features, out_features, bias=True):
        bound = 1 / np.sqrt(in_features)
        self.in_features, self.out_features = in_features, out_features
        self.weight = Tensor(np.random.uniform(-bound, bound, (out_features, in_features)), requires_grad=True)
        self.bias = Tensor(np.random.uniform(-bound, bound, out_features), requires_grad=True) if bias else None

    def forward(self, x):
        out = x @ self.weight.transpose()
        return out if self.bias is None else out + self.bias

# %% [markdown]
# why: without bias there is one of zeros
# base: reference
# loses: {linear-no-bias: 3}

# %% solution="linear"
#| export
class Linear(Layer):
    def __init__(self, in_features, out_features, bias=True):
        bound = 1 / np.sqrt(in_features)
        self.in_features, self.out_features = in_features, out_features
        self.weight = Tensor(np.random.uniform(-bound, bound, (out_features, in_features)), requires_grad=True)
        numbers = np.random.uniform(-bound, bound, out_features) if bias else np.zeros(out_features)
        self.bias = Tensor(numbers, requires_grad=bias)

    def forward(self, x):
        if x.shape[-1:] != (self.in_features,):
            raise ValueError(f"Linear takes (..., {self.in_features}), not {x.shape}")
        return x @ self.weight.transpose() + self.bias

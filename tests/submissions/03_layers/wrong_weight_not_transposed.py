# %% [markdown]
# why: Linear multiplies by its weight as it lies
# base: reference
# loses: {linear-forward: 7, linear-batches: 4, linear-no-bias: 3, linear-operations: 4, linear-profile: 4}
# says: "size 2 is different from 3 | is a transpose missing?"
# at: "line 12 of your cell `class Linear`"

# %% solution="linear"
#| export
class Linear(Layer):
    def __init__(self, in_features: int, out_features: int, bias: bool = True):
        self.in_features, self.out_features = in_features, out_features
        reach = 1 / np.sqrt(in_features)
        self.weight = Tensor(np.random.uniform(-reach, reach, (out_features, in_features)), requires_grad=True)
        self.bias = Tensor(np.random.uniform(-reach, reach, out_features), requires_grad=True) if bias else None

    def forward(self, x: Tensor) -> Tensor:
        if x.shape[-1:] != (self.in_features,):
            raise ValueError(f"expected inputs of {self.in_features} features, not {x.shape}")
        outputs = x @ self.weight
        return outputs if self.bias is None else outputs + self.bias

# %% [markdown]
# why: the batch is flattened too
# base: reference
# loses: {flatten-values: 2, flatten-empty: 1}

# %% solution="flatten"
#| export
class Flatten(Layer):
    "(N, ...) becomes (N, the number of elements of each sample), as `torch.nn.Flatten()`."

    def forward(self, x: Tensor) -> Tensor:
        return x.reshape(1, x.size)

# %% [markdown]
# why: -1 does not know the length of a row when there are none
# base: reference
# loses: {flatten-empty: 1}

# %% solution="flatten"
#| export
class Flatten(Layer):
    "(N, ...) becomes (N, the number of elements of each sample), as `torch.nn.Flatten()`."

    def forward(self, x: Tensor) -> Tensor:
        return x.reshape(len(x), -1)

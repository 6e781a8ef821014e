# %% [markdown]
# why: reshapes the array, and no gradient comes back
# base: reference
# loses: {flatten-gradient: 2}
# says: "x.reshape, not x.data.reshape | requires_grad was False"
# at: "line 6 of your cell `class Flatten`"

# %% solution="flatten"
#| export
class Flatten(Layer):
    "(N, ...) becomes (N, the number of elements of each sample), as `torch.nn.Flatten()`."

    def forward(self, x: Tensor) -> Tensor:
        return Tensor(x.data.reshape(len(x), int(np.prod(x.shape[1:]))))

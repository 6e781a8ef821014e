# %% [markdown]
# why: Tanh gives an array, not a Tensor
# base: reference
# loses: {tanh-values: 5, tanh-dtype: 2}
# says: "Tanh should give a Tensor | array("
# at: "line 4 of your cell `class Tanh`"

# %% solution="tanh"
#| export
class Tanh(_Activation):
    def __call__(self, x: Tensor) -> Tensor:
        return np.tanh(_as_floats(x))

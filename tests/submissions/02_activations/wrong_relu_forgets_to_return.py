# %% [markdown]
# why: ReLU computes, and gives nothing back
# base: reference
# loses: {relu-values: 4, relu-infinite: 2, relu-shapes: 5, relu-dtype: 4, relu-input: 4}
# says: "ReLU should give a Tensor | it gave None"
# at: "line 5 of your cell `class ReLU`"

# %% solution="relu"
#| export
class ReLU(_Activation):
    def __call__(self, x: Tensor) -> Tensor:
        array = _as_floats(x)
        result = Tensor(np.maximum(array, 0), dtype=array.dtype)

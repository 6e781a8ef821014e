# %% [markdown]
# why: ReLU works in float64 and wraps the result without a dtype
# base: reference
# loses: {relu-dtype: 4, relu-profile: 5}

# %% solution="relu"
#| export
class ReLU:
    def __call__(self, x: Tensor) -> Tensor:
        a = x.data.astype(np.float64)
        return Tensor(np.maximum(a, 0))

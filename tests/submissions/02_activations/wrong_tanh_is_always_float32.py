# %% [markdown]
# why: Tanh gives float32 whatever came
# base: reference
# loses: {tanh-dtype: 2}

# %% solution="tanh"
#| export
class Tanh:
    def __call__(self, x: Tensor) -> Tensor:
        return Tensor(np.tanh(x.data.astype(np.float64)))

# %% [markdown]
# why: ReLU wraps its result without a dtype, so float64 and float16 become float32
# base: reference
# loses: {relu-dtype: 4}

# %% solution="relu"
#| export
class ReLU:
    def __call__(self, x: Tensor) -> Tensor:
        return Tensor(np.maximum(_as_floats(x), 0.0))

# %% [markdown]
# why: Sigmoid takes the array as it is, and minus a byte is a byte
# base: reference
# loses: {sigmoid-dtype: 2}

# %% solution="sigmoid"
#| export
class Sigmoid:
    def __call__(self, x: Tensor) -> Tensor:
        a = x.data
        e = np.exp(np.where(a < 0, a, -a))
        result = np.where(a < 0, e, 1) / (1 + e)
        return Tensor(result, dtype=a.dtype if a.dtype.kind == "f" else None)

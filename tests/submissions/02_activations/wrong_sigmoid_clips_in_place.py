# %% [markdown]
# why: Sigmoid clips its input in place
# base: reference
# loses: {sigmoid-stable: 5, sigmoid-tail: 2, sigmoid-input: 1}

# %% solution="sigmoid"
#| export
class Sigmoid:
    def __call__(self, x: Tensor) -> Tensor:
        a = _as_floats(x)
        np.clip(a, -60, 60, out=a)
        return Tensor(1 / (1 + np.exp(-a)), dtype=a.dtype)

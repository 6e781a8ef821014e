# %% [markdown]
# why: correct, by masks and assignments to arrays of its own
# base: reference

# %% solution="relu"
#| export
class ReLU:
    def __call__(self, x: Tensor) -> Tensor:
        result = np.array(_as_floats(x))
        result[result < 0] = 0
        return Tensor(result, dtype=result.dtype)

# %% solution="sigmoid"
#| export
class Sigmoid:
    def __call__(self, x: Tensor) -> Tensor:
        array = _as_floats(x)
        result = np.empty_like(array)
        positive = array >= 0
        result[positive] = 1 / (1 + np.exp(-array[positive]))
        powers = np.exp(array[~positive])
        result[~positive] = powers / (powers + 1)
        return Tensor(result, dtype=result.dtype)

# %% solution="tanh"
#| export
class Tanh:
    def __call__(self, x: Tensor) -> Tensor:
        array = _as_floats(x)
        shrunk = np.exp(-2 * np.abs(array))
        result = np.sign(array) * (1 - shrunk) / (1 + shrunk)
        return Tensor(result, dtype=array.dtype)

# %% solution="softmax"
#| export
class Softmax:
    def __init__(self, dim=-1):
        self.dim = dim

    def __call__(self, x: Tensor) -> Tensor:
        array = np.moveaxis(_as_floats(x), self.dim, 0)
        powers = np.exp(array - array.max(axis=0))
        powers /= powers.sum(axis=0)
        return Tensor(np.moveaxis(powers, 0, self.dim), dtype=powers.dtype)

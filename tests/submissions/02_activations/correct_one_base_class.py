# %% [markdown]
# why: correct, with a base class that knows the dtypes, and functions below it
# base: reference

# %% solution="relu"
#| export
class _Elementwise:
    def __call__(self, x: Tensor) -> Tensor:
        array = x.numpy()
        if not np.issubdtype(array.dtype, np.floating):
            array = array.astype("float32")
        out = self._bend(array)
        return Tensor(out.astype(array.dtype, copy=False) if isinstance(out, np.ndarray) else array.dtype.type(out), dtype=array.dtype)


class ReLU(_Elementwise):
    def _bend(self, a):
        return a.clip(min=0)

# %% solution="sigmoid"
#| export
class Sigmoid(_Elementwise):
    def _bend(self, a):
        negative = np.exp(np.minimum(a, 0))
        return negative / (negative + np.exp(-np.maximum(a, 0)))

# %% solution="tanh"
#| export
class Tanh(_Elementwise):
    _bend = staticmethod(np.tanh)

# %% solution="gelu"
#| export
class GELU(_Elementwise):
    def __init__(self, approximate="none"):
        shares = {"none": self._exact, "tanh": self._formula}
        if not isinstance(approximate, str) or approximate not in shares:
            raise ValueError(f"no such approximation: {approximate}")
        self.approximate = approximate
        self._share = shares[approximate]

    def _exact(self, a):
        return 0.5 + 0.5 * _erf(a * 0.7071067811865476)

    def _formula(self, a):
        inner = a * a
        inner *= 0.044715
        inner += 1
        inner *= a
        inner *= 0.7978845608028654
        return 0.5 + 0.5 * np.tanh(inner)

    def _bend(self, a):
        return a * self._share(a)

# %% solution="softmax"
#| export
class Softmax(_Elementwise):
    def __init__(self, dim: int = -1) -> None:
        self.dim = dim

    def _bend(self, a):
        log_sum = np.logaddexp.reduce(a, axis=self.dim, keepdims=True)
        return np.exp(a - log_sum)

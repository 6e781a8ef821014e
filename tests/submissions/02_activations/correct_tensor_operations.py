# %% [markdown]
# why: correct, with Tensor operations where there are any, one number at a time where there are none
# base: reference

# %% solution="relu"
#| export
class ReLU:
    def __call__(self, x: Tensor) -> Tensor:
        floats = Tensor(_as_floats(x), dtype=_as_floats(x).dtype)
        return Tensor(np.where(floats.data > 0, floats.data, 0).astype(floats.dtype), dtype=floats.dtype)

# %% solution="sigmoid"
#| export
def _one_sigmoid(v):
    if v < -700:
        return 0.0
    return 1 / (1 + math.exp(-v))


class Sigmoid:
    def __call__(self, x: Tensor) -> Tensor:
        numbers = [_one_sigmoid(v) for v in _as_floats(x).ravel().tolist()]
        return Tensor(np.array(numbers).reshape(x.shape), dtype=_as_floats(x).dtype)

# %% solution="tanh"
#| export
class Tanh:
    def __call__(self, x: Tensor) -> Tensor:
        numbers = [math.tanh(v) for v in _as_floats(x).ravel().tolist()]
        return Tensor(np.array(numbers).reshape(x.shape), dtype=_as_floats(x).dtype)

# %% solution="gelu"
#| export
class GELU:
    def __init__(self, approximate="none"):
        self.approximate = approximate
        if approximate != "none" and approximate != "tanh":
            raise ValueError("approximate is 'none' or 'tanh'")

    def __call__(self, x: Tensor) -> Tensor:
        dtype = _as_floats(x).dtype
        x = Tensor(_as_floats(x), dtype=dtype)
        if self.approximate == "none":
            phi = Tensor(_erf((x / 2**0.5).data), dtype=dtype) / 2 + 0.5
        else:
            curve = np.tanh(((x + x * x * x * 0.044715) * (2 / math.pi) ** 0.5).data)
            phi = Tensor(curve, dtype=dtype) / 2 + 0.5
        return x * phi

# %% solution="softmax"
#| export
class Softmax:
    def __init__(self, dim=-1):
        self.dim = dim

    def __call__(self, x: Tensor) -> Tensor:
        dtype = _as_floats(x).dtype
        x = Tensor(_as_floats(x), dtype=dtype)
        shifted = x - x.max(axis=self.dim, keepdims=True)
        powers = Tensor(np.exp(shifted.data), dtype=dtype)
        return powers / powers.sum(axis=self.dim, keepdims=True)

# %% [markdown]
# why: correct, one case after the other
# base: reference

# %% solution="tensor"
#| export
class Tensor:
    __array_priority__ = 1000

    def __init__(self, data, requires_grad: bool = False, dtype=None):
        # another tensor
        if isinstance(data, Tensor):
            data = data.data
        # make an array
        if dtype is None:
            a = np.asarray(data)
            is_float = a.dtype == np.float16 or a.dtype == np.float64 or a.dtype == np.longdouble
            if is_float:
                a = a.astype(np.float32)
        else:
            a = np.asarray(data, dtype=dtype)
        # check it
        if not (a.dtype == bool or np.issubdtype(a.dtype, np.integer) or np.issubdtype(a.dtype, np.floating)):
            raise TypeError("please give me numbers")
        self.data = a
        self.requires_grad = requires_grad
        self.grad = None

# %% solution="repr-method"
#| export
@patch
def __repr__(self: Tensor) -> str:
    text = np.array2string(self.data, separator=", ")
    name = str(self.data.dtype)
    result = "Tensor(" + text + ", dtype=" + name + ")"
    return result

# %% solution="compute"
#| export
def _compute(function, *operands, **options):
    arrays = []
    found_float64 = False
    for operand in operands:
        if isinstance(operand, Tensor):
            arrays.append(operand.data)
            if operand.data.dtype == np.float64:
                found_float64 = True
        else:
            arrays.append(operand)
            if isinstance(operand, np.ndarray):
                if operand.dtype == np.float64:
                    found_float64 = True
    answer = np.asarray(function(*arrays, **options))
    if answer.dtype == np.float64:
        if found_float64 == False:
            answer = answer.astype(np.float32)
    return Tensor(answer, dtype=answer.dtype)

# %% solution="subtract-methods"
#| export
@patch
def __neg__(self: Tensor):
    return _compute(np.negative, self)


@patch
def __sub__(self: Tensor, other):
    return self + (-other if isinstance(other, Tensor) else np.negative(other))


@patch
def __rsub__(self: Tensor, other):
    minus = -self
    return other + minus

# %% solution="sum-method"
#| export
@patch
def sum(self: Tensor, axis=None, keepdims=False):
    if self.data.dtype == np.float16 or self.data.dtype == np.float32 or self.data.dtype == np.float64:
        return Tensor(np.asarray(self.data.sum(axis=axis, keepdims=keepdims)), dtype=self.data.dtype)
    else:
        return Tensor(np.asarray(self.data.astype(np.int64).sum(axis=axis, keepdims=keepdims)), dtype=np.int64)

# %% solution="mean-method"
#| export
@patch
def mean(self: Tensor, axis=None, keepdims=False):
    if self.data.dtype == np.float64:
        kind = np.float64
    else:
        kind = np.float32
    return Tensor(np.asarray(self.data.mean(axis=axis, keepdims=keepdims)), dtype=kind)

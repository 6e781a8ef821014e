# %% [markdown]
# why: correct, with a table of conversions and the operators made by a function
# base: reference

# %% solution="tensor"
#| export
class Tensor:
    __array_priority__ = 1000

    def __init__(self, data, requires_grad: bool = False, dtype=None):
        if isinstance(data, Tensor):
            data = data.data
        self.data = np.asarray(data, dtype)
        kinds = {"b": None, "i": None, "u": None, "f": np.float32}
        if self.data.dtype.kind not in kinds:
            raise TypeError(f"{data!r} is not made of numbers")
        target = dtype or kinds[self.data.dtype.kind]
        if target is not None and self.data.dtype != target:
            self.data = self.data.astype(target)
        self.requires_grad, self.grad = requires_grad, None

# %% solution="array-method"
#| export
@patch
def __array__(self: Tensor, dtype=None, copy=None):
    wanted = self.data.dtype if dtype is None else np.dtype(dtype)
    if copy or wanted != self.data.dtype:
        if copy is False:
            raise ValueError("no view of that dtype")
        return self.data.astype(wanted)
    return self.data

# %% solution="compute"
#| export
def _compute(function, *operands, **options):
    values = []
    wide = False
    for operand in operands:
        value = operand.data if isinstance(operand, Tensor) else operand
        wide = wide or (type(value) is np.ndarray and value.dtype == np.float64)
        values.append(value)
    result = np.array(function(*values, **options), copy=None)
    if not wide and result.dtype == np.float64:
        return Tensor(result)
    return Tensor(result, dtype=result.dtype)

# %% solution="multiply-methods"
#| export
@patch
def __mul__(self: Tensor, other):
    return _compute(lambda a, b: a * b, self, other)


@patch
def __rmul__(self: Tensor, other):
    return self * other

# %% solution="iter-method"
#| export
@patch
def __iter__(self: Tensor):
    if self.data.ndim == 0:
        raise TypeError("a single number has no rows")
    for i in range(self.data.shape[0]):
        yield self[i]

# %% solution="reshape-methods"
#| export
@patch
def reshape(self: Tensor, *shape):
    if len(shape) == 1 and isinstance(shape[0], (tuple, list)):
        shape = tuple(shape[0])
    return Tensor(np.reshape(self.data, shape), dtype=self.data.dtype)


@patch
def transpose(self: Tensor, dim0=-2, dim1=-1):
    axes = list(range(self.data.ndim))
    axes[dim0], axes[dim1] = axes[dim1], axes[dim0]
    return Tensor(self.data.transpose(axes), dtype=self.data.dtype)

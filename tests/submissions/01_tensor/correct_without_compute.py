# %% [markdown]
# why: correct, operators that call NumPy themselves, and share a decorator
# base: reference

# %% solution="compute"
#| export
def _compute(function, *operands, **options):
    plain = [getattr(operand, "data", operand) if isinstance(operand, Tensor) else operand for operand in operands]
    with_float64 = [a for a in plain if isinstance(a, np.ndarray) and a.dtype == np.float64]
    out = np.asanyarray(function(*plain, **options))
    dtype = np.float32 if out.dtype == np.float64 and not with_float64 else out.dtype
    return Tensor(out, dtype=dtype)


def _operator(function, swap=False):
    def method(self, other):
        return _compute(function, other, self) if swap else _compute(function, self, other)

    return method

# %% solution="divide-methods"
#| export
Tensor.__truediv__ = _operator(np.true_divide)
Tensor.__rtruediv__ = _operator(np.true_divide, swap=True)

# %% solution="power-methods"
#| export
Tensor.__pow__ = _operator(np.power)
Tensor.__rpow__ = _operator(np.power, swap=True)

# %% solution="matmul-methods"
#| export
Tensor.__matmul__ = _operator(np.matmul)
Tensor.__rmatmul__ = _operator(np.matmul, swap=True)

# %% solution="order-methods"
#| export
for _sign, _compare in {"lt": np.less, "le": np.less_equal, "gt": np.greater, "ge": np.greater_equal}.items():
    setattr(Tensor, f"__{_sign}__", _operator(_compare))

# %% solution="hash-methods"
#| export
Tensor.__hash__ = object.__hash__
Tensor.__bool__ = lambda self: bool(self.data)

# %% [markdown]
# why: shapes that differ are refused, although they would fit
# base: reference
# loses: {compute-broadcast: 3}

# %% solution="compute"
#| export
def _compute(function, *operands, **options):
    arrays = [operand.data if isinstance(operand, Tensor) else operand for operand in operands]
    shapes = {array.shape for array in arrays if isinstance(array, np.ndarray) and array.ndim}
    if len(shapes) > 1:
        raise ValueError(f"shapes differ: {shapes}")
    result = np.asarray(function(*arrays, **options))
    has_float64 = any(isinstance(array, np.ndarray) and array.dtype == np.float64 for array in arrays)
    if result.dtype == np.float64 and not has_float64:
        result = result.astype(np.float32)
    return Tensor(result, dtype=result.dtype)

# %% [markdown]
# why: results have the dtype that NumPy gave them, float64 for integers and decimals
# base: reference
# loses: {compute-dtype: 4}

# %% solution="compute"
#| export
def _compute(function, *operands, **options):
    arrays = [operand.data if isinstance(operand, Tensor) else operand for operand in operands]
    result = np.asarray(function(*arrays, **options))
    return Tensor(result, dtype=result.dtype)

# %% [markdown]
# why: results are wrapped without a dtype, so float64 becomes float32
# base: reference
# loses: {compute-dtype: 4}

# %% solution="compute"
#| export
def _compute(function, *operands, **options):
    arrays = [operand.data if isinstance(operand, Tensor) else operand for operand in operands]
    return Tensor(function(*arrays, **options))

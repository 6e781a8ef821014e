# %% [markdown]
# why: _compute gives NumPy's result, not wrapped
# base: reference
# loses: {compute-add: 4, compute-dtype: 4, compute-broadcast: 3}
# says: "Tensor + Tensor should be a Tensor | ndarray"
# at: "line 4 of your cell `_compute`"

# %% solution="compute"
#| export
def _compute(function, *operands, **options):
    arrays = [operand.data if isinstance(operand, Tensor) else operand for operand in operands]
    return np.asarray(function(*arrays, **options), dtype=np.float32)

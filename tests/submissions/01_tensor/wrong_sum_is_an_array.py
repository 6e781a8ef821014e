# %% [markdown]
# why: sum gives NumPy's number or array, not a Tensor
# base: reference
# loses: {sum: 3, sum-integers: 1}
# says: "t.sum() should be a Tensor | np.float32(21.0)"
# at: "line 5 of your cell `Tensor.sum`"

# %% solution="sum-method"
#| export
@patch
def sum(self: Tensor, axis=None, keepdims=False) -> Tensor:
    wide = np.int64 if self.data.dtype.kind in "biu" else None
    return np.sum(self.data, axis=axis, keepdims=keepdims, dtype=wide)

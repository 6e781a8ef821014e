# %% [markdown]
# why: the axis that should stay with length 1 is gone
# base: reference
# loses: {sum: 3}

# %% solution="sum-method"
#| export
@patch
def sum(self: Tensor, axis=None, keepdims=False) -> Tensor:
    wide = np.int64 if self.data.dtype.kind in "biu" else None
    return _compute(np.sum, self, axis=axis, dtype=wide)

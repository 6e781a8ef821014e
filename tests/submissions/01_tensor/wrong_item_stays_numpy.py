# %% [markdown]
# why: item gives NumPy's number, and numpy a copy
# base: reference
# loses: {item: 3}
# says: "item() should give the float 2.5 | np.float32(2.5) | in `item`"
# at: "line 9 of your cell `Tensor.numpy`"

# %% solution="item-methods"
#| export
@patch
def numpy(self: Tensor) -> np.ndarray:
    return np.array(self.data)


@patch
def item(self: Tensor):
    return self.data.reshape(-1)[0]

# %% [markdown]
# why: item gives NumPy's number, and numpy a copy
# base: reference
# loses: {item: 3}

# %% solution="item-methods"
#| export
@patch
def numpy(self: Tensor) -> np.ndarray:
    return np.array(self.data)


@patch
def item(self: Tensor):
    return self.data.reshape(-1)[0]

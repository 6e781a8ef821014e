# %% [markdown]
# why: a loop gives NumPy's rows
# base: reference
# loses: {iterate: 2}

# %% solution="iter-method"
#| export
@patch
def __iter__(self: Tensor):
    return iter(self.data)

# %% [markdown]
# why: a part of a float64 Tensor becomes float32
# base: reference
# loses: {index: 4}

# %% solution="getitem-method"
#| export
@patch
def __getitem__(self: Tensor, index) -> Tensor:
    return Tensor(self.data[index.data if isinstance(index, Tensor) else index])

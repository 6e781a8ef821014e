# %% [markdown]
# why: repr shows the numbers only, and all of them
# base: reference
# loses: {repr: 2}

# %% solution="repr-method"
#| export
@patch
def __repr__(self: Tensor) -> str:
    return f"Tensor({self.data.tolist()})"

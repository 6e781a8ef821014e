# %% [markdown]
# why: several elements are true if one of them is
# base: reference
# loses: {truth: 1}

# %% solution="hash-methods"
#| export
@patch
def __hash__(self: Tensor) -> int:
    return id(self)


@patch
def __bool__(self: Tensor) -> bool:
    return bool(self.data.any())

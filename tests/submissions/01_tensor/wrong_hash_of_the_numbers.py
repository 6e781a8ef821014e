# %% [markdown]
# why: Tensors that hold the same are the same key
# base: reference
# loses: {hash: 2}

# %% solution="hash-methods"
#| export
@patch
def __hash__(self: Tensor) -> int:
    return hash(self.data.tobytes())


@patch
def __bool__(self: Tensor) -> bool:
    return bool(self.data)

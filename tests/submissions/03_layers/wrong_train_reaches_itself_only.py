# %% [markdown]
# why: train sets the mode of the outermost layer only
# base: reference
# loses: {train-eval: 5}

# %% solution="train-methods"
#| export
@patch
def train(self: Layer, mode: bool = True) -> Layer:
    self.training = mode
    return self


@patch
def eval(self: Layer) -> Layer:
    self.training = False
    return self

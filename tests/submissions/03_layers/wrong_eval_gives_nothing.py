# %% [markdown]
# why: train and eval set the modes, and give None
# base: reference
# loses: {train-eval: 5}

# %% solution="train-methods"
#| export
@patch
def train(self: Layer, mode: bool = True) -> Layer:
    for part in _parts(self):
        if isinstance(part, Layer):
            part.training = mode


@patch
def eval(self: Layer) -> Layer:
    self.train(False)

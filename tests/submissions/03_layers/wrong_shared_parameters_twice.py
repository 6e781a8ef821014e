# %% [markdown]
# why: a parameter that two layers share is listed twice
# base: reference
# loses: {parameters-once: 4}
# says: "should come once | ['shared', 'shared', 'own'] | shared by two layers"
# at: "line 7 of your cell `Layer.parameters`"

# %% solution="parameters-method"
#| export
@patch
def parameters(self: Layer) -> list:
    found = []
    for value in vars(self).values():
        for part in value if isinstance(value, (list, tuple)) else [value]:
            found += _parts(part)
    return found


def _parts(part):
    if isinstance(part, Layer):
        return part.parameters()
    return [part] if isinstance(part, Tensor) and part.requires_grad else []

# %% solution="train-methods"
#| export
@patch
def train(self: Layer, mode: bool = True) -> Layer:
    self.training = mode
    for value in vars(self).values():
        for part in value if isinstance(value, (list, tuple)) else [value]:
            if isinstance(part, Layer):
                part.train(mode)
    return self


@patch
def eval(self: Layer) -> Layer:
    return self.train(False)

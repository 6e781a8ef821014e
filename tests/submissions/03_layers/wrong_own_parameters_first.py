# %% [markdown]
# why: a layer's own parameters come before those of its inner layers
# base: reference
# loses: {parameters-order: 2}

# %% solution="parameters-method"
#| export
def _parts(layer):
    parts = []
    for value in vars(layer).values():
        parts += value if isinstance(value, (list, tuple)) else [value]
    return parts


@patch
def parameters(self: Layer) -> list:
    found = [part for part in _parts(self) if isinstance(part, Tensor) and part.requires_grad]
    for part in _parts(self):
        if isinstance(part, Layer):
            found += [tensor for tensor in part.parameters() if not any(tensor is other for other in found)]
    return found

# %% solution="train-methods"
#| export
@patch
def train(self: Layer, mode: bool = True) -> Layer:
    self.training = mode
    for part in _parts(self):
        if isinstance(part, Layer):
            part.train(mode)
    return self


@patch
def eval(self: Layer) -> Layer:
    return self.train(False)

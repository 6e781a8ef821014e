# %% [markdown]
# why: layers in lists and tuples are forgotten, by parameters and by train
# base: reference
# loses: {parameters-inner: 4, parameters-order: 2, parameters-once: 4, train-eval: 5}
# says: "a list of layer(a), layer(b), then c | they gave ['c']"
# at: "line 11 of your cell `Layer.parameters`"

# %% solution="parameters-method"
#| export
@patch
def parameters(self: Layer) -> list:
    found = []
    for value in vars(self).values():
        new = []
        if isinstance(value, Layer):
            new = value.parameters()
        elif isinstance(value, Tensor) and value.requires_grad:
            new = [value]
        found += [tensor for tensor in new if all(tensor is not other for other in found)]
    return found

# %% solution="train-methods"
#| export
@patch
def train(self: Layer, mode: bool = True) -> Layer:
    self.training = mode
    for value in vars(self).values():
        if isinstance(value, Layer):
            value.train(mode)
    return self


@patch
def eval(self: Layer) -> Layer:
    return self.train(False)

# %% [markdown]
# why: correct, step by step with many names and comments
# base: reference

# %% solution="layer"
#| export
class Layer:
    training = True

    def __call__(self, *inputs):
        # just call forward
        out = self.forward(*inputs)
        return out

    def forward(self, *inputs):
        class_name = str(type(self))
        raise NotImplementedError("please write forward in " + class_name)

# %% solution="parameters-method"
#| export
@patch
def parameters(self: Layer) -> list:
    all_parameters = []
    for key in self.__dict__:
        value = self.__dict__[key]
        # put single things into a list so that there is one loop only
        if type(value) is list or type(value) is tuple:
            things = value
        else:
            things = [value]
        for thing in things:
            if isinstance(thing, Layer):
                candidates = thing.parameters()
            elif isinstance(thing, Tensor) and thing.requires_grad:
                candidates = [thing]
            else:
                candidates = []
            for candidate in candidates:
                already = False
                for known in all_parameters:
                    if known is candidate:
                        already = True
                if not already:
                    all_parameters.append(candidate)
    return all_parameters

# %% solution="train-methods"
#| export
@patch
def train(self: Layer, mode=True):
    self.training = mode
    for key in self.__dict__:
        value = self.__dict__[key]
        if isinstance(value, Layer):
            value.train(mode)
        if type(value) is list or type(value) is tuple:
            for thing in value:
                if isinstance(thing, Layer):
                    thing.train(mode)
    return self


@patch
def eval(self: Layer):
    self.train(False)
    return self

# %% solution="sequential"
#| export
class Sequential(Layer):
    def __init__(self, *layers):
        self.layers = []
        for layer in layers:
            self.layers.append(layer)

    def forward(self, x):
        output = x
        for layer in self.layers:
            output = layer(output)
        return output

    def __getitem__(self, index):
        return self.layers[index]

    def __len__(self):
        count = 0
        for layer in self.layers:
            count = count + 1
        return count

    def __iter__(self):
        return self.layers.__iter__()

# %% solution="question-bytes"
weights = 64 * 128 + 128 * 32 + 32 * 10
biases = 128 + 32 + 10
q1_parameter_bytes = (weights + biases) * 4

# %% solution="question-work"
q2_multiply_adds = weights * 50

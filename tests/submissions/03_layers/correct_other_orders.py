# %% [markdown]
# why: correct, the product the other way round, a reduce, a helper above the class
# base: reference

# %% solution="layer"
#| export
def _flatten(value):
    if isinstance(value, (list, tuple)):
        for item in value:
            yield from _flatten(item)
    else:
        yield value


class Layer:
    training = True

    def __call__(self, *args):
        result = self.forward(*args)
        return result

    def forward(self, *args):
        name = type(self).__name__
        raise NotImplementedError(name)

# %% solution="parameters-method"
#| export
@patch
def parameters(self: Layer) -> list:
    result, seen = [], set()

    def visit(thing):
        if id(thing) in seen:
            return
        if isinstance(thing, Layer):
            seen.add(id(thing))
            for value in _flatten(list(thing.__dict__.values())):
                visit(value)
        if isinstance(thing, Tensor):
            seen.add(id(thing))
            if thing.requires_grad:
                result.append(thing)

    visit(self)
    return result

# %% solution="linear"
#| export
class Linear(Layer):
    def __init__(self, in_features: int, out_features: int, bias: bool = True):
        self.in_features, self.out_features = in_features, out_features
        draw = np.random.uniform
        edge = in_features**-0.5
        self.weight = Tensor(draw(-edge, edge, size=(out_features, in_features)).astype("f4"), requires_grad=True)
        self.bias = Tensor(draw(-edge, edge, size=out_features), requires_grad=True) if bias else None

    def forward(self, x: Tensor) -> Tensor:
        width = x.shape[-1] if x.ndim else None
        if width != self.in_features:
            raise ValueError(f"Linear({self.in_features}, {self.out_features}) cannot take {x.shape}")
        flat = x.reshape(-1, width) if x.size else x
        out = flat @ self.weight.transpose()
        if self.bias is not None:
            out = self.bias + out
        return out.reshape(*x.shape[:-1], self.out_features) if x.size else out

# %% solution="train-methods"
#| export
@patch
def train(self: Layer, mode: bool = True):
    setattr(self, "training", bool(mode))
    for value in _flatten(list(vars(self).values())):
        if isinstance(value, Layer):
            value.train(mode)
    return self


@patch
def eval(self: Layer):
    self.train(False)
    return self

# %% solution="dropout"
#| export
class Dropout(Layer):
    def __init__(self, p: float = 0.5):
        if not (0.0 <= p <= 1.0):
            raise ValueError("p must lie in 0..1")
        self.p = p

    def forward(self, x: Tensor) -> Tensor:
        if self.training is False:
            return x
        floats = x.data.dtype if np.issubdtype(x.data.dtype, np.floating) else np.float32
        mask = np.zeros(x.shape, floats)
        kept = np.random.uniform(size=x.shape) > self.p if self.p < 1 else np.zeros(x.shape, bool)
        mask[kept] = 1 / (1 - self.p) if self.p < 1 else 0
        return Tensor(mask, dtype=floats) * x

# %% solution="sequential"
#| export
from functools import reduce


class Sequential(Layer):
    def __init__(self, *layers):
        self.layers = [*layers]

    def forward(self, x):
        return reduce(lambda value, layer: layer(value), self.layers, x)

    def __getitem__(self, index):
        return self.layers.__getitem__(index)

    def __len__(self):
        return sum(1 for _ in self.layers)

    def __iter__(self):
        yield from self.layers

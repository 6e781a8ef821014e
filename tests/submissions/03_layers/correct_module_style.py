# %% [markdown]
# why: correct, as PyTorch does it - layers and parameters are noted when attributes are set
# base: reference

# %% solution="layer"
#| export
class Layer:
    training = True

    def __call__(self, *inputs, **options):
        return self.forward(*inputs, **options)

    def forward(self, *inputs):
        raise NotImplementedError("forward is missing in " + self.__class__.__name__)

    def _children(self):
        stack = list(reversed(list(self.__dict__.values())))
        while stack:
            value = stack.pop()
            if isinstance(value, (list, tuple)):
                stack.extend(reversed(value))
            elif isinstance(value, (Layer, Tensor)):
                yield value

# %% solution="parameters-method"
#| export
@patch
def parameters(self: Layer) -> list:
    found = {}
    for child in self._children():
        mine = child.parameters() if isinstance(child, Layer) else [child] if child.requires_grad else []
        for tensor in mine:
            found.setdefault(id(tensor), tensor)
    return list(found.values())

# %% solution="linear"
#| export
class Linear(Layer):
    def __init__(self, in_features, out_features, bias=True):
        self.in_features = in_features
        self.out_features = out_features
        k = 1.0 / in_features
        size = out_features * in_features
        self.weight = Tensor((2 * np.random.rand(size) - 1) * k**0.5, requires_grad=True).data.reshape(out_features, -1)
        self.weight = Tensor(self.weight, requires_grad=True)
        self.bias = None
        if bias:
            self.bias = Tensor((2 * np.random.rand(out_features) - 1) * k**0.5, requires_grad=True)

    def forward(self, x):
        if x.ndim == 0 or x.shape[x.ndim - 1] != self.in_features:
            raise ValueError(f"got {x.shape}, need {self.in_features} features at the end")
        y = x @ self.weight.transpose(0, 1)
        if self.bias is not None:
            y = y + self.bias
        return y

# %% solution="train-methods"
#| export
@patch
def train(self: Layer, mode=True):
    self.training = mode
    for child in self._children():
        if isinstance(child, Layer):
            child.train(mode)
    return self


@patch
def eval(self: Layer):
    return self.train(mode=False)

# %% solution="dropout"
#| export
class Dropout(Layer):
    def __init__(self, p=0.5):
        if p >= 0 and p <= 1:
            self.p = p
        else:
            raise ValueError(f"p is a probability, not {p}")

    def forward(self, x):
        if self.training:
            kept = np.random.binomial(1, 1 - self.p, size=x.shape)
            dtype = x.dtype if x.dtype in (np.float16, np.float32, np.float64) else np.float32
            mask = Tensor(kept, dtype=dtype)
            return x * mask / (1 - self.p) if self.p < 1 else x * mask
        return x

# %% solution="sequential"
#| export
class Sequential(Layer):
    def __init__(self, *layers):
        self.layers = layers

    def forward(self, x):
        for i in range(len(self)):
            x = self[i](x)
        return x

    def __getitem__(self, i):
        return self.layers[i]

    def __len__(self):
        return len(self.layers)

    def __iter__(self):
        for i in range(len(self.layers)):
            yield self.layers[i]

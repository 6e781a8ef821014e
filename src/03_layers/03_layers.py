# %% [markdown]
# # 03 · Layers
#
# > Something that holds weights, something that forgets on purpose, and something that puts them in a row.

# %% tags=["explore"]
# Run this cell first. From then on it says which steps pass, and how many visible points that is.
from tinytorch.panel import show_panel

show_panel("03")

# %% [markdown]
# The tests that you see are examples: when graded, each also tries other values that follow from the text. *Visible points*
# are those of the tests as you see them, so go by the text, and not by the tests alone.

# %% [markdown]
# **Foundation tier** · difficulty 2 of 4 · 2-3 hours · after 01 tensor, 02 activations
#
# You build `Layer`, the base class of everything that has weights, then `Linear`, `Dropout` and `Sequential`. Module 06
# computes gradients through them, module 07 asks `parameters()` what there is to learn.
#
# **On Binder?** The session is temporary and forgets everything. Before you close the tab: *File → Download*.

# %%
#| default_exp core.layers

# %% given="imports"
#| export
import numpy as np
from fastcore.basics import patch

from tinytorch.core.tensor import Tensor

# %% given="tools"
from tinytorch.core.activations import GELU, ReLU, Tanh
from tinytorch.profiling import kept_bytes, peak_bytes

# %% given="error-of"
def error_of(call, *args, **options):
    "The error that a call raises, or None if it raises none. The tests below use it."
    try:
        call(*args, **options)
    except Exception as error:
        return error

def raised(error):
    "What a call raised, in words."
    return "nothing" if error is None else repr(error)

# %% [markdown]
# A network is built from parts, and a part may be built from parts. Whoever trains it wants to know two things of any of them:
# *what comes out for this input*, and *which numbers may I change*?

# %% tags=["explore"]
from tinytorch.profiling import plots

chain = {"Linear": "64 → 32", "ReLU": "module 02", "Dropout": "p = 0.2", "Linear ": "32 → 10"}
plots.draw_chain(chain, title="Sequential(Linear(64, 32), ReLU(), Dropout(0.2), Linear(32, 10))",
                 highlight=["Linear", "Dropout", "Linear "]);

# %% [markdown]
# ## Step 1 · Layer: call it, and ask for its parameters
#
# A *parameter* is a Tensor that training may change: it has `requires_grad=True`. An object keeps its attributes in a
# dictionary, in the order
# in which they were made, and `vars` shows it:

# %%
class Scale:
    def __init__(self):
        self.factor = Tensor([2.0, 3.0], requires_grad=True)
        self.name = "scale"

vars(Scale())

# %% [markdown]
# A layer may hold other layers, as an attribute or several in a list. Their parameters are its own too. That is a walk through a
# tree, and the shortest way to walk a tree is a function that calls itself:

# %%
def leaves(tree):
    if isinstance(tree, list):
        for branch in tree:
            yield from leaves(branch)
    else:
        yield tree

list(leaves([1, [2, [3, 4]], 5]))

# %% [markdown]
# **Your turn, first of two.** Write `Layer`.
#
# - `layer(a, b)` gives what `layer.forward(a, b)` gives, for any number of inputs.
# - `Layer`'s own `forward` raises `NotImplementedError`, and its message contains the name of the object's class.
# - A subclass's `__init__` may forget to call `super().__init__()`, so write `Layer` without an `__init__`.

# %% [markdown]
# <details><summary>Hint</summary>
#
# Both bodies are one line. The name of an object's class is `type(self).__name__`.
# </details>

# %% solution="layer"
#| export
class Layer:
    """What can be called on Tensors and may hold parameters; a subclass writes `forward`.

    `training` says which mode the layer is in: True from the start.
    """

    training = True

    def __call__(self, *inputs):
        "Give what `forward` gives for the same inputs."
        ### BEGIN SOLUTION
        return self.forward(*inputs)
        ### END SOLUTION

    def forward(self, *inputs):
        "A subclass computes here; ours raises `NotImplementedError` with the class's name."
        ### BEGIN SOLUTION
        raise NotImplementedError(f"{type(self).__name__} has no forward")
        ### END SOLUTION

# %% test="layer-call" points=4
# Test 1a · 4 points · a call is a forward
class Twice(Layer):
    def forward(self, x):
        return x + x

got = Twice()(Tensor([1.0, 4.0]))
assert isinstance(got, Tensor), (
    f"Step 1: layer(x) should give what forward gives, a Tensor; it gave {got!r}."
)
assert got.data.tolist() == [2, 8], (
    f"Step 1: Twice()(x) should give 2, 8; it gave {got.data.tolist()}."
)
### BEGIN HIDDEN TESTS
class Several(Layer):
    def __init__(self, factor):
        self.factor = factor
    def forward(self, *inputs):
        return [len(inputs), *[self.factor * value for value in inputs]]

for inputs, want in [((), [0]), ((5,), [1, 50]), ((1, 2, 3), [3, 10, 20, 30])]:
    got = Several(10)(*inputs)
    assert got == want, f"Step 1: a call with {len(inputs)} inputs should give what forward gives, {want}; it gave {got!r}."
### END HIDDEN TESTS

# %% test="layer-no-forward" points=2
# Test 1b · 2 points · a layer without forward says so
error = error_of(Layer(), Tensor([1.0]))
assert isinstance(error, NotImplementedError), (
    f"Step 1: Layer()(x) should raise NotImplementedError; it raised {raised(error)}."
)
assert "Layer" in str(error), (
    f"Step 1: the message should contain the class's name 'Layer'; it was '{error!s:.70}'."
)
### BEGIN HIDDEN TESTS
class Unfinished(Layer):
    pass

error = error_of(lambda: Unfinished()(Tensor([1.0])))
assert isinstance(error, NotImplementedError), f"Step 1: without forward, expect NotImplementedError; it raised {raised(error)}."
assert "Unfinished" in str(error), f"Step 1: the message should contain the class's name 'Unfinished'; it was {str(error)!r}."
### END HIDDEN TESTS

# %% [markdown]
# **Second of two.** `parameters()` gives a list of all parameters.
#
# - Parameters are the Tensors with `requires_grad`. Look among the layer's attributes, in lists and tuples there, and in the layers
#   found in either place. Dictionaries are not looked into.
# - In order of definition: attribute by attribute; the parameters of an inner layer come at its place in that order.
# - Each once, also when two layers share it. What counts is identity: two Tensors that hold equal numbers are two.
# - Looked up anew with each call: what was replaced or added since is seen.

# %% [markdown]
# <details><summary>Hint</summary>
#
# `tensor in found` compares numbers, and raises an error. `id(tensor)` in a set, or `is`, compares identity. Step 3 walks through the
# same tree for another reason, so a helper `_parts(value)` that gives *all* Tensors and layers in it is worth writing, in this cell.
# </details>

# %% solution="parameters-method"
#| export
@patch
def parameters(self: Layer) -> list:
    """Every parameter once, in order of definition.

    Parameters are the Tensors with `requires_grad` among this layer's attributes, in lists and
    tuples there, and in the layers found in either place.
    """
    ### BEGIN SOLUTION
    return [part for part in _parts(self) if isinstance(part, Tensor) and part.requires_grad]


def _parts(value, seen=None):
    "Every Tensor and every Layer in `value`, itself included, each once, depth first."
    seen = set() if seen is None else seen
    if isinstance(value, (Tensor, Layer)):
        if id(value) in seen:
            return
        seen.add(id(value))
        yield value
    inner = vars(value).values() if isinstance(value, Layer) else value if isinstance(value, (list, tuple)) else ()
    for part in inner:
        yield from _parts(part, seen)
    ### END SOLUTION

# %% [markdown]
# The tests make layers: `layer_with(a=…, b=…)` has these attributes, in this order. And they name parameters:

# %% given="layer-with"
def layer_with(**attributes):
    "A layer with these attributes."
    layer = Layer()
    vars(layer).update(attributes)
    return layer

def parameter():
    "A new parameter. All of them hold the same number."
    return Tensor([1.0], requires_grad=True)

def names_of(layer, **known):
    "The names of a layer's parameters; '?' for one that is not known."
    names = {id(tensor): name for name, tensor in known.items()}
    return [names.get(id(found), "?") for found in layer.parameters()]

# %% test="parameters-own" points=6
# Test 1c · 6 points · its own parameters, in order
w, b = parameter(), parameter()
got = names_of(layer_with(size=3, w=w, name="one", b=b), w=w, b=b)
assert got == ["w", "b"], (
    f"Step 1: a layer with the parameters w and b should give ['w', 'b']; it gave {got}."
)
fixed = Tensor([1.0])
got = names_of(layer_with(fixed=fixed, b=b), fixed=fixed, b=b)
assert got == ["b"], (
    f"Step 1: a Tensor without requires_grad is no parameter: expected ['b'], got {got}."
)
### BEGIN HIDDEN TESTS
got = names_of(layer_with(b=b, w=w), w=w, b=b)
assert got == ["b", "w"], f"Step 1: parameters should come in order of definition, ['b', 'w']; they came as {got}."
got = list(layer_with().parameters())
assert got == [], f"Step 1: a layer without attributes should give []; it gave {got!r}."
got = names_of(layer_with(nothing=None, curve=ReLU(), size=(3, 4), text="w", array=np.ones(2), w=w), w=w)
assert got == ["w"], f"Step 1: other attributes should be passed over: expected ['w'], got {got}."
### END HIDDEN TESTS

# %% test="parameters-inner" points=4
# Test 1d · 4 points · those of inner layers, in lists and tuples too
a, b, c = parameter(), parameter(), parameter()
got = sorted(names_of(layer_with(first=layer_with(a=a), b=b, last=layer_with(c=c)), a=a, b=b, c=c))
assert got == ["a", "b", "c"], (
    f"Step 1: layer(a), b, layer(c) should give a, b and c; they gave {got}."
)
got = sorted(names_of(layer_with(layers=[layer_with(a=a), layer_with(b=b)], c=c), a=a, b=b, c=c))
assert got == ["a", "b", "c"], (
    f"Step 1: a list of layer(a), layer(b), then c should give a, b and c; they gave {got}."
)
### BEGIN HIDDEN TESTS
got = sorted(names_of(layer_with(layers=(layer_with(b=b), ReLU(), layer_with(a=a)), c=[c, 3]), a=a, b=b, c=c))
assert got == ["a", "b", "c"], f"Step 1: a tuple of layers (b), (a), a list with c should give a, b and c; they gave {got}."
deep = layer_with(inner=layer_with(layers=[layer_with(inner=layer_with(c=c)), layer_with(a=a)]), b=b)
got = sorted(names_of(deep, a=a, b=b, c=c))
assert got == ["a", "b", "c"], f"Step 1: layers in layers in layers should give a, b and c; they gave {got}."
got = names_of(layer_with(empty=[], none=(), words=["x", None]), a=a)
assert got == [], f"Step 1: lists without layers and Tensors should give []; they gave {got}."
### END HIDDEN TESTS

# %% test="parameters-order" points=2
# Test 1e · 2 points · in order of definition
a, b, c = parameter(), parameter(), parameter()
got = names_of(layer_with(first=layer_with(a=a), b=b, last=layer_with(c=c)), a=a, b=b, c=c)
assert got == ["a", "b", "c"], (
    f"Step 1: layer(a), b, layer(c) should give ['a', 'b', 'c'] in this order; they gave {got}."
)
### BEGIN HIDDEN TESTS
got = names_of(layer_with(layers=[layer_with(b=b), layer_with(a=a)], c=c), a=a, b=b, c=c)
assert got == ["b", "a", "c"], f"Step 1: a list of layer(b), layer(a), then c should give ['b', 'a', 'c']; they gave {got}."
deep = layer_with(inner=layer_with(layers=[layer_with(inner=layer_with(c=c)), layer_with(a=a)]), b=b)
got = names_of(deep, a=a, b=b, c=c)
assert got == ["c", "a", "b"], f"Step 1: layers in layers in layers should give ['c', 'a', 'b']; they gave {got}."
### END HIDDEN TESTS

# %% test="parameters-once" points=4
# Test 1f · 4 points · each once, by identity
shared, own = parameter(), parameter()
layer = layer_with(one=layer_with(w=shared), two=layer_with(w=shared, b=own))
got = names_of(layer, shared=shared, own=own)
assert got == ["shared", "own"], (
    f"Step 1: a parameter shared by two layers should come once: ['shared', 'own']; "
    f"it came as {got}."
)
### BEGIN HIDDEN TESTS
inner = layer_with(w=shared, b=own)
got = names_of(layer_with(layers=[inner, inner], again=inner), shared=shared, own=own)
assert got == ["shared", "own"], f"Step 1: a layer that is held three times should count once: ['shared', 'own']; got {got}."
twins = [parameter(), parameter(), parameter()]
got = len(list(layer_with(twins=twins).parameters()))
assert got == 3, f"Step 1: three parameters of equal numbers are three; parameters() gave {got}."
### END HIDDEN TESTS

# %% test="parameters-anew" points=2
# Test 1g · 2 points · a list, made anew with each call
layer, w, b = layer_with(), parameter(), parameter()
got = layer.parameters()
assert isinstance(got, list), f"Step 1: parameters() should give a list; it gave {got!r}."
layer.w = w
got = names_of(layer, w=w)
assert got == ["w"], (
    f"Step 1: a parameter that is added later should be seen: ['w']; it gave {got}."
)
### BEGIN HIDDEN TESTS
layer.parameters().clear()
layer.w, layer.b = b, w
got = names_of(layer, w=w, b=b)
assert got == ["b", "w"], f"Step 1: replaced parameters should be seen: ['b', 'w']; it gave {got}."
### END HIDDEN TESTS

# %% test="layer-ready" points=0
# Nothing to do here. When graded, the next steps use your Layer if it works, else a stand-in.
### BEGIN HIDDEN TESTS
def _walk(node, seen):
    if isinstance(node, (Layer, Tensor)):
        if any(node is other for other in seen):
            return
        seen.append(node)
    inside = node if isinstance(node, (list, tuple)) else []
    for item in vars(node).values() if isinstance(node, Layer) else inside:
        _walk(item, seen)

def _tensors(self):
    seen = []
    _walk(self, seen)
    return [item for item in seen if isinstance(item, Tensor) and item.requires_grad]

def _finds_parameters():
    a, b, c = parameter(), parameter(), parameter()
    tree = layer_with(n=3, one=layer_with(a=a, x=Tensor([1.0])), two=[layer_with(b=b), layer_with(a=a)], c=(c,))
    found = tree.parameters()
    return isinstance(found, list) and [id(item) for item in found] == [id(a), id(b), id(c)]

def _calls_forward():
    class Probe(Layer):
        def forward(self, x, y):
            return x - y
    return Probe()(5, 3) == 2

if not isinstance(globals().get("Layer"), type) or error_of(Layer) is not None:
    Layer = type("Layer", (), {"training": True})
if error_of(_calls_forward) is not None or not _calls_forward():
    Layer.__call__ = lambda self, *inputs: self.forward(*inputs)
if error_of(_finds_parameters) is not None or not _finds_parameters():
    Layer.parameters = _tensors
if "_parts" not in globals():
    def _parts(tree):
        nodes = []
        _walk(tree, nodes)
        return nodes
### END HIDDEN TESTS

# %% [markdown]
# ## Step 2 · Linear: the layer that learns
#
# Each output is a weighted sum of all inputs, plus a *bias*. The weights are a table with one row per output:

# %%
weight = Tensor([[1.0, 0.0, 0.0], [0.5, 0.5, 0.5]])
x = Tensor([[2.0, 4.0, 6.0], [1.0, 1.0, 1.0]])
x @ weight.transpose() + Tensor([0.0, 100.0])

# %% [markdown]
# Two samples went in, each of 3 features; two came out, each of 2. The product doesn't care how many samples there are, or how
# many axes stand in front: only the last length counts.

# %% [markdown]
# What numbers to begin with? All the same would make all outputs the same, for ever. So chance decides. How large the numbers
# may be, the picture at the end of this step shows.

# %% [markdown]
# Write the forward **with Tensor operations**, not on `.data`. Module 06 follows operations from result to parameter to compute
# gradients; what was computed on bare arrays leaves no trace. This class shows the idea, and the tests use it:

# %% given="traced"
class Traced(Tensor):
    "A Tensor that knows which Tensors its numbers came from: every operation hands that on."
    def __init__(self, data, *came_from):
        super().__init__(data, requires_grad=True, dtype=np.asarray(data).dtype)
        self.came_from = set(came_from)

def _tracing(name):
    def operation(self, *others, **options):
        result = getattr(Tensor, name)(self, *others, **options)
        sources = [getattr(other, "came_from", ()) for other in others]
        return Traced(result.data, *self.came_from.union(*sources))
    return operation

_names = "add radd sub rsub mul rmul truediv rtruediv matmul rmatmul neg getitem".split()
for _name in [*[f"__{name}__" for name in _names], "sum", "mean", "max", "reshape", "transpose"]:
    setattr(Traced, _name, _tracing(_name))

def sources_of(result):
    "The names that a result came from, as a list."
    return sorted(getattr(result, "came_from", []))

# %%
sources_of(Traced([[1.0, 2.0]], "x") @ Traced([[3.0], [4.0]], "weight"))

# %% [markdown]
# **Your turn.** Write `Linear(in_features, out_features, bias=True)`.
#
# - Keep the arguments `in_features` and `out_features` under these names.
# - `weight` (out_features, in_features) and `bias` (out_features,) are float32 parameters, drawn from `np.random` (which
#   `np.random.seed` repeats), evenly between -1/√in_features and +1/√in_features.
# - With `bias=False`, `bias` is None.
# - `forward(x)` is `x @ weight.transpose() + bias`, in Tensor operations, for any number of axes in front, none too, or no samples.
# - Another last length than `in_features`, or a single number: `ValueError` whose message contains `in_features` and the shape
#   of `x`.
# - A Linear keeps no bytes but its parameters', and a forward copies no weights.

# %% [markdown]
# <details><summary>Hint</summary>
#
# `np.random.uniform(low, high, shape)` draws all at once; a Tensor makes float32 of it. `x.shape[-1:]` is a tuple of the last length,
# and `()` for a single number.
# </details>

# %% solution="linear"
#| export
class Linear(Layer):
    """`x @ weight.transpose() + bias`: (..., in_features) becomes (..., out_features).

    `weight` (out_features, in_features) and `bias` (out_features,) are parameters, drawn from
    `np.random`, uniform between -1/sqrt(in_features) and +1/sqrt(in_features), or `bias` is None.
    Raises `ValueError` when the input's last length is not `in_features`.
    """

    def __init__(self, in_features: int, out_features: int, bias: bool = True):
        ### BEGIN SOLUTION
        bound = 1 / np.sqrt(in_features)
        self.in_features, self.out_features = in_features, out_features
        self.weight = Tensor(np.random.uniform(-bound, bound, (out_features, in_features)), requires_grad=True)
        self.bias = Tensor(np.random.uniform(-bound, bound, out_features), requires_grad=True) if bias else None
        ### END SOLUTION

    def forward(self, x: Tensor) -> Tensor:
        ### BEGIN SOLUTION
        if x.shape[-1:] != (self.in_features,):
            raise ValueError(f"Linear takes (..., {self.in_features}), but the input has the shape {x.shape}")
        product = x @ self.weight.transpose()
        return product if self.bias is None else product + self.bias
        ### END SOLUTION

# %% test="linear-parameters" points=5
# Test 2a · 5 points · weight and bias
layer = Linear(3, 2)
for name in ["weight", "bias"]:
    got = getattr(layer, name)
    assert isinstance(got, Tensor), f"Step 2: {name} should be a Tensor; it was {got!r}."
    asked = got.requires_grad
    assert asked is True, f"Step 2: {name} should have requires_grad=True; it has {asked!r}."
for name, shape in [("weight", (2, 3)), ("bias", (2,))]:
    got = getattr(layer, name).data.shape
    assert got == shape, (
        f"Step 2: {name} of Linear(3, 2) should have the shape {shape}; it has {got}."
    )
### BEGIN HIDDEN TESTS
for inner, outer in [(1, 1), (5, 1), (1, 4), (64, 10)]:
    layer = Linear(inner, outer)
    got = [layer.weight.data.shape, layer.bias.data.shape]
    assert got == [(outer, inner), (outer,)], f"Step 2: Linear({inner}, {outer}) should have {(outer, inner)}, {(outer,)}; it had {got}."
    got = [str(layer.weight.data.dtype), str(layer.bias.data.dtype)]
    assert got == ["float32", "float32"], f"Step 2: weight and bias should be float32; they were {got}."
    got = [layer.in_features, layer.out_features, len(layer.parameters())]
    assert got == [inner, outer, 2], f"Step 2: in_features, out_features and two parameters were expected; got {got}."
### END HIDDEN TESTS

# %% test="linear-chance" points=5
# Test 2b · 5 points · the numbers to begin with
np.random.seed(4)
weights = np.abs(Linear(400, 300).weight.data)
most, mean = float(weights.max()), float(weights.mean())
assert most <= 0.0500001, (
    f"Step 2: with 400 inputs no weight should be beyond ±0.05; the largest was {most:.4f}."
)
assert 0.024 < mean < 0.026, (
    f"Step 2: spread evenly up to 0.05, weights are 0.025 from zero on average; it was {mean:.4f}."
)
### BEGIN HIDDEN TESTS
np.random.seed(5)
layer = Linear(100, 2000)
for name in ["weight", "bias"]:
    values = getattr(layer, name).data
    most, mean, middle = float(abs(values).max()), float(abs(values).mean()), float(values.mean())
    assert 0.099 < most < 0.1000001, f"Step 2: with 100 inputs {name} should reach up to ±0.1; it reached {most:.4f}."
    assert 0.047 < mean < 0.053, f"Step 2: {name} should be spread evenly, 0.05 from zero on average; it was {mean:.4f}."
    assert abs(middle) < 0.006, f"Step 2: {name} should be 0 on average; it was {middle:.4f}."
drawn = []
for seed in [6, 6, 7]:
    np.random.seed(seed)
    drawn.append(Linear(3, 2).weight.data.tolist())
assert drawn[0] == drawn[1], f"Step 2: np.random.seed should repeat the weights; they were {drawn[0]}, then {drawn[1]}."
assert drawn[0] != drawn[2], f"Step 2: another seed should give other weights; they were {drawn[0]} again."
### END HIDDEN TESTS

# %% test="linear-forward" points=7
# Test 2c · 7 points · forward
layer = Linear(3, 2)
layer.weight = Tensor([[1.0, 0.0, 0.0], [0.5, 0.5, 0.5]], requires_grad=True)
layer.bias = Tensor([0.0, 100.0], requires_grad=True)
got = layer(Tensor([[2.0, 4.0, 6.0], [1.0, 1.0, 1.0]]))
assert isinstance(got, Tensor), f"Step 2: Linear should give a Tensor; it gave {got!r}."
want = [[2.0, 106.0], [1.0, 101.5]]
assert np.allclose(got.data, want), (
    f"Step 2: the outputs should be {want}; they were {got.data.tolist()}."
)
### BEGIN HIDDEN TESTS
layer = Linear(4, 3)
layer.weight = Tensor(np.linspace(-1, 1, 12).reshape(3, 4), requires_grad=True)
layer.bias = Tensor(np.array([5.0, -5.0, 0.5]), requires_grad=True)
got = layer(Tensor(np.linspace(0, 3, 20).reshape(5, 4))).data
want = np.linspace(0, 3, 20).reshape(5, 4) @ np.linspace(-1, 1, 12).reshape(3, 4).T + np.array([5.0, -5.0, 0.5])
assert got.shape == (5, 3), f"Step 2: (5, 4) through Linear(4, 3) should have the shape (5, 3); it had {got.shape}."
assert np.allclose(got, want, atol=1e-5), f"Step 2: the outputs should be {want.tolist()}; they were {got.tolist()}."
got = layer(Tensor([[1, 0, 0, 0]])).data
assert np.allclose(got, [[4, -5.272727, 0.954545]], atol=1e-5), f"Step 2: integers 1, 0, 0, 0 should give 4, -5.27, 0.95; they gave {got.tolist()}."
assert got.dtype == np.float32, f"Step 2: integers should give float32; they gave {got.dtype}."
got = layer(Tensor(np.ones((1, 4)), dtype=np.float64)).data.dtype
assert got == np.float64, f"Step 2: a float64 input should give float64; it gave {got}."
### END HIDDEN TESTS

# %% test="linear-batches" points=4
# Test 2d · 4 points · any axes in front
layer = Linear(3, 2)
got = [layer(Tensor(np.ones(shape))).data.shape for shape in [(3,), (5, 3), (4, 5, 3)]]
assert got == [(2,), (5, 2), (4, 5, 2)], (
    f"Step 2: (3,), (5, 3), (4, 5, 3) should give (2,), (5, 2), (4, 5, 2); they gave {got}."
)
### BEGIN HIDDEN TESTS
got = [layer(Tensor(np.ones(shape))).data.shape for shape in [(0, 3), (2, 0, 3), (6, 5, 4, 3)]]
assert got == [(0, 2), (2, 0, 2), (6, 5, 4, 2)], f"Step 2: (0, 3), (2, 0, 3), (6, 5, 4, 3) gave the shapes {got}."
for shape in [(), (2,), (3, 1)]:
    layer.weight = Tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], requires_grad=True)
    layer.bias = Tensor([0.0, 0.0], requires_grad=True)
    got = layer(Tensor(np.ones((*shape, 3)))).data
    assert np.allclose(got, np.broadcast_to([6, 15], (*shape, 2))), f"Step 2: ones of {(*shape, 3)} should give 6, 15 each; got {got.tolist()}."
### END HIDDEN TESTS

# %% test="linear-no-bias" points=3
# Test 2e · 3 points · without bias
layer = Linear(3, 2, bias=False)
assert layer.bias is None, f"Step 2: with bias=False, bias should be None; it was {layer.bias!r}."
### BEGIN HIDDEN TESTS
layer.weight = Tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], requires_grad=True)
got = layer(Tensor([[1.0, 1.0, 1.0], [0.0, 0.0, 0.0]])).data.tolist()
assert got == [[6, 15], [0, 0]], f"Step 2: without bias, ones and zeros should give [6, 15] and [0, 0]; they gave {got}."
### END HIDDEN TESTS

# %% test="linear-wrong-shape" points=3
# Test 2f · 3 points · an input that does not fit
error = error_of(Linear(7, 2), Tensor(np.ones((5, 4))))
assert isinstance(error, ValueError), (
    f"Step 2: (5, 4) into Linear(7, 2) should raise ValueError; it raised {raised(error)}."
)
for part in ["7", "(5, 4)"]:
    assert part in str(error), (
        f"Step 2: the message should contain {part!r}; it was '{error!s:.70}'."
    )
### BEGIN HIDDEN TESTS
for shape in [(31, 17), (), (17,), (0, 30), (1,), (31, 1)]:
    error = error_of(Linear(31, 2), Tensor(np.ones(shape)))
    assert isinstance(error, ValueError), f"Step 2: {shape} into Linear(31, 2) should raise ValueError; it raised {raised(error)}."
    assert "31" in str(error).replace(str(shape), ""), f"Step 2: for {shape} the message should contain 31; it was {str(error)!r}."
    assert str(shape) in str(error), f"Step 2: the message should contain the shape {shape}; it was {str(error)!r}."
### END HIDDEN TESTS

# %% test="linear-operations" points=4
# Test 2g · 4 points · Tensor operations all the way
layer = Linear(3, 2)
layer.weight, layer.bias = Traced(np.ones((2, 3)), "weight"), Traced(np.ones(2), "bias")
got = sources_of(layer(Traced(np.ones((5, 3)), "x")))
assert got == ["bias", "weight", "x"], (
    f"Step 2: the result should be traced to bias, weight and x; it came from {got}: was .data "
    "used?"
)
### BEGIN HIDDEN TESTS
got = sources_of(layer(Tensor(np.ones((4, 5, 3)))))
assert got == ["bias", "weight"], f"Step 2: with a plain input the result should be traced to bias and weight; it came from {got}."
layer = Linear(3, 2, bias=False)
layer.weight = Traced(np.ones((2, 3)), "weight")
got = sources_of(layer(Traced(np.ones(3), "x")))
assert got == ["weight", "x"], f"Step 2: without bias the result should be traced to weight and x; it came from {got}."
### END HIDDEN TESTS

# %% test="linear-profile" points=4
# Profile 2 · 4 points · bytes held, and bytes of a forward
layer, x = Linear(1000, 500), Tensor(np.ones((100, 1000)))
held = kept_bytes(lambda: Linear(1000, 500))
peak = peak_bytes(lambda: layer(x))
print(f"Linear(1000, 500): {held:,} B held; a forward of 100 samples allocates {peak:,} B")
assert held < 2_100_000, f"Step 2: 500,500 float32 are 2,002,000 B; the layer holds {held:,} B."
assert peak < 900_000, (
    f"Step 2: a forward makes two results of 200,000 B; it took {peak:,} B: were the weights "
    "copied?"
)
### BEGIN HIDDEN TESTS
layer = Linear(500, 1000, bias=False)
x = Tensor(np.ones((10, 500)))
peak = peak_bytes(lambda: [layer(x) for _ in range(10)][-1])
assert peak < 900_000, f"Step 2: ten forwards of 10 samples make results of 400,000 B; they took {peak:,} B."
kept = kept_bytes(lambda: [layer(x), None][1])
assert kept < 20_000, f"Step 2: after a forward nothing should be kept; {kept:,} B were."
### END HIDDEN TESTS

# %% [markdown]
# How large may the first numbers be? Ten layers of 200, a Tanh after each, four ways to draw the weights. Each small picture
# shows all activations behind layer 1, 5 or 10; "spread" is their standard deviation:

# %% tags=["explore"]
import matplotlib.pyplot as plt

def activations(bound, layers=10, width=200):
    "What comes out of each of ten layers, whose weights are drawn between -bound and +bound."
    x, outputs = Tensor(np.random.normal(size=(500, width))), []
    for _ in range(layers):
        weight = Tensor(np.random.uniform(-bound, bound, (width, width)))
        x = Tanh()(x @ weight.transpose())
        outputs.append(x.data.ravel())
    return outputs

np.random.seed(0)
root = np.sqrt(200)
drawn = {"±0.01": 0.01, "±1/√in: ours": 1 / root, "±√3/√in": np.sqrt(3) / root, "±0.5": 0.5}

# %% tags=["explore"]
with plt.rc_context(plots.STYLE):
    figure, grid = plt.subplots(3, 4, figsize=(11, 5.2), sharex=True, layout="constrained")
    for column, (name, colour) in enumerate(zip(drawn, plots.COLOURS, strict=False)):
        outputs = activations(drawn[name])
        for panel, layer in zip(grid[:, column], [1, 5, 10], strict=True):
            panel.hist(outputs[layer - 1], bins=60, range=(-1, 1), color=colour)
            spread = f"spread {outputs[layer - 1].std():.1g}"
            panel.text(0.03, 0.85, spread, transform=panel.transAxes, fontsize=11)
            panel.set(yticks=[], ylim=(0, 1.3 * panel.get_ylim()[1]))
            panel.set(ylabel="" if column else f"layer {layer}")
        grid[0, column].set_title(name, fontsize=13)
        grid[2, column].set_xlabel("activation")
plt.show()

# %% [markdown]
# *In words: weights of ±0.01 shrink everything to zero by layer 5; ours shrink to a spread of about 0.003 at layer 10; ±√3/√in stays broad
# through all ten; ±0.5 throws nearly all activations to -1 and 1.* Ours is PyTorch's choice too: good for a few layers,
# while deep networks take the third, or normalize in between.

# %% test="linear-ready" points=0
# Nothing to do here. When graded, the next steps use your Linear if it works, else a stand-in.
### BEGIN HIDDEN TESTS
def _linear_works():
    layer = Linear(3, 2)
    out = layer(Tensor(np.ones((4, 3)))).data
    fits = np.allclose(out, np.ones((4, 3)) @ layer.weight.data.T + layer.bias.data, atol=1e-5)
    alone = Linear(3, 2, bias=False)
    known = [id(p) for p in layer.parameters()] == [id(layer.weight), id(layer.bias)]
    known = known and set(vars(layer)) == set(vars(Linear(3, 2)))  # it kept nothing of the call
    return fits and known and alone(Tensor(np.ones(3))).data.shape == (2,) and alone.weight.data.shape == (2, 3)

def _linear_stand_in():
    def begin(self, in_features, out_features, bias=True):
        reach, shape = in_features**-0.5, (out_features, in_features)
        vars(self).update(in_features=in_features, out_features=out_features)
        for name, size in [("weight", shape), ("bias", shape[:1])]:
            numbers = np.random.uniform(-reach, reach, size)
            setattr(self, name, Tensor(numbers, requires_grad=True) if bias or name == "weight" else None)
    def forward(self, x):
        y = x @ self.weight.transpose()
        return y + self.bias if self.bias is not None else y
    return type("Linear", (Layer,), {"__init__": begin, "forward": forward})

if "Linear" not in globals() or error_of(_linear_works) is not None or not _linear_works():
    Linear = _linear_stand_in()
### END HIDDEN TESTS

# %% [markdown]
# ## Step 3 · Dropout: forget on purpose, but only in training
#
# A network that relies on single numbers inside it learns its samples by heart. *Dropout* sets each activation to zero with
# probability p, anew for each call, so that none can be relied on. Once training is over, nothing is dropped.
#
# So layers have two modes, training and evaluation. `layer.training` says which, and a network sets it for all its layers at
# once.

# %%
np.random.seed(0)
mask = np.random.random(10_000) >= 0.5
mask[:8], (np.ones(10_000) * mask / 0.5).mean()

# %% [markdown]
# Half are gone, so the others count double: multiplied by 1 / (1 - p), the mean stays what it was, and in evaluation there is
# nothing to correct. That is *inverted* dropout.

# %% tags=["explore"]
from tinytorch.datasets import load_digits

digit = load_digits()[0][5] * 1.0
digit = digit / digit.max()
pictures = [digit * (np.random.random((8, 8)) >= p) for p in [0, 0.2, 0.5, 0.8]]
names = ["p = 0", "p = 0.2", "p = 0.5", "p = 0.8"]
plots.draw_images(pictures, names, title="Each pixel set to 0 with probability p", columns=4)

# %% [markdown]
# **Your turn, first of two.** `layer.train(mode=True)` and `layer.eval()`.
#
# - `train()` sets `training` to `mode` on the layer and on all layers in it, found where `parameters()` looks. `eval()` is `train(False)`.
# - Both give back the layer itself, so `model = build().eval()` works.

# %% [markdown]
# <details><summary>Hint</summary>
#
# This is the walk of step 1 again; this time the layers on the way matter, not the Tensors.
# </details>

# %% solution="train-methods"
#| export
@patch
def train(self: Layer, mode: bool = True) -> Layer:
    "Set `training` to `mode`, here and in all layers inside; give the layer itself."
    ### BEGIN SOLUTION
    for part in _parts(self):
        if isinstance(part, Layer):
            part.training = mode
    return self
    ### END SOLUTION

@patch
def eval(self: Layer) -> Layer:
    "The same as `train(False)`."
    ### BEGIN SOLUTION
    return self.train(False)
    ### END SOLUTION

# %% test="train-eval" points=5
# Test 3a · 5 points · two modes, for all layers inside
inner, listed = layer_with(), layer_with()
outer = layer_with(inner=inner, layers=[listed, ReLU()], w=parameter())
got = [layer.training for layer in (outer, inner, listed)]
assert got == [True, True, True], f"Step 3: layers should start in training mode; it was {got}."
outer.eval()
got = [layer.training for layer in (outer, inner, listed)]
assert got == [False, False, False], (
    f"Step 3: after eval(), training should be False in all three; it was {got}."
)
### BEGIN HIDDEN TESTS
outer.train()
got = [layer.training for layer in (outer, inner, listed)]
assert got == [True, True, True], f"Step 3: after train(), training should be True in all three; it was {got}."
outer.train(mode=False)
got = [layer.training for layer in (outer, inner, listed)]
assert got == [False, False, False], f"Step 3: after train(mode=False), training should be False in all three; it was {got}."
low = layer_with()
high = layer_with(middle=layer_with(pair=(layer_with(low=low), None)))
same = high.eval() is high
assert same, "Step 3: eval() should give the layer itself; it gave something else."
got = [high.training, low.training, Layer().training]
assert got == [False, False, True], f"Step 3: eval() should reach a layer four levels down, and no other layer; got {got}."
same = high.train() is high
assert same, "Step 3: train() should give the layer itself; it gave something else."
got = low.training
assert got is True, f"Step 3: train() should reach a layer four levels down; its training was {got}."
### END HIDDEN TESTS

# %% test="train-ready" points=0
# Nothing to do here. When graded, what follows uses your train and eval, or stand-ins.
### BEGIN HIDDEN TESTS
def _switch(self, mode=True):
    seen = []
    _walk(self, seen)
    for item in seen:
        if isinstance(item, Layer):
            item.training = mode
    return self

def _switches():
    low = layer_with()
    high = layer_with(a=layer_with(b=[1, low]))
    states = [high.training, low.training]
    for call in (high.eval, high.train, lambda: high.train(False)):
        fine = call() is high
        states += [fine, high.training, low.training]
    return states == [True, True, True, False, False, True, True, True, True, False, False]

if error_of(_switches) is not None or not _switches():
    Layer.train, Layer.eval, Layer.training = _switch, (lambda self: _switch(self, False)), True
### END HIDDEN TESTS

# %% [markdown]
# **Second of two.** Write `Dropout(p=0.5)`.
#
# - In training each element becomes 0 with probability `p`, by itself; the others are multiplied by 1 / (1 - p). With `p=1` all become 0.
# - In evaluation mode `forward(x)` gives `x` itself, the same object.
# - Chance comes from `np.random`, with a new mask for each call; in evaluation mode none is drawn.
# - The mask is a Tensor, and `x * mask` a Tensor operation, so that module 06 can follow. Floats keep their dtype; integers become float32.
# - `p` outside 0..1, or nan: `ValueError`. Keep `p` under that name.

# %% [markdown]
# <details><summary>Hint</summary>
#
# `np.random.random(x.shape)` gives numbers in [0, 1); a comparison with `p` gives bools. Give the mask the dtype of `x` where that is a
# float. And what is 1 / (1 - p) for `p=1`?
# </details>

# %% solution="dropout"
#| export
class Dropout(Layer):
    """In training, sets each element to zero with probability `p`, and divides the others by 1 - p.

    Chance comes from `np.random`, anew for each call. `ValueError` when `p` is not between 0 and 1.
    """

    def __init__(self, p: float = 0.5):
        ### BEGIN SOLUTION
        if not 0 <= p <= 1:
            raise ValueError(f"p must be between 0 and 1; it was {p!r}")
        self.p = p
        ### END SOLUTION

    def forward(self, x: Tensor) -> Tensor:
        ### BEGIN SOLUTION
        if not self.training:
            return x
        scale = 1 / (1 - self.p) if self.p < 1 else 0
        mask = (np.random.random(x.shape) >= self.p) * scale
        return x * Tensor(mask, dtype=x.dtype if x.dtype.kind == "f" else np.float32)
        ### END SOLUTION

# %% test="dropout-share" points=5
# Test 3b · 5 points · a share of p becomes zero
np.random.seed(2)
out = Dropout(0.3)(Tensor(np.ones(10_000)))
assert isinstance(out, Tensor), f"Step 3: Dropout should give a Tensor; it gave {out!r}."
share = float((out.data == 0).mean())
assert 0.27 < share < 0.33, (
    f"Step 3: p=0.3 should set about 0.3 of the elements to zero; it was {share:.3f}."
)
### BEGIN HIDDEN TESTS
np.random.seed(3)
for p in [0.1, 0.8]:
    out = Dropout(p)(Tensor(np.ones((200, 100)))).data
    share, rows = float((out == 0).mean()), int(np.unique((out == 0).sum(axis=1)).size)
    assert abs(share - p) < 0.03, f"Step 3: p={p} should set about {p} of the elements to zero; it was {share:.3f}."
    assert rows > 3, f"Step 3: each element should be decided by itself; with p={p} the rows had {rows} different counts of zeros."
    columns = int(np.unique((out == 0).sum(axis=0)).size)
    assert columns > 3, f"Step 3: each element should be decided by itself; the columns had {columns} different counts of zeros."
share = float((Dropout()(Tensor(np.ones(10_000))).data == 0).mean())
assert 0.47 < share < 0.53, f"Step 3: without p, half should become zero; it was {share:.3f}."
### END HIDDEN TESTS

# %% test="dropout-scale" points=4
# Test 3c · 4 points · the others count for more
np.random.seed(4)
got = np.unique(Dropout(0.75)(Tensor(np.full(100, 2.0))).data).tolist()
assert got == [0, 8], f"Step 3: with p=0.75 each 2 should become 0 or 8; the values were {got}."
### BEGIN HIDDEN TESTS
np.random.seed(5)
for p in [0.2, 0.5]:
    out = Dropout(p)(Tensor(np.linspace(1, 2, 1000).reshape(10, 100))).data
    kept = np.linspace(1, 2, 1000).reshape(10, 100) / (1 - p)
    assert out.shape == (10, 100), f"Step 3: Dropout of the shape (10, 100) should keep it; it gave {out.shape}."
    assert np.allclose(out[out != 0], kept[out != 0]), f"Step 3: with p={p} what is kept should be divided by {1 - p}; it was not."
    mean = float(out.mean())
    assert abs(mean - 1.5) < 0.15, f"Step 3: with p={p} the mean should stay at about 1.5; it was {mean:.3f}."
### END HIDDEN TESTS

# %% test="dropout-eval" points=3
# Test 3d · 3 points · in evaluation mode x itself
layer, x = Dropout(0.9), Tensor([1.0, 2.0])
layer.eval()
same = layer(x) is x
assert same, (
    "Step 3: in evaluation mode Dropout should give the very Tensor that came in; it gave another "
    "one."
)
### BEGIN HIDDEN TESTS
np.random.seed(6)
before = np.random.get_state()[1].tolist(), np.random.get_state()[2]
layer(Tensor(np.ones(50)))
after = np.random.get_state()[1].tolist(), np.random.get_state()[2]
assert before == after, "Step 3: in evaluation mode no chance should be drawn; np.random's state changed."
layer.train()
got = int((layer(Tensor(np.ones(1000))).data == 0).sum())
assert got > 0, f"Step 3: back in training, Dropout should drop again; of 1,000 elements it dropped {got}."
### END HIDDEN TESTS

# %% test="dropout-chance" points=2
# Test 3e · 2 points · a new mask for each call, repeated by the seed
layer, x, drawn = Dropout(), Tensor(np.ones(100)), []
for seed in [7, 7]:
    np.random.seed(seed)
    drawn += [layer(x).data.tolist(), layer(x).data.tolist()]
assert drawn[0] != drawn[1], "Step 3: each call should draw a new mask; two calls gave the same."
assert drawn[:2] == drawn[2:], "Step 3: np.random.seed should repeat the masks; they differed."
### BEGIN HIDDEN TESTS
one, other = Dropout(), Dropout()
np.random.seed(8)
drawn = [one(x).data.tolist(), other(x).data.tolist()]
assert drawn[0] != drawn[1], "Step 3: two layers should draw masks of their own; they were the same."
got = x.data.tolist()
assert got == [1.0] * 100, f"Step 3: Dropout should leave its input alone; it became {got}."
### END HIDDEN TESTS

# %% test="dropout-p" points=2
# Test 3f · 2 points · which p there are
for p in [-0.1, 1.5]:
    error = error_of(Dropout, p)
    assert isinstance(error, ValueError), (
        f"Step 3: p={p} should raise ValueError; it raised {raised(error)}."
    )
got = Dropout(0.25).p
assert got == 0.25, f"Step 3: p should be kept as 0.25; it was {got!r}."
### BEGIN HIDDEN TESTS
for p in [float("nan"), 2, -1]:
    error = error_of(Dropout, p)
    assert isinstance(error, ValueError), f"Step 3: p={p} should raise ValueError; it raised {raised(error)}."
got = Dropout(1)(Tensor([1.0, -2.0, 3.0])).data
assert got.tolist() == [0, 0, 0], f"Step 3: p=1 should make all zero; it gave {got.tolist()}."
got = Dropout(0.0)(Tensor([1.0, -2.0, 3.0])).data.tolist()
assert got == [1, -2, 3], f"Step 3: p=0 should change no number; it gave {got}."
### END HIDDEN TESTS

# %% test="dropout-operations" points=3
# Test 3g · 3 points · a Tensor operation, and the dtype
np.random.seed(9)
got = sources_of(Dropout(0.5)(Traced(np.ones((3, 4)), "x")))
assert got == ["x"], (
    f"Step 3: the result should be traced to x; it came from {got}: was .data used?"
)
got = Dropout(0.5)(Tensor([1.0, 2.0], dtype=np.float64)).data.dtype
assert got == np.float64, f"Step 3: Dropout of float64 should be float64; it was {got}."
### BEGIN HIDDEN TESTS
for given, want in [("float16", "float16"), ("float32", "float32"), ("int64", "float32"), ("uint8", "float32")]:
    got = Dropout(0.5)(Tensor(np.ones(20, given), dtype=given)).data
    assert got.dtype == want, f"Step 3: Dropout of {given} should be {want}; it was {got.dtype}."
for shape in [(), (0,), (2, 3, 4)]:
    got = Dropout(0.5)(Tensor(np.ones(shape))).data
    assert got.shape == shape, f"Step 3: Dropout of the shape {shape} should keep it; it gave {got.shape}."
### END HIDDEN TESTS

# %% test="dropout-ready" points=0
# Nothing to do here. When graded, step 4 uses your Dropout if it works, else a stand-in.
### BEGIN HIDDEN TESTS
def _dropout_works():
    x, layer = Tensor(np.ones(500)), Dropout(0.5)
    values = np.unique(layer(x).data).tolist()
    if np.array_equal(layer(x).data, layer(x).data):
        return False
    layer.eval()
    return values == [0, 2] and layer(x) is x

def _dropout_stand_in():
    def forward(self, x):
        drawn = np.random.random(x.shape) >= self.p
        return x * Tensor(drawn / (1 - self.p), dtype=np.float32) if self.training else x
    return type("Dropout", (Layer,), {"__init__": lambda self, p=0.5: vars(self).update(p=p), "forward": forward})

if "Dropout" not in globals() or error_of(_dropout_works) is not None or not _dropout_works():
    Dropout = _dropout_stand_in()
### END HIDDEN TESTS

# %% [markdown]
# ## Step 4 · Sequential: one after the other
#
# Most networks are a row of parts, where each one takes what the last one gave. Your curves of module 02 are parts too: they
# can be called, and nothing more is needed.

# %%
x = 3
for part in [abs, float, lambda value: value * 10]:
    x = part(x)
x

# %% [markdown]
# **Your turn.** Write `Sequential(*layers)`.
#
# - Its parts are Layers or any callables. `forward(x)` sends `x` through them in order; without parts it gives `x` back.
# - `len(model)`, `model[i]` (from the end too, if negative) and `for layer in model` work as with a list.
# - `parameters()`, `train()` and `eval()` reach the layers inside: step 1's walk finds them if you keep them in a list or a tuple.
# - What lies between the parts is let go: at most four batches are held at any one time, however many parts there are.

# %% [markdown]
# <details><summary>Hint</summary>
#
# Keep using one name for what comes out of each part, and the one before it is free to go.
# </details>

# %% solution="sequential"
#| export
class Sequential(Layer):
    "Layers, or any callables such as ReLU(), one after the other; can be read like a list."

    def __init__(self, *layers):
        for layer in layers:
            if isinstance(layer, type):
                raise TypeError(f"{layer.__name__} is a class: write {layer.__name__}(...)")
            if not callable(layer):
                kind = type(layer).__name__
                raise TypeError(f"Sequential takes callable parts one by one, not a {kind}")
        ### BEGIN SOLUTION
        self.layers = list(layers)
        ### END SOLUTION

    def forward(self, x: Tensor) -> Tensor:
        ### BEGIN SOLUTION
        for layer in self.layers:
            x = layer(x)
        return x
        ### END SOLUTION

    def __getitem__(self, index: int):
        ### BEGIN SOLUTION
        return self.layers[index]
        ### END SOLUTION

    def __len__(self) -> int:
        ### BEGIN SOLUTION
        return len(self.layers)
        ### END SOLUTION

    def __iter__(self):
        ### BEGIN SOLUTION
        return iter(self.layers)
        ### END SOLUTION

# %% test="sequential-forward" points=5
# Test 4a · 5 points · one after the other
model = Sequential(lambda x: x + 1, ReLU(), lambda x: x * 10)
got = model(Tensor([-3.0, 4.0]))
assert isinstance(got, Tensor), f"Step 4: Sequential should give a Tensor; it gave {got!r}."
assert got.data.tolist() == [0, 50], (
    f"Step 4: add 1, ReLU, times 10 should make 0, 50 of -3, 4; it made {got.data.tolist()}."
)
### BEGIN HIDDEN TESTS
first, last = Linear(3, 4), Linear(4, 2)
x = Tensor(np.linspace(-1, 1, 15).reshape(5, 3))
got = Sequential(first, ReLU(), last)(x).data.tolist()
want = last(ReLU()(first(x))).data.tolist()
assert got == want, f"Step 4: Linear, ReLU, Linear should give {want}; it gave {got}."
same = Sequential()(x) is x
assert same, "Step 4: without parts, Sequential should give x back; it gave something else."
got = Sequential(Sequential(lambda x: x + 1, lambda x: x * 2), lambda x: x - 3)(Tensor([5.0])).data.tolist()
assert got == [9], f"Step 4: a Sequential in a Sequential should give (5 + 1) * 2 - 3 = 9; it gave {got}."
### END HIDDEN TESTS

# %% test="sequential-list" points=3
# Test 4b · 3 points · like a list of its parts
first, curve, last = Linear(3, 4), ReLU(), Linear(4, 2)
model = Sequential(first, curve, last)
got = len(model)
assert got == 3, f"Step 4: len of three parts should be 3; it was {got}."
same = [model[0] is first, model[1] is curve, model[-1] is last]
assert same == [True, True, True], (
    "Step 4: model[0], model[1], model[-1] should be the first, second and last part; it was "
    f"{same}."
)
### BEGIN HIDDEN TESTS
same = [part is known for part, known in zip(model, [first, curve, last])]
assert same == [True, True, True], f"Step 4: a loop should give the three parts in order; it was {same}."
got = [len(list(model)), len(list(model)), len(Sequential())]
assert got == [3, 3, 0], f"Step 4: two loops of three parts, and one of none: expected [3, 3, 0], got {got}."
error = error_of(lambda: model[3])
assert isinstance(error, IndexError), f"Step 4: model[3] of three parts should raise IndexError; it raised {raised(error)}."
### END HIDDEN TESTS

# %% test="sequential-parameters" points=3
# Test 4c · 3 points · parameters in order
first, last = Linear(3, 4), Linear(4, 2, bias=False)
got = names_of(Sequential(first, ReLU(), last), w1=first.weight, b1=first.bias, w2=last.weight)
assert got == ["w1", "b1", "w2"], (
    f"Step 4: the parameters should be ['w1', 'b1', 'w2']; they were {got}."
)
### BEGIN HIDDEN TESTS
nested = Sequential(Sequential(last, Dropout()), first, last)
got = names_of(nested, w1=first.weight, b1=first.bias, w2=last.weight)
assert got == ["w2", "w1", "b1"], f"Step 4: nested and shared layers should give ['w2', 'w1', 'b1']; they gave {got}."
got = sum(tensor.data.size for tensor in Sequential(Linear(784, 256), GELU(), Linear(256, 10)).parameters())
assert got == 203_530, f"Step 4: 784 to 256 to 10 has 203,530 numbers to learn; it was {got:,}."
### END HIDDEN TESTS

# %% test="sequential-modes" points=2
# Test 4d · 2 points · both modes reach the parts
model = Sequential(Linear(4, 100), ReLU(), Sequential(Dropout(0.5)))
model.eval()
x = Tensor(np.ones((3, 4)))
once, again = model(x).data.tolist(), model(x).data.tolist()
assert once == again, (
    "Step 4: after eval() nothing should be dropped, so two calls give the same; they differed."
)
### BEGIN HIDDEN TESTS
model.train()
got = [model[0].training, model[2].training, model[2][0].training]
assert got == [True, True, True], f"Step 4: after train() all layers inside should be training; it was {got}."
np.random.seed(1)
once, again = model(Tensor(np.ones((3, 4)))).data.tolist(), model(Tensor(np.ones((3, 4)))).data.tolist()
assert once != again, "Step 4: in training Dropout should drop other elements in each call; two calls gave the same."
### END HIDDEN TESTS

# %% test="sequential-profile" points=2
# Profile 4 · 2 points · what lies between the parts is let go
model, x = Sequential(*[Linear(100, 100) for _ in range(20)]), Tensor(np.ones((2000, 100)))
peak = peak_bytes(lambda: model(x))
learn = sum(tensor.data.nbytes for tensor in model.parameters())
print(f"20 layers of 100: {learn:,} B of parameters")
print(f"2,000 samples are 800,000 B, the peak was {peak:,} B")
assert learn == 808_000, (
    f"Step 4: 20 layers have 202,000 parameters of 4 B, 808,000 B; it was {learn:,} B."
)
assert peak < 3_250_000, (
    f"Step 4: at most four batches of 800,000 B should be held at once; the peak was {peak:,} B."
)
### BEGIN HIDDEN TESTS
kept = kept_bytes(lambda: [model(x), None][1])
assert kept < 50_000, f"Step 4: after the call nothing should be kept; {kept:,} B were."
### END HIDDEN TESTS

# %% [markdown]
# Where are the parameters, and where is the work? Per sample, a Linear does one multiplication and one addition, a
# *multiply-add*, for each weight. So both lie in the same place:

# %% tags=["explore"]
sizes = [784, 256, 64, 10]
names = [f"Linear({inner}, {outer})" for inner, outer in zip(sizes, sizes[1:])]
weights = [inner * outer for inner, outer in zip(sizes, sizes[1:])]
plots.draw_bars(dict(zip(names, weights)), x_label="weights = multiply-adds per sample",
                title=f"The first layer has {weights[0] / sum(weights):.0%} of the weights");

# %% [markdown]
# ## All together
#
# A network for the 8x8 digits, not trained yet: your parts, 64 numbers in, 10 scores out.

# %%
from tinytorch.datasets import load_digits

np.random.seed(0)
model = Sequential(Linear(64, 32), ReLU(), Dropout(0.2), Linear(32, 10))
images = Tensor(load_digits()[0][:5].reshape(5, 64) * 1.0)
model.eval()(images).shape, [tensor.shape for tensor in model.parameters()]

# %% [markdown]
# ## Questions
#
# An *MLP* (multilayer perceptron) is a row of Linear layers with a curve between each two. This one takes 64 features through
# hidden layers of 128 and 32 to 10 outputs: three Linear layers, with biases. Write the calculation,
# Python does the rest.
#
# **1.** How many **bytes** do all its parameters take, in float32?

# %% solution="question-bytes"
# q1_parameter_bytes = ...
### BEGIN SOLUTION
q1_parameter_bytes = 4 * ((64 * 128 + 128) + (128 * 32 + 32) + (32 * 10 + 10))
### END SOLUTION

# %% test="question-bytes-test" points=1
# Question 1 · 1 point
assert float(q1_parameter_bytes) > 0, (
    f"Question 1: q1_parameter_bytes should be a number of bytes; it was {q1_parameter_bytes!r}."
)
### BEGIN HIDDEN TESTS
assert float(q1_parameter_bytes) == 51_112, (
    f"Question 1: {float(q1_parameter_bytes):,.0f} B is not it: count weights and biases of three layers, then bytes per number.")
### END HIDDEN TESTS

# %% [markdown]
# **2.** How many multiply-adds does it do for a batch of 50 samples? Leave the biases out.

# %% solution="question-work"
# q2_multiply_adds = ...
### BEGIN SOLUTION
q2_multiply_adds = 50 * (64 * 128 + 128 * 32 + 32 * 10)
### END SOLUTION

# %% test="question-work-test" points=1
# Question 2 · 1 point
assert float(q2_multiply_adds) > 0, (
    f"Question 2: q2_multiply_adds should be a number; it was {q2_multiply_adds!r}."
)
### BEGIN HIDDEN TESTS
assert float(q2_multiply_adds) == 630_400, (
    f"Question 2: {float(q2_multiply_adds):,.0f} is not it: one for each weight, for each sample.")
### END HIDDEN TESTS

# %% [markdown]
# ## Beside PyTorch
#
# | here | PyTorch |
# |---|---|
# | `Layer` | `torch.nn.Module` |
# | a parameter is a Tensor with `requires_grad` | an `nn.Parameter`; a plain Tensor is none |
# | layers in a plain list are found | only in an `nn.ModuleList` |
# | `parameters()` is a list | a generator |
# | a subclass needs no `super().__init__()` | it does |
# | `Linear`, `Dropout`, `Sequential` | the same names and arguments, in `torch.nn` |

# %% [markdown]
# ## What you take with you
#
# - A layer is a call plus the parameters found by walking through it.
# - Weights begin at random, and how large they begin decides whether a deep network works at all.
# - Training and evaluation are two modes, set from the top.
# - A forward holds a few batches, not one per layer. Training will change that: module 06 keeps them all.

# %% [markdown]
# Checklist, can you say it without looking?
#
# - [ ] Why does `parameters()` compare by identity?
# - [ ] What is the shape of the weight of `Linear(3, 2)`, and why is it transposed?
# - [ ] Why does dropout multiply by 1 / (1 - p) in training, and not by 1 - p in evaluation?
# - [ ] Why must `forward` use Tensor operations?

# %% [markdown]
# **Next: 04 · Losses.** How wrong is what comes out? Export this notebook first: `tito export 03`.

# %% [markdown]
# **On Binder?** *File → Download* now. The session is temporary, and your notebook is saved nowhere else.

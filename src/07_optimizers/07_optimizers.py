# %% [markdown]
# # 07 · Optimizers
#
# > A gradient says which way is down. How far to go, and what to remember of the way, is another question.
#
# **Core tier · difficulty 3 of 4 · 2 to 3 hours · after 01 to 06**
#
# On Binder this session is temporary: download your notebook (*File → Download*) before you leave.

# %% tags=["explore"]
# Run this cell first. From then on it says which steps pass, and how many visible points that is.
from tinytorch.panel import show_panel

show_panel("07")

# %% [markdown]
# The tests that you see are examples: when graded, each also tries other values that follow from the text. *Visible points*
# are those of the tests as you see them, so go by the text, and not by the tests alone.

# %%
#| default_exp core.optimizers

# %% given="imports"
#| export
import numpy as np
from fastcore.basics import patch

import tinytorch.core.autograd  # gives Tensors their backward(), and takes only a Tensor as grad
from tinytorch.core.tensor import Tensor

# %% given="tools"
from tinytorch.profiling import peak_bytes

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
# The loop of module 05 has two lines left that nobody has written yet: `optimizer.zero_grad()` and `optimizer.step()`.

# %% tags=["explore"]
import matplotlib.pyplot as plt
from tinytorch.profiling import plots

plt.rcParams.update(plots.STYLE)
chain = {"Batch": "images, labels", "Forward": "loss", "backward()": "gradients",
         "step()": "parameters move", "zero_grad()": "forget, again"}
plots.draw_chain(chain, title="You build the two blue boxes", highlight=["step()", "zero_grad()"]);

# %% [markdown]
# | step | you write | the idea |
# |---|---|---|
# | 1 | `Optimizer` | which parameters, and a memory for each |
# | 2 | `Optimizer.step` | every parameter moves, in place |
# | 3 | `SGD` | momentum, weight decay |
# | 4 | `Adam` | a step size for every weight |
# | 5 | `AdamW` | decay that Adam cannot distort |
# | 6 | `state_dict`, `load_state_dict` | stop and go on, bit for bit |
# | 7, optional | `StepLR`, `CosineAnnealingLR`, `clip_grad_norm_` | smaller steps towards the end |

# %% [markdown]
# ## Step 1 · What an optimizer holds
#
# A model's parameters are Tensors, scattered over its layers. The optimizer keeps them in a list: the Tensors themselves, not
# copies.

# %%
from tinytorch.core.layers import Linear

parameters = Linear(3, 2).parameters()
[(parameter.shape, parameter.requires_grad) for parameter in parameters]

# %% [markdown]
# For each it keeps a dictionary, empty at first: `state[parameter]`. Two biases may hold the same zeros and still
# need two entries. That works because Tensors hash by identity (module 01).

# %%
a, b = Tensor([0.0, 0.0]), Tensor([0.0, 0.0])
state = {a: {}, b: {}}
len(state)

# %% [markdown]
# **Your turn.** `Optimizer(parameters, lr)`, what all optimizers share:
#
# - `parameters`: any iterable of Tensors, kept as a list under that name. `ValueError` if it is empty. `TypeError` if anything
#   in it is not a Tensor, and for a single Tensor in place of a list.
# - `lr`, the learning rate, is kept under that name. Negative, infinite or nan: `ValueError`.
# - `state`: a dictionary from each parameter to an empty dictionary of its own.
# - `zero_grad()` sets every parameter's `grad` to None.

# %% [markdown]
# Impossible settings are refused when the optimizer is made, in PyTorch's words. A check for that comes ready. You can use it for
# `lr`; SGD, Adam and AdamW call it for what they add.

# %% given="in-range"
#| export
def _in_range(name, value, below=np.inf):
    """A setting from 0 to less than `below`.

    Raises `ValueError` for any other, nan and what is no number included.
    """
    try:
        is_possible = bool(0 <= value < below)
    except (TypeError, ValueError):  # a text, a list, an array of several numbers
        is_possible = False
    if not is_possible:
        raise ValueError(f"Invalid {name}: {value}")
    return value

# %% [markdown]
# <details><summary>Hint</summary>
#
# A generator can be read once: make the list first. `{key: {} for key in ...}` makes a new dictionary for each key,
# `dict.fromkeys(keys, {})` one for all. `_in_range("learning rate", lr)` below gives `lr`, or raises.
# </details>

# %% solution="optimizer"
#| export
class Optimizer:
    """What every optimizer has: `parameters`, the rate `lr`, and in `state` a dictionary for each.

    Raises `ValueError` for no parameters or an `lr` that is negative, infinite or nan, and
    `TypeError` for what is no Tensor.
    """

    def __init__(self, parameters, lr):
        ### BEGIN SOLUTION
        if isinstance(parameters, Tensor):
            raise TypeError("parameters is one Tensor: put it into a list")
        parameters = list(parameters)
        if not parameters:
            raise ValueError("there are no parameters to optimize: the list is empty")
        for parameter in parameters:
            if not isinstance(parameter, Tensor):
                raise TypeError(f"parameters are Tensors, not {type(parameter).__name__}")
        self.parameters, self.lr = parameters, _in_range("learning rate", lr)
        self.state = {parameter: {} for parameter in parameters}
        ### END SOLUTION

    def zero_grad(self):
        "Forget the gradients of all parameters: `grad` becomes None."
        ### BEGIN SOLUTION
        for parameter in self.parameters:
            parameter.grad = None
        ### END SOLUTION

# %% given="some-parameters"
def some_parameters(*arrays, dtype="float64"):
    "A list of Tensors that require gradients."
    return [Tensor(array, requires_grad=True, dtype=dtype) for array in arrays]

# %% test="optimizer-holds" points=4
# Test 1a · 4 points · it holds the parameters themselves, and lr
parameters = some_parameters([1.0, 2.0], [3.0])
optimizer = Optimizer(parameters, 0.1)
same = [held is given for held, given in zip(optimizer.parameters, parameters)]
assert isinstance(optimizer.parameters, list), (
    f"Step 1: .parameters should be a list; it was {type(optimizer.parameters).__name__}."
)
assert same == [True, True], (
    f"Step 1: .parameters should hold the two Tensors given; the same objects: {same}."
)
assert optimizer.lr == 0.1, f"Step 1: .lr should be 0.1; it was {optimizer.lr}."
### BEGIN HIDDEN TESTS
for given in [(parameter for parameter in parameters), tuple(parameters), iter(parameters)]:
    held = Optimizer(given, lr=0.5)
    count, rate = sum(1 for _ in held.parameters), held.lr
    assert (count, rate) == (2, 0.5), f"Step 1: generators and tuples serve as well: expected 2 parameters, lr 0.5; got {(count, rate)}."
error = error_of(Optimizer, parameters, 0)
assert error is None, f"Step 1: a learning rate of 0 is allowed; it raised {error!r}."
### END HIDDEN TESTS

# %% test="optimizer-state" points=3
# Test 1b · 3 points · a dictionary of its own for each parameter
parameters = some_parameters([0.0, 0.0], [0.0, 0.0])
optimizer = Optimizer(parameters, 0.1)
entries = [optimizer.state.get(parameter) for parameter in parameters]
assert entries == [{}, {}], (
    f"Step 1: state should hold an empty dictionary for each of two parameters; it held {entries}."
)
### BEGIN HIDDEN TESTS
optimizer.state[parameters[0]]["seen"] = 1
entries = [dict(optimizer.state[parameter]) for parameter in parameters]
assert entries == [{"seen": 1}, {}], f"Step 1: the two dictionaries should be different ones; after writing to the first: {entries}."
entries = len(Optimizer(parameters, 0.1).state), len(Optimizer(parameters[:1], 0.1).state)
assert entries == (2, 1), f"Step 1: another optimizer has a state of its own: 2 and 1 entries; they were {entries}."
### END HIDDEN TESTS

# %% test="optimizer-errors" points=3
# Test 1c · 3 points · no parameters, or an impossible rate: ValueError
for given, lr in [([], 0.1), (some_parameters([1.0]), -0.1)]:
    error = error_of(Optimizer, given, lr)
    assert isinstance(error, ValueError), (
        f"Step 1: no parameters, or lr={lr}, should raise ValueError; it raised {raised(error)}."
    )
### BEGIN HIDDEN TESTS
for given, lr in [((), 0.1), (iter([]), 0.1), (some_parameters([1.0], [2.0]), -1e-9), (some_parameters([1.0]), np.nan), (some_parameters([1.0]), np.inf)]:
    error = error_of(Optimizer, given, lr)
    assert isinstance(error, ValueError), f"Step 1: an empty iterable, or lr={lr}, should raise ValueError; it raised {raised(error)}."
### END HIDDEN TESTS

# %% test="optimizer-types" points=2
# Test 1d · 2 points · what is not a list of Tensors: TypeError
error = error_of(Optimizer, some_parameters([1.0, 2.0])[0], 0.1)
assert isinstance(error, TypeError), (
    f"Step 1: one Tensor instead of a list should raise TypeError; it raised {raised(error)}."
)
### BEGIN HIDDEN TESTS
for given in [[np.zeros(3)], [*some_parameters([1.0]), None], [1.0]]:
    error = error_of(Optimizer, given, 0.1)
    assert isinstance(error, TypeError), f"Step 1: an array, None or a number in the list should raise TypeError; it raised {raised(error)}."
### END HIDDEN TESTS

# %% test="optimizer-zero-grad" points=3
# Test 1e · 3 points · zero_grad
parameters = some_parameters([1.0], [2.0])
for parameter in parameters:
    parameter.grad = Tensor([5.0])
Optimizer(parameters, 0.1).zero_grad()
left = [parameter.grad is None for parameter in parameters]
assert left == [True, True], f"Step 1: after zero_grad() every grad should be None; None: {left}."
### BEGIN HIDDEN TESTS
values = [parameter.data.tolist() for parameter in parameters]
assert values == [[1.0], [2.0]], f"Step 1: zero_grad() should leave the parameters alone: [1], [2]; they were {values}."
error = error_of(Optimizer(parameters, 0.1).zero_grad)
assert error is None, f"Step 1: zero_grad() without gradients should do nothing; it raised {error!r}."
### END HIDDEN TESTS

# %% test="optimizer-ready" points=0
# Nothing to do here. When graded, the next steps use your Optimizer if it works, else a stand-in.
### BEGIN HIDDEN TESTS
def _keeps_parameters():
    tensors = some_parameters([0.0], [0.0])
    for tensor in tensors:
        tensor.grad = Tensor([1.0])
    held = Optimizer(tensors, lr=0.25)
    held.zero_grad()
    return (all(one is other for one, other in zip(held.parameters, tensors, strict=True)) and held.lr == 0.25
            and held.state[tensors[0]] == {} == held.state[tensors[1]] and held.state[tensors[0]] is not held.state[tensors[1]]
            and tensors[0].grad is None and tensors[1].grad is None)

def _lent_optimizer(base):
    def begin(self, parameters, lr):
        tensors = list(parameters)
        vars(self).update(parameters=tensors, lr=lr, state={tensor: {} for tensor in tensors})
    def forget(self):
        for tensor in self.parameters:
            tensor.grad = None
    return type("Optimizer", (base,), {"__init__": begin, "zero_grad": forget})

if "Optimizer" not in globals() or error_of(_keeps_parameters) is not None or not _keeps_parameters():
    Optimizer = _lent_optimizer(Optimizer if isinstance(globals().get("Optimizer"), type) else object)
### END HIDDEN TESTS

# %% [markdown]
# ## Step 2 · Everybody moves, in place
#
# The model and the optimizer hold the same Tensors. If a step made new ones, the model would keep the old. So a step writes into the
# *array* that is there:

# %%
weights = np.zeros(3)
seen_by_the_model = weights
weights -= 1.0  # into the same memory
replaced = weights - 1.0  # a new array
seen_by_the_model, replaced is weights

# %% [markdown]
# How far each parameter moves is what optimizers differ in. Each subclass says it in one method, `_change(parameter, state)`: an array to be
# *subtracted* from `parameter.data`; `state` is that parameter's own dictionary. The simplest one, and the oldest (Cauchy, 1847):

# %% given="downhill"
class Downhill(Optimizer):
    "Plain gradient descent: against the gradient, lr times its length. It counts its steps."

    def _change(self, parameter, state):
        state["steps"] = state.get("steps", 0) + 1
        return self.lr * parameter.grad.data

# %% [markdown]
# **Your turn.** `Optimizer.step()` goes through the parameters:
#
# - Where `grad` is None, nothing happens, and `_change` is not called.
# - Else what `_change` gives is subtracted in place: `parameter.data` stays the same array, of the same dtype.

# %% [markdown]
# <details><summary>Hint</summary>
#
# Three lines. `parameter.data -= ...` changes the array in place, and keeps its dtype even where the change is float64.
# </details>

# %% solution="step"
#| export
@patch
def step(self: Optimizer):
    "Subtract, in place, what `_change` gives from every parameter that has a gradient."
    ### BEGIN SOLUTION
    for parameter in self.parameters:
        if parameter.grad is not None:
            parameter.data -= self._change(parameter, self.state[parameter])
    ### END SOLUTION

# %% given="values-after"
def values_after(optimizer, gradients):
    "The first parameter after a step with each of these gradients, rounded to nine digits."
    parameter, values = optimizer.parameters[0], []
    for gradient in gradients:
        parameter.grad = None if gradient is None else Tensor(gradient, dtype=parameter.dtype)
        optimizer.step()
        values.append((np.round(parameter.data, 9) + 0.0).tolist())
    return values

# %% test="step-moves" points=4
# Test 2a · 4 points · it subtracts what _change gives
got = values_after(Downhill(some_parameters([1.0, 2.0]), lr=0.1), [[1.0, -2.0], [0.5, 0.0]])
assert got == [[0.9, 2.2], [0.85, 2.2]], (
    f"Step 2: from [1, 2] expected [0.9, 2.2], then [0.85, 2.2]; got {got}."
)
### BEGIN HIDDEN TESTS
both = some_parameters([[1.0], [2.0]], 5.0)
both[0].grad, both[1].grad = Tensor([[10.0], [20.0]]), Tensor(-1.0)
Downhill(both, lr=0.5).step()
got = [parameter.data.tolist() for parameter in both]
assert got == [[[-4.0], [-8.0]], 5.5], f"Step 2: all parameters should move, to [[-4], [-8]] and 5.5; they are at {got}."
moved = Downhill(some_parameters([1.0]), lr=0.1)
moved.lr = 1.0
got = values_after(moved, [[2.0]])
assert got == [[-1.0]], f"Step 2: a learning rate set later counts: expected [-1]; got {got[0]}."
### END HIDDEN TESTS

# %% test="step-in-place" points=4
# Test 2b · 4 points · the array stays the same
parameters = some_parameters([1.0, 2.0])
parameter = parameters[0]
array = parameter.data
values_after(Downhill(parameters, lr=0.1), [[1.0, 1.0]])
same = parameter.data is array
assert same, (
    "Step 2: a step should write into the array in parameter.data, by -=; "
    "it put another array there."
)
assert parameter.data[0] == 0.9, (
    f"Step 2: and it should have moved from 1 to 0.9; it is at {parameter.data[0]}."
)
### BEGIN HIDDEN TESTS
parameters = some_parameters([[1.0, 2.0]])
view = parameters[0].data[0]
gradient = Tensor([[1.0, 1.0]])
parameters[0].grad = gradient
optimizer = Downhill(parameters, lr=0.5)
optimizer.step()
assert np.allclose(view, [0.5, 1.5]), f"Step 2: a view of the array should see the step: [0.5, 1.5]; it saw {view.tolist()}."
kept = parameters[0].grad is gradient, gradient.data.tolist()
assert kept == (True, [[1.0, 1.0]]), f"Step 2: a step should leave grad as it is; the same and [[1, 1]]: {kept}."
same = optimizer.parameters[0] is parameters[0]
assert same, "Step 2: a step should not replace the Tensor in the list; it did."
### END HIDDEN TESTS

# %% test="step-dtype" points=3
# Test 2c · 3 points · the dtype stays
parameters = some_parameters([1.0, 2.0], dtype="float32")
values_after(Downhill(parameters, lr=0.1), [[1.0, 1.0]])
got = parameters[0].data.dtype
assert got == np.float32, f"Step 2: a float32 parameter should stay float32; it became {got}."
### BEGIN HIDDEN TESTS
parameters = some_parameters([1.0, 2.0], dtype="float32")
got = error_of(values_after, Downhill(parameters, lr=np.float64(0.1)), [[1.0, 1.0]]), parameters[0].data.dtype
assert got == (None, np.float32), f"Step 2: also where lr is an np.float64, without an error; got {got}."
### END HIDDEN TESTS

# %% test="step-skips" points=4
# Test 2d · 4 points · without a gradient, nothing happens
optimizer = Downhill(some_parameters([1.0]), lr=0.1)
got = values_after(optimizer, [None, [1.0], None])
assert got == [[1.0], [0.9], [0.9]], (
    f"Step 2: with no gradient, one, none expected [1], [0.9], [0.9]; got {got}."
)
### BEGIN HIDDEN TESTS
steps = [optimizer.state[parameter].get("steps") for parameter in optimizer.parameters]
assert steps == [1], f"Step 2: _change should be asked only where there is a gradient, once; it counted {steps}."
three = some_parameters([1.0], [1.0], [1.0])
three[1].grad = Tensor([1.0])
optimizer = Downhill(three, lr=1.0)
optimizer.step()
got = [parameter.data.item() for parameter in three]
assert got == [1.0, 0.0, 1.0], f"Step 2: only the second of three has a gradient: expected 1, 0, 1; got {got}."
steps = [optimizer.state[parameter].get("steps") for parameter in three]
assert steps == [None, 1, None], f"Step 2: each parameter has its own dictionary in state; the counts were {steps}."
### END HIDDEN TESTS

# %% test="step-ready" points=0
# Nothing to do here. When graded, the next steps use your step if it works, else a stand-in.
### BEGIN HIDDEN TESTS
def _steps():
    tensors = some_parameters([1.0, 2.0], [3.0], [5.0])
    tensors[2].grad = Tensor([2.0])
    array, optimizer = tensors[0].data, Downhill(tensors, lr=0.5)
    moved = values_after(optimizer, [[1.0, 2.0], None])
    return (moved == [[0.5, 1.0]] * 2 and tensors[0].data is array and optimizer.state[tensors[0]] == {"steps": 1}
            and tensors[2].data.item() == 3.0 and tensors[1].grad is None)

if error_of(_steps) is not None or not _steps():
    def _lent_step(self):
        for tensor in self.parameters:
            if tensor.grad is not None:
                np.subtract(tensor.data, self._change(tensor, self.state[tensor]), out=tensor.data, casting="same_kind")
    Optimizer.step = _lent_step
### END HIDDEN TESTS

# %% [markdown]
# A valley, long from east to west and steep at its sides: the loss is (x² + 20 y²) / 2. Downhill from (-9, 1.5), at two learning rates:

# %% tags=["explore"]
def path(make_optimizer, steps=40, start=(-9.0, 1.5)):
    "The points that an optimizer passes in the valley."
    point = Tensor(start, requires_grad=True, dtype=np.float64)
    optimizer, points = make_optimizer([point]), [point.data.copy()]
    for _ in range(steps):
        optimizer.zero_grad()
        loss = (point * point * np.array([1.0, 20.0])).sum() / 2
        loss.backward()
        optimizer.step()
        points.append(point.data.copy())
    return np.array(points)

# %% tags=["explore"]
def draw_paths(paths, title):
    "Draw paths {name: points} over the valley, one panel each."
    x, y = np.meshgrid(np.linspace(-10, 4, 200), np.linspace(-1.8, 1.8, 100))
    size = (9, 0.5 + 2.5 * len(paths))
    figure, panels = plt.subplots(len(paths), 1, figsize=size, sharex=True, layout="constrained")
    for panel, (name, points), colour in zip(panels, paths.items(), plots.COLOURS):
        panel.contour(x, y, (x**2 + 20 * y**2) / 2, levels=[0.5, 2, 5, 10, 20, 30, 45],
                      colors="#BBBBBB", linewidths=1)
        panel.plot(points[:, 0], points[:, 1], "o-", color=colour, markersize=4, lw=1.5)
        panel.plot(0, 0, "*", color="black", markersize=12)
        loss = (points[-1] ** 2 * [1, 20]).sum() / 2
        panel.set_title(f"{name}: loss {loss:.2g} after {len(points) - 1} steps", fontsize=11)
        panel.set(ylabel="y", xlim=(-10, 4), ylim=(-1.8, 1.8), aspect="equal")
    panels[-1].set_xlabel("x")
    figure.suptitle(title, fontweight="bold")
    plt.show()

draw_paths({"lr = 0.02": path(lambda p: Downhill(p, 0.02)),
            "lr = 0.095": path(lambda p: Downhill(p, 0.095))},
           "Two learning rates: how far do 40 steps get?")

# %% [markdown]
# *In words: above, short steps creep along the valley's floor and are little more than half way there after 40; below, they
# jump from side to side, but reach the star.* At lr = 0.1 it never settles: the steep direction sets the limit.

# %% [markdown]
# ## Step 3 · SGD: momentum and weight decay
#
# With *momentum* a parameter keeps a velocity, to which each step adds its gradient: gradients that point back and forth
# cancel, those that point the same way add up.
#
# velocity = momentum · velocity + gradient, and the change is lr · velocity. In the first step the velocity is the gradient.

# %% [markdown]
# *Weight decay* pulls every weight a little towards 0: before anything else, `weight_decay` · weight is added to the gradient.
#
# The S stands for *stochastic*: the gradient is that of a batch, not of all the data.

# %% [markdown]
# **Your turn.** `SGD._change(parameter, state)` gives the array to subtract, with `self.momentum` and `self.weight_decay`.
#
# - The velocity is kept as `state["momentum_buffer"]`: an array of its own, of the parameter's dtype. With momentum 0, keep nothing.
# - `parameter.data` and `parameter.grad` are not changed here.

# %% [markdown]
# <details><summary>Hint</summary>
#
# `gradient = parameter.grad.data` is the array that others see: never `gradient += ...`. With a velocity of 0 to begin with, the first
# step needs no case of its own: `state.get("momentum_buffer", 0)`.
# </details>

# %% solution="sgd"
#| export
class SGD(Optimizer):
    """Gradient descent with momentum and weight decay, as `torch.optim.SGD`.

    Raises `ValueError` for settings below 0.
    """

    _settings = ("lr", "momentum", "weight_decay")

    def __init__(self, parameters, lr, momentum=0.0, weight_decay=0.0):
        super().__init__(parameters, lr)
        self.momentum = _in_range("momentum value", momentum)
        self.weight_decay = _in_range("weight_decay value", weight_decay)

    def _change(self, parameter, state):
        "What to subtract from the parameter in this step."
        ### BEGIN SOLUTION
        velocity = parameter.grad.data
        if self.weight_decay:
            velocity = velocity + self.weight_decay * parameter.data
        if self.momentum:
            velocity = self.momentum * state.get("momentum_buffer", 0) + velocity
            state["momentum_buffer"] = velocity
        return self.lr * velocity
        ### END SOLUTION

# %% test="sgd-plain" points=3
# Test 3a · 3 points · without momentum and decay
(one,) = some_parameters([1.0, 2.0])
one.grad = Tensor([1.0, -2.0], dtype=np.float64)
got = SGD([one], lr=0.1)._change(one, {})
assert isinstance(got, np.ndarray), (
    f"Step 3: SGD._change should return an array, made of parameter.grad.data; it gave {got!r}."
)
got = values_after(SGD(some_parameters([1.0, 2.0]), lr=0.1), [[1.0, -2.0], [0.5, 0.0], [-1.0, 4.0]])
assert got == [[0.9, 2.2], [0.85, 2.2], [0.95, 1.8]], (
    "Step 3: lr · gradient is subtracted, expected [0.9, 2.2], [0.85, 2.2], [0.95, 1.8]; "
    f"got {got}."
)
### BEGIN HIDDEN TESTS
parameters = some_parameters([1.0, 2.0])
optimizer = SGD(parameters, lr=2.0)
got = values_after(optimizer, [[0.25, 1.0], None])
assert got == [[0.5, 0.0], [0.5, 0.0]], f"Step 3: lr=2 should give [0.5, 0], then nothing; got {got}."
kept = dict(optimizer.state[parameters[0]])
assert kept == {}, f"Step 3: without momentum nothing should be kept; the state was {kept}."
### END HIDDEN TESTS

# %% test="sgd-decay" points=4
# Test 3b · 4 points · weight decay
optimizer = SGD(some_parameters([1.0, 2.0]), lr=0.1, weight_decay=0.5)
got = values_after(optimizer, [[1.0, -2.0], [0.5, 0.0]])
assert got == [[0.85, 2.1], [0.7575, 1.995]], (
    "Step 3: weight_decay=0.5 adds 0.5 · weight to the gradient: "
    f"expected [0.85, 2.1], [0.7575, 1.995]; got {got}."
)
### BEGIN HIDDEN TESTS
got = values_after(SGD(some_parameters([1.0, 2.0]), lr=0.1, weight_decay=0.5), [[1.0, -2.0], [0.5, 0.0], [-1.0, 4.0]])
assert got[2] == [0.819625, 1.49525], f"Step 3: the third step should lead to [0.819625, 1.49525]; it led to {got[2]}."
got = values_after(SGD(some_parameters([4.0, -8.0]), lr=0.5, weight_decay=0.1), [[0.0, 0.0], None])
assert got == [[3.8, -7.6]] * 2, f"Step 3: a gradient of 0 still decays, to [3.8, -7.6], and None does not; got {got}."
### END HIDDEN TESTS

# %% test="sgd-momentum" points=6
# Test 3c · 6 points · momentum
optimizer = SGD(some_parameters([1.0, 2.0]), lr=0.1, momentum=0.9)
got = values_after(optimizer, [[1.0, -2.0], [0.5, 0.0], [-1.0, 4.0]])
assert got[0] == [0.9, 2.2], (
    f"Step 3: in the first step the velocity is the gradient: expected [0.9, 2.2]; got {got[0]}."
)
assert got == [[0.9, 2.2], [0.76, 2.38], [0.734, 2.142]], (
    "Step 3: then the velocity is 0.9 · velocity + gradient: "
    f"expected [0.76, 2.38], [0.734, 2.142]; got {got[1:]}."
)
### BEGIN HIDDEN TESTS
got = values_after(SGD(some_parameters([3.0, -1.0]), lr=0.2, momentum=0.5), [[2.0, 1.0], None, [4.0, -1.0], [0.0, 0.0]])
want = [[2.6, -1.2], [2.6, -1.2], [1.6, -1.1], [1.1, -1.05]]
assert got == want, f"Step 3: with momentum=0.5, and no gradient in the second step, expected {want}; got {got}."
slowed = SGD(some_parameters([0.0]), lr=1.0, momentum=0.5)
got = values_after(slowed, [[1.0]])
slowed.lr = 0.1
got += values_after(slowed, [[1.0]])
assert got == [[-1.0], [-1.15]], f"Step 3: the velocity holds gradients, lr counts when it is used: expected [-1], [-1.15]; got {got}."
### END HIDDEN TESTS

# %% test="sgd-both" points=2
# Test 3d · 2 points · momentum and decay together
optimizer = SGD(some_parameters([1.0, 2.0]), lr=0.1, momentum=0.5, weight_decay=0.2)
got = values_after(optimizer, [[1.0, -2.0], [0.5, 0.0]])
assert got == [[0.88, 2.16], [0.7524, 2.1968]], (
    "Step 3: the decay goes into the gradient, then into the velocity: "
    f"expected [0.88, 2.16], [0.7524, 2.1968]; got {got}."
)
### BEGIN HIDDEN TESTS
got = values_after(SGD(some_parameters([1.0, 2.0]), lr=0.1, momentum=0.5, weight_decay=0.2), [[1.0, -2.0], [0.5, 0.0], [-1.0, 4.0]])
assert got[2] == [0.773552, 1.771264], f"Step 3: the third step should lead to [0.773552, 1.771264]; it led to {got[2]}."
for setting in [{"momentum": -0.9}, {"momentum": np.inf}, {"weight_decay": -0.1}, {"weight_decay": np.nan}]:
    error = error_of(SGD, some_parameters([1.0]), 0.1, **setting)
    assert isinstance(error, ValueError), f"Step 3: {setting} should raise ValueError, as it does in the __init__ given; it gave {error!r}."
### END HIDDEN TESTS

# %% test="sgd-own" points=3
# Test 3e · 3 points · each velocity is its own, and so is the gradient
parameters = some_parameters([1.0], [1.0])
optimizer = SGD(parameters, lr=0.1, momentum=0.9)
for slope in (1.0, 2.0):
    parameters[0].grad = Tensor([slope], dtype=np.float64)
    parameters[1].grad = Tensor([-slope], dtype=np.float64)
    optimizer.step()
buffers = [optimizer.state[parameter].get("momentum_buffer") for parameter in parameters]
got = [None if buffer is None else np.round(buffer, 9).tolist() for buffer in buffers]
assert got == [[2.9], [-2.9]], (
    f"Step 3: after slopes 1, 2 and -1, -2 the velocities are [2.9] and [-2.9]; they were {got}."
)
### BEGIN HIDDEN TESTS
parameters = some_parameters([[1.0, 2.0]], dtype="float32")
optimizer, gradient = SGD(parameters, lr=0.1, momentum=0.9, weight_decay=0.5), Tensor([[4.0, 8.0]])
parameters[0].grad = gradient
optimizer.step()
first = optimizer.state[parameters[0]]["momentum_buffer"]
shared = np.shares_memory(first, gradient.data)
optimizer.step()
second, kept = optimizer.state[parameters[0]]["momentum_buffer"].dtype, gradient.data.tolist()
assert kept == [[4.0, 8.0]], f"Step 3: a step should leave the gradient as it is, [[4, 8]]; it was {kept}."
assert second == np.float32, f"Step 3: the velocity of a float32 parameter should be float32; it was {second}."
plain = SGD(parameters, lr=0.1, momentum=0.9)
plain.step()
shared = np.shares_memory(plain.state[parameters[0]]["momentum_buffer"], gradient.data)
assert not shared, "Step 3: the velocity should have memory of its own; after the first step it shares that of the gradient."
### END HIDDEN TESTS

# %% [markdown]
# **Profile.** What does an optimizer hold for a parameter of 1 MB, and how much more while it steps? One parameter comes after the
# other, so a few arrays of 1 MB do: at most 5 for SGD, 8 for Adam.

# %% given="step-bytes"
def step_bytes(make_optimizer, count=10):
    "For parameters of 1,000,000 B: the bytes that stay in `state`, and the most a step adds."
    parameters = some_parameters(*[np.ones(250_000)] * count, dtype="float32")
    for parameter in parameters:
        parameter.grad = Tensor(np.ones(250_000, np.float32))
    optimizer = make_optimizer(parameters)
    peak = peak_bytes(lambda: [optimizer.step() for _ in range(3)])
    values = [value for entry in optimizer.state.values() for value in entry.values()]
    arrays = [value for value in values if isinstance(value, np.ndarray)]
    kept = sum(array.nbytes for array in arrays)
    return kept, peak - kept

# %% test="sgd-profile" points=3
# Profile 3 · 3 points · bytes of state, bytes of a step
plain = step_bytes(lambda p: SGD(p, lr=0.1))
rolling = step_bytes(lambda p: SGD(p, lr=0.1, momentum=0.9, weight_decay=0.1))
print(f"10 parameters, 10 MB. State: SGD {plain[0]:,} B, with momentum {rolling[0]:,} B. "
      f"A step takes {plain[1]:,} and {rolling[1]:,} B.")
assert plain[0] == 0, (
    "Step 3: plain SGD should keep nothing for 10,000,000 B of parameters; "
    f"it keeps {plain[0]:,} B."
)
assert rolling[0] == 10_000_000, (
    f"Step 3: momentum should keep one array each, 10,000,000 B; it keeps {rolling[0]:,} B."
)
assert max(plain[1], rolling[1]) < 5_100_000, (
    "Step 3: steps should take at most 5 arrays of 1 MB; "
    f"they took {plain[1]:,} and {rolling[1]:,} B."
)

# %% test="sgd-ready" points=0
# Nothing to do here. When graded, later steps use your SGD if it works, else a stand-in.
### BEGIN HIDDEN TESTS
def _rolls():
    gradients = [[1.0, -2.0], [0.5, 0.0], [-1.0, 4.0]]
    two = some_parameters([1.0, 2.0], [3.0])
    rolling = SGD(two, lr=0.1, momentum=0.5, weight_decay=0.2)
    two[1].grad = Tensor([1.0])
    got = values_after(rolling, gradients)
    first, second = (rolling.state[tensor] for tensor in two)
    return (got[2] == [0.773552, 1.771264] and set(first) == set(second) == {"momentum_buffer"}
            and np.allclose(first["momentum_buffer"], [-0.21152, 4.25536]) and np.allclose(second["momentum_buffer"], [2.70464]))

def _lent_sgd(base):
    def change(self, parameter, state):
        pull = parameter.grad.data + self.weight_decay * parameter.data
        state["momentum_buffer"] = self.momentum * state.get("momentum_buffer", 0) + pull
        return state["momentum_buffer"] * self.lr
    def begin(self, parameters, lr, momentum=0.0, weight_decay=0.0):
        Optimizer.__init__(self, parameters, lr)
        vars(self).update(momentum=momentum, weight_decay=weight_decay)
    return type("SGD", (base,), {"__init__": begin, "_change": change, "_settings": ("lr", "momentum", "weight_decay")})

if "SGD" not in globals() or error_of(_rolls) is not None or not _rolls():
    SGD = _lent_sgd(Optimizer)
### END HIDDEN TESTS

# %% tags=["explore"]
draw_paths({"lr = 0.04": path(lambda p: SGD(p, 0.04)),
            "lr = 0.04, momentum = 0.8": path(lambda p: SGD(p, 0.04, momentum=0.8))},
           "What does momentum change?")

# %% [markdown]
# *In words: above, the path without momentum ends short of the star; below, it swings in wide curves, runs past the star and comes back to it.*

# %% [markdown]
# ## Step 4 · Adam: a step size for every weight
#
# Adam divides each weight's gradient by its usual size: short steps where it is steep, long ones where it is flat. It keeps two
# running means, both starting at 0:

# %% [markdown]
# | | each step | PyTorch's name |
# |---|---|---|
# | m, the usual gradient | m = β₁ · m + (1 - β₁) · gradient | `exp_avg` |
# | v, its usual square | v = β₂ · v + (1 - β₂) · gradient² | `exp_avg_sq` |
# | t, how many steps | t = t + 1 | `step` |
#
# The change is lr · m̂ / (√v̂ + eps), with m̂ = m / (1 - β₁ᵗ) and v̂ = v / (1 - β₂ᵗ).

# %% [markdown]
# Why the two divisions? A mean that starts at 0 is too small for a while. For gradients of 1, ten steps:

# %%
m, rows = 0.0, []
for t in range(1, 11):
    m = 0.9 * m + (1 - 0.9) * 1.0
    rows.append((round(m, 3), round(m / (1 - 0.9**t), 3)))
rows

# %% [markdown]
# **Your turn.** `Adam._change`, with `self.betas` (β₁, β₂) and `self.eps`, as in `torch.optim.Adam`. `state` keeps `exp_avg`, `exp_avg_sq`
# (arrays of the parameter's dtype) and `step` (an int), for each parameter its own.
#
# In the first step m̂ is the gradient, √v̂ its size: every weight moves by about lr.

# %% [markdown]
# <details><summary>Hint</summary>
#
# `state.get("exp_avg", 0)` begins with 0. Count `step` first: t is 1 in the first step. `eps` stands *outside* the root.
# </details>

# %% solution="adam"
#| export
class Adam(Optimizer):
    """Each weight's gradient divided by its usual size, as `torch.optim.Adam`.

    Raises `ValueError` for betas outside [0, 1).
    """

    _settings = ("lr", "betas", "eps")

    def __init__(self, parameters, lr=1e-3, betas=(0.9, 0.999), eps=1e-8):
        super().__init__(parameters, lr)
        if np.shape(betas) != (2,):
            raise ValueError(f"Invalid betas, not two numbers: {betas}")
        self.betas = tuple(
            _in_range(f"beta parameter at index {i}", beta, below=1) for i, beta in enumerate(betas)
        )
        self.eps = _in_range("epsilon value", eps)

    def _change(self, parameter, state):
        "What to subtract from the parameter in this step."
        ### BEGIN SOLUTION
        gradient, (beta1, beta2) = parameter.grad.data, self.betas
        state["step"] = t = state.get("step", 0) + 1
        state["exp_avg"] = m = beta1 * state.get("exp_avg", 0) + (1 - beta1) * gradient
        state["exp_avg_sq"] = v = beta2 * state.get("exp_avg_sq", 0) + (1 - beta2) * gradient**2
        return self.lr / (1 - beta1**t) * m / (np.sqrt(v / (1 - beta2**t)) + self.eps)
        ### END SOLUTION

# %% test="adam-first" points=4
# Test 4a · 4 points · the first step is lr, whatever the gradient
got = values_after(Adam(some_parameters([1.0, 2.0]), lr=0.1), [[100.0, -0.001]])
assert np.allclose(got[0][0], 0.9), (
    "Step 4: a gradient of 100 moves 1 by lr to 0.9; "
    f"it got to {got[0][0]}: is m divided by (1 - beta1**t), v by (1 - beta2**t)?"
)
assert np.allclose(got[0][1], 2.1, atol=2e-6), (
    "Step 4: a gradient of -0.001 moves 2 by lr to 2.1; "
    f"it got to {got[0][1]}: eps outside the root?"
)
### BEGIN HIDDEN TESTS
got = values_after(Adam(some_parameters([1.0, 2.0])), [[1.0, -2.0]])
assert np.allclose(got, [[0.999, 2.001]]), f"Step 4: lr is 0.001 unless given: expected [0.999, 2.001]; got {got[0]}."
got = values_after(Adam(some_parameters([1.0]), lr=0.1), [[0.0], [0.0]])
assert got == [[1.0], [1.0]], f"Step 4: a gradient of 0 moves nothing, and divides nothing by 0; got {got}."
### END HIDDEN TESTS

# %% test="adam-state" points=4
# Test 4b · 4 points · what it keeps, for each parameter its own
parameters = some_parameters([1.0], [1.0])
optimizer = Adam(parameters, lr=0.1, betas=(0.5, 0.75))
parameters[0].grad = Tensor([2.0], dtype=np.float64)
optimizer.step()
parameters[1].grad = Tensor([4.0], dtype=np.float64)
optimizer.step()
kept = [optimizer.state[parameter] for parameter in parameters]
names = sorted(kept[0])
missing = {"exp_avg", "exp_avg_sq", "step"} - set(names)
assert not missing, (
    f"Step 4: after a step `state` should hold exp_avg, exp_avg_sq and step; it held {names}."
)
steps = [entry.get("step") for entry in kept]
assert steps == [2, 1], (
    f"Step 4: the first parameter has made 2 steps, the second 1; `step` says {steps}."
)
means = [np.asarray(entry.get("exp_avg"), dtype=float).tolist() for entry in kept]
assert means == [[1.5], [2.0]], f"Step 4: exp_avg should be [1.5] and [2]; it was {means}."
### BEGIN HIDDEN TESTS
squares = [np.asarray(entry.get("exp_avg_sq"), dtype=float).tolist() for entry in kept]
assert squares == [[1.75], [4.0]], f"Step 4: exp_avg_sq should be [1.75] and [4]; it was {squares}."
got = values_after(Adam(some_parameters([1.0, 2.0]), lr=0.1), [[1.0, -2.0], None, [0.5, 1.0]])
want = [[0.9, 2.1], [0.9, 2.1], [0.806782038, 2.126633703]]
assert np.allclose(got, want, atol=1e-7), f"Step 4: a step without a gradient does not count: expected {want}; got {got}."
single = some_parameters([[1.0, 2.0]], dtype="float32")
values_after(Adam(single), [[[1.0, 1.0]]])
optimizer = Adam(single)
values_after(optimizer, [[[1.0, 1.0]]])
dtypes = [optimizer.state[single[0]][name].dtype for name in ("exp_avg", "exp_avg_sq")]
assert dtypes == [np.float32, np.float32], f"Step 4: of a float32 parameter both means should be float32; they were {dtypes}."
kept = single[0].grad.data.tolist()
assert kept == [[1.0, 1.0]], f"Step 4: a step should leave the gradient as it is, [[1, 1]]; it was {kept}."
### END HIDDEN TESTS

# %% test="adam-steps" points=6
# Test 4c · 6 points · the next steps
optimizer = Adam(some_parameters([1.0, 2.0]), lr=0.1, betas=(0.5, 0.8), eps=0.01)
got = values_after(optimizer, [[1.0, -2.0], [0.5, 0.0]])
want = [[0.900990099, 2.099502488], [0.81483103, 2.149130279]]
assert np.allclose(got, want), (
    f"Step 4: lr=0.1, betas=(0.5, 0.8), eps=0.01: expected {want}; got {got}."
)
### BEGIN HIDDEN TESTS
got = values_after(Adam(some_parameters([1.0, 2.0]), lr=0.1, betas=(0.5, 0.8), eps=0.01), [[1.0, -2.0], [0.5, 0.0], [-1.0, 4.0]])
assert np.allclose(got[2], [0.847358132, 2.076875913]), f"Step 4: the third step should lead to [0.847358, 2.076876]; it led to {got[2]}."
got = values_after(Adam(some_parameters([1.0, 2.0])), [[1.0, -2.0], [0.5, 0.0], [-1.0, 4.0]])
want = [[0.999, 2.001], [0.99806782, 2.001670058], [0.997957037, 2.001330024]]
assert np.allclose(got, want, rtol=0, atol=1e-7), f"Step 4: with the usual betas and eps expected {want}; got {got}."
### END HIDDEN TESTS

# %% test="adam-eps" points=2
# Test 4d · 2 points · eps, outside the root
got = values_after(Adam(some_parameters([2.0]), lr=0.1, eps=0.5), [[1.0]])
assert np.allclose(got, [[1.933333333]]), (
    f"Step 4: with eps=0.5 a gradient of 1 moves 2 by 0.1 / 1.5, to 1.93333; got {got[0]}."
)
### BEGIN HIDDEN TESTS
got = values_after(Adam(some_parameters([2.0, 2.0]), lr=0.1, eps=3.0), [[1.0, -9.0]])
assert np.allclose(got, [[1.975, 2.075]]), f"Step 4: with eps=3 gradients of 1 and -9 move 2 to 1.975 and 2.075; got {got[0]}."
got = values_after(Adam(some_parameters([2.0]), lr=0.1), [[1e-8]])
assert np.allclose(got, [[1.95]]), f"Step 4: eps is 1e-8 by default, so a gradient of 1e-8 moves 2 by 0.1 / 2, to 1.95; got {got[0]}."
for setting in [{"eps": -1e-8}, {"eps": np.inf}, {"betas": (0.9,)}, {"betas": (0.9, 1.0)}, {"betas": (-0.1, 0.9)}]:
    error = error_of(Adam, some_parameters([1.0]), **setting)
    assert isinstance(error, ValueError), f"Step 4: {setting} should raise ValueError, as it does in the __init__ given; it gave {error!r}."
### END HIDDEN TESTS

# %% test="adam-profile" points=3
# Profile 4 · 3 points · Adam holds every parameter twice more
state_bytes, extra_bytes = step_bytes(lambda p: Adam(p))
print(f"10 parameters, 10 MB. State: {state_bytes:,} B. A step takes {extra_bytes:,} B.")
assert 20_000_000 <= state_bytes < 20_001_000, (
    f"Step 4: Adam keeps two arrays for each parameter, 20,000,000 B; it keeps {state_bytes:,} B."
)
assert extra_bytes < 8_100_000, (
    f"Step 4: steps should take at most 8 arrays of 1 MB on top; they took {extra_bytes:,} B."
)

# %% test="adam-ready" points=0
# Nothing to do here. When graded, later steps use your Adam if it works, else a stand-in.
### BEGIN HIDDEN TESTS
def _adapts():
    gradients = [[1.0, -2.0], [0.5, 0.0], [-1.0, 4.0]]
    two = some_parameters([1.0, 2.0], [3.0])
    adam = Adam(two, lr=0.1, betas=(0.5, 0.8), eps=0.01)
    got = values_after(adam, gradients[:1])
    two[1].grad = Tensor([1.0])
    got += values_after(adam, gradients[1:])
    kept = [adam.state[tensor] for tensor in two]
    return (np.allclose(got[2], [0.847358132, 2.076875913]) and all(set(entry) == {"step", "exp_avg", "exp_avg_sq"} for entry in kept)
            and [entry["step"] for entry in kept] == [3, 2])

def _lent_adam(base):
    def change(self, parameter, state):
        slope, rates = parameter.grad.data, self.betas
        state["step"] = 1 + state.get("step", 0)
        corrected = []
        for name, rate, new in [("exp_avg", rates[0], slope), ("exp_avg_sq", rates[1], slope * slope)]:
            state[name] = rate * state.get(name, 0) + (1 - rate) * new
            corrected.append(state[name] / (1 - rate ** state["step"]))
        return self.lr * corrected[0] / (np.sqrt(corrected[1]) + self.eps)
    def begin(self, parameters, lr=1e-3, betas=(0.9, 0.999), eps=1e-8):
        Optimizer.__init__(self, parameters, lr)
        vars(self).update(betas=betas, eps=eps)
    return type("Adam", (base,), {"__init__": begin, "_change": change, "_settings": ("lr", "betas", "eps")})

if "Adam" not in globals() or error_of(_adapts) is not None or not _adapts():
    Adam = _lent_adam(Optimizer)
### END HIDDEN TESTS

# %% tags=["explore"]
draw_paths({"SGD, lr = 0.04": path(lambda p: SGD(p, 0.04)),
            "momentum = 0.8": path(lambda p: SGD(p, 0.04, momentum=0.8)),
            "Adam, lr = 0.7": path(lambda p: Adam(p, 0.7))}, "Three ways down the same valley")

# %% [markdown]
# *In words: Adam's path starts at 45 degrees, as in a round valley: both coordinates move by the same amount.*
#
# What it costs, in bytes, for 10 MB of parameters. For 7 billion weights in float32 Adam's state has 56 GB.

# %% tags=["explore"]
state = {"SGD": step_bytes(lambda p: SGD(p, 0.1))[0],
         "SGD, momentum": step_bytes(lambda p: SGD(p, 0.1, momentum=0.9))[0],
         "Adam": step_bytes(Adam)[0]}
plots.draw_bars(state, title="What do they remember?", unit="B",
                x_label="bytes in state, for 10 MB of parameters");

# %% [markdown]
# ## Step 5 · AdamW: decay that stays decay
#
# If `weight_decay` · weight is added to the gradient, as in SGD, Adam divides it by the gradient's usual size too: weights with
# large gradients hardly decay. A weight of 1, for two sizes of gradients:

# %%
for size in (0.1, 10.0):
    adam = Adam(some_parameters([1.0]), lr=0.01)
    for sign in (1, -1) * 50:  # a gradient that says nothing on average, plus the decay
        values_after(adam, [[size * sign + 0.1 * adam.parameters[0].data[0]]])
    print(f"gradients of {size}: after 100 steps the weight is {adam.parameters[0].data[0]:.3f}")

# %% [markdown]
# AdamW keeps the two apart: lr · weight_decay · weight is subtracted directly, and Adam's step stays what it was.
#
# **Your turn.** `AdamW._change`: Adam's change, plus the decay. The weight in it is the one before the step.

# %% [markdown]
# <details><summary>Hint</summary>
#
# `super()._change(parameter, state)` is Adam's. One more term does it.
# </details>

# %% solution="adamw"
#| export
class AdamW(Adam):
    "Adam, with weight decay apart from the gradient, as `torch.optim.AdamW`."

    _settings = ("lr", "betas", "eps", "weight_decay")

    def __init__(self, parameters, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=1e-2):
        super().__init__(parameters, lr, betas, eps)
        self.weight_decay = _in_range("weight_decay value", weight_decay)

    def _change(self, parameter, state):
        "What to subtract from the parameter in this step."
        ### BEGIN SOLUTION
        return super()._change(parameter, state) + self.lr * self.weight_decay * parameter.data
        ### END SOLUTION

# %% test="adamw-decay" points=4
# Test 5a · 4 points · the decay alone
optimizer = AdamW(some_parameters([1.0, -2.0]), lr=0.1, weight_decay=0.2)
got = values_after(optimizer, [[0.0, 0.0], [0.0, 0.0]])
assert got == [[0.98, -1.96], [0.9604, -1.9208]], (
    "Step 5: each step subtracts lr · weight_decay · weight, here 2 %: "
    f"[0.98, -1.96], [0.9604, -1.9208]; got {got}."
)
### BEGIN HIDDEN TESTS
got = values_after(AdamW(some_parameters([5.0]), lr=0.5), [[0.0], None])
assert got == [[4.975], [4.975]], f"Step 5: weight_decay is 0.01 unless given, and None decays nothing: [4.975] twice; got {got}."
error = error_of(AdamW, some_parameters([1.0]), weight_decay=-0.1)
assert isinstance(error, ValueError), f"Step 5: weight_decay=-0.1 should raise ValueError, as it does in the __init__ given; it gave {error!r}."
### END HIDDEN TESTS

# %% test="adamw-steps" points=6
# Test 5b · 6 points · with gradients
optimizer = AdamW(some_parameters([1.0, 2.0]), lr=0.1, weight_decay=0.5)
got = values_after(optimizer, [[1.0, -2.0], [0.5, 0.0]])
want = [[0.85, 2.0], [0.714282038, 1.967005824]]
assert np.allclose(got, want, atol=1e-7), (
    f"Step 5: with lr=0.1, weight_decay=0.5 expected {want}; got {got}."
)
### BEGIN HIDDEN TESTS
got = values_after(AdamW(some_parameters([4.0, -2.0]), lr=0.05, betas=(0.5, 0.8), eps=0.01, weight_decay=0.1), [[1.0, -2.0], [0.5, 0.0], [-1.0, 4.0]])
want = [[3.93049505, -1.940248756], [3.86776304, -1.905733617], [3.864687776, -1.932332132]]
assert np.allclose(got, want), f"Step 5: with betas=(0.5, 0.8) and more expected {want}; got {got}."
got = values_after(AdamW(some_parameters([1.0, 2.0])), [[1.0, -2.0], [0.5, 0.0], [-1.0, 4.0]])
want = [[0.99899, 2.00098], [0.99804783, 2.001630048], [0.997927067, 2.001269998]]
assert np.allclose(got, want, rtol=0, atol=1e-7), f"Step 5: with all defaults expected {want}; got {got}."
### END HIDDEN TESTS

# %% test="adamw-state" points=3
# Test 5c · 3 points · Adam's memory does not see the decay
parameters = some_parameters([3.0])
optimizer = AdamW(parameters, lr=0.1, betas=(0.5, 0.75), weight_decay=0.9)
values_after(optimizer, [[2.0], [4.0]])
kept = [np.asarray(optimizer.state[parameters[0]].get(name), dtype=float).tolist()
        for name in ("exp_avg", "exp_avg_sq")]
assert kept == [[2.5], [4.75]], (
    f"Step 5: exp_avg and exp_avg_sq should be [2.5] and [4.75], gradients only; they were {kept}."
)
### BEGIN HIDDEN TESTS
same = values_after(AdamW(some_parameters([3.0]), lr=0.1, weight_decay=0.0), [[2.0], [4.0]])
want = values_after(Adam(some_parameters([3.0]), lr=0.1), [[2.0], [4.0]])
assert same == want, f"Step 5: with weight_decay=0 it is Adam: {want}; it was {same}."
single = some_parameters([3.0], dtype="float32")
values_after(AdamW(single), [[2.0]])
got = single[0].data.dtype
assert got == np.float32, f"Step 5: a float32 parameter should stay float32; it became {got}."
### END HIDDEN TESTS

# %% test="adamw-ready" points=0
# Nothing to do here. When graded, step 6 uses your AdamW if it works, else a stand-in.
### BEGIN HIDDEN TESTS
def _decays():
    got = values_after(AdamW(some_parameters([1.0, 2.0]), lr=0.1, weight_decay=0.5), [[1.0, -2.0], [0.5, 0.0]])
    return np.allclose(got, [[0.85, 2.0], [0.714282038, 1.967005824]], atol=1e-7)

def _lent_adamw(base):
    def change(self, parameter, state):
        return base._change(self, parameter, state) + parameter.data * (self.lr * self.weight_decay)
    def begin(self, parameters, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=1e-2):
        base.__init__(self, parameters, lr, betas, eps)
        vars(self).update(weight_decay=weight_decay)
    return type("AdamW", (base,), {"__init__": begin, "_change": change, "_settings": ("lr", "betas", "eps", "weight_decay")})

if "AdamW" not in globals() or error_of(_decays) is not None or not _decays():
    AdamW = _lent_adamw(Adam)
### END HIDDEN TESTS

# %% [markdown]
# ## Step 6 · Stop and go on
#
# A training of three days is interrupted. The parameters alone are not enough to go on: without `exp_avg` and `exp_avg_sq` Adam
# begins again with steps of size lr. So the state is saved, too.

# %% [markdown]
# **Your turn.** `state_dict()` gives what an optimizer remembers as plain values, for any file format:
#
# - `"settings"`: a dictionary of the attributes named in `self._settings`, such as `{"lr": 0.1, "momentum": 0.9, "weight_decay": 0.0}`;
# - `"state"`: a list with one dictionary for each parameter, in the order of `parameters`. No Tensors in it.
#
# Arrays are copied: steps made afterwards do not change what was saved.

# %% [markdown]
# `load_state_dict(saved)` brings both back, into an optimizer of the same kind over parameters of the same shapes: training goes on
# bit for bit. It copies too, so `saved` can be loaded again. `ValueError`, and nothing changed, for
#
# - another number of entries in `"state"` than parameters,
# - settings of another kind (other names),
# - an array whose shape is not that of its parameter.

# %% [markdown]
# <details><summary>Hint</summary>
#
# `np.array(value)` copies an array but would turn the int `step` into one, so copy only what is an `np.ndarray`. Check everything first, then
# change. `getattr(self, name)` and `setattr(self, name, value)` read and write attributes by name.
# </details>

# %% solution="state-dict"
#| export
def _copied(entry):
    "A dictionary with copies of the arrays in it."
    ### BEGIN SOLUTION
    return {name: value.copy() if isinstance(value, np.ndarray) else value for name, value in entry.items()}
    ### END SOLUTION

@patch
def state_dict(self: Optimizer) -> dict:
    "A copy of all it remembers: `settings`, and in `state` a dictionary for each parameter."
    ### BEGIN SOLUTION
    settings = {name: getattr(self, name) for name in self._settings}
    return {"settings": settings, "state": [_copied(self.state[parameter]) for parameter in self.parameters]}
    ### END SOLUTION

@patch
def load_state_dict(self: Optimizer, saved: dict):
    "Take over what `state_dict()` gave. `ValueError`, and nothing changed, if it does not fit."
    ### BEGIN SOLUTION
    settings, entries = saved["settings"], saved["state"]
    if set(settings) != set(self._settings):
        raise ValueError(f"the settings {sorted(settings)} are not those of {type(self).__name__}")
    if len(entries) != len(self.parameters):
        raise ValueError(f"there is state for {len(entries)} parameters, but there are {len(self.parameters)}")
    for parameter, entry in zip(self.parameters, entries):
        shapes = {value.shape for value in entry.values() if isinstance(value, np.ndarray)}
        if shapes - {parameter.shape}:
            raise ValueError(f"state of {shapes} does not fit a parameter of {parameter.shape}")
    for name, value in settings.items():
        setattr(self, name, value)
    self.state = {parameter: _copied(entry) for parameter, entry in zip(self.parameters, entries)}
    ### END SOLUTION

# %% given="plain-lists"
def plain_lists(value):
    "A saved state with lists in the place of arrays and tuples, to be shown and compared."
    if isinstance(value, dict):
        return {name: plain_lists(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain_lists(each) for each in value]
    return value.tolist() if isinstance(value, np.ndarray) else value

# %% test="save-values" points=5
# Test 6a · 5 points · what is saved
rolling = SGD(some_parameters([1.0, 2.0], [3.0]), lr=0.5, momentum=0.9)
values_after(rolling, [[1.0, -2.0]])
got = plain_lists(rolling.state_dict())
assert isinstance(got, dict), f"Step 6: state_dict() should return a dictionary; it gave {got}."
want = {"settings": {"lr": 0.5, "momentum": 0.9, "weight_decay": 0.0},
        "state": [{"momentum_buffer": [1.0, -2.0]}, {}]}
assert got.keys() == want.keys(), f"Step 6: state_dict() should hold {[*want]}; it holds {[*got]}."
for part in want:
    assert got[part] == want[part], (
        f"Step 6: after one step of the first parameter {part!r} should be {want[part]}; it was "
        f"{got[part]}."
    )
### BEGIN HIDDEN TESTS
adam = AdamW(some_parameters([1.0]), lr=0.1, betas=(0.5, 0.75))
values_after(adam, [[2.0], [4.0]])
got = plain_lists(adam.state_dict())
want = {"settings": {"lr": 0.1, "betas": [0.5, 0.75], "eps": 1e-8, "weight_decay": 0.01},
        "state": [{"step": 2, "exp_avg": [2.5], "exp_avg_sq": [4.75]}]}
assert got == want, f"Step 6: of AdamW after two steps expected {want}; got {got}."
got = plain_lists(Adam(some_parameters([1.0]), lr=0.2, betas=(0.5, 0.75), eps=0.1).state_dict()["settings"])
assert got == {"lr": 0.2, "betas": [0.5, 0.75], "eps": 0.1}, f"Step 6: Adam's settings are its lr, betas and eps; got {got}."
### END HIDDEN TESTS

# %% test="save-snapshot" points=3
# Test 6b · 3 points · a snapshot stays as it was
rolling = SGD(some_parameters([1.0]), lr=0.5, momentum=0.9)
values_after(rolling, [[1.0]])
saved = rolling.state_dict()
values_after(rolling, [[5.0]])
got = plain_lists(saved)["state"]
assert got == [{"momentum_buffer": [1.0]}], (
    f"Step 6: a later step should not change what was saved, [1]; it became {got}."
)
### BEGIN HIDDEN TESTS
held = rolling.state[rolling.parameters[0]]["momentum_buffer"]
taken = rolling.state_dict()["state"][0]["momentum_buffer"]
shared = [np.shares_memory(held, taken)]
other = SGD(some_parameters([1.0]), lr=0.1)
other.load_state_dict(saved)
shared.append(np.shares_memory(other.state[other.parameters[0]]["momentum_buffer"], saved["state"][0]["momentum_buffer"]))
assert shared == [False, False], f"Step 6: saving copies and loading copies; arrays shared: {shared}."
values_after(other, [[1.0], [1.0]])
got = plain_lists(saved)
assert got["state"] == [{"momentum_buffer": [1.0]}], f"Step 6: steps after loading should not change what was saved; it became {got}."
### END HIDDEN TESTS

# %% given="interrupted"
def interrupted(make_optimizer, with_state=True):
    "The last bits of a parameter after six steps in one go, and after three, a stop, and three."
    random = np.random.default_rng(1)
    start, gradients = random.normal(size=5), random.normal(size=(6, 5))
    results = []
    for stop in (False, True):
        optimizer = make_optimizer(some_parameters(start, dtype="float32"))
        values_after(optimizer, gradients[:3])
        if stop:
            values = optimizer.parameters[0].data.copy()
            fresh = make_optimizer(some_parameters(values, dtype="float32"))
            fresh.lr = 100.0  # load_state_dict brings back the right one
            if with_state:
                fresh.load_state_dict(optimizer.state_dict())
            optimizer = fresh
        values_after(optimizer, gradients[3:])
        results.append(optimizer.parameters[0].data.tobytes().hex())
    return results

# %% test="resume" points=6
# Test 6c · 6 points · going on equals not having stopped
other = SGD(some_parameters([1.0]), lr=100.0)
other.load_state_dict(SGD(some_parameters([1.0]), lr=0.25).state_dict())
assert other.lr == 0.25, f"Step 6: load_state_dict should bring back lr, 0.25; it is {other.lr}."
whole, resumed = interrupted(lambda p: SGD(p, lr=0.1, momentum=0.9, weight_decay=0.01))
assert whole == resumed, (
    "Step 6: SGD with a stop should end in the same bits; "
    f"{whole} became {resumed}: is `state` brought back?"
)
### BEGIN HIDDEN TESTS
other = SGD(some_parameters([1.0]), lr=0.1, weight_decay=0.5)
other.load_state_dict(SGD(some_parameters([2.0]), lr=0.5, momentum=0.9).state_dict())
got = (other.lr, other.momentum, other.weight_decay)
assert got == (0.5, 0.9, 0.0), f"Step 6: loading brings back every setting, lr 0.5, momentum 0.9 and weight_decay 0; they were {got}."
whole, resumed = interrupted(lambda p: Adam(p, lr=0.1))
assert whole == resumed, f"Step 6: Adam with a stop should end in the same bits; {whole} became {resumed}."
whole, resumed = interrupted(lambda p: AdamW(p, lr=0.1, weight_decay=0.3))
assert whole == resumed, f"Step 6: AdamW with a stop should end in the same bits; {whole} became {resumed}."
### END HIDDEN TESTS

# %% test="load-errors" points=3
# Test 6d · 3 points · what does not fit is refused
saved = SGD(some_parameters([1.0]), lr=0.5, momentum=0.9).state_dict()
error = error_of(SGD(some_parameters([1.0], [2.0]), lr=0.1).load_state_dict, saved)
assert isinstance(error, ValueError), (
    f"Step 6: state of one parameter for two should raise ValueError; it raised {raised(error)}."
)
### BEGIN HIDDEN TESTS
error = error_of(Adam(some_parameters([1.0])).load_state_dict, saved)
assert isinstance(error, ValueError), f"Step 6: SGD's state for Adam should raise ValueError; it raised {raised(error)}."
rolling = SGD(some_parameters([1.0], [2.0]), lr=0.5, momentum=0.9)
rolling.parameters[1].grad = Tensor([1.0])
rolling.step()
unlike = SGD(some_parameters([1.0], [2.0, 3.0]), lr=0.1)
error = error_of(unlike.load_state_dict, rolling.state_dict())
assert isinstance(error, ValueError), f"Step 6: an array of (1,) for a parameter of (2,) should raise ValueError; it raised {raised(error)}."
left = (unlike.lr, unlike.momentum, plain_lists(unlike.state_dict())["state"])
assert left == (0.1, 0.0, [{}, {}]), f"Step 6: after an error nothing should have changed: 0.1, 0, empty; it was {left}."
### END HIDDEN TESTS

# %% [markdown]
# What the state is worth: Adam near its goal, stopped after 100 of 160 steps, with its state restored and without:

# %% tags=["explore"]
def descent(keep_state):
    "The mean distance of 50 weights from their goal after each step."
    random = np.random.default_rng(0)
    optimizer, distances = Adam(some_parameters(random.normal(size=50)), lr=0.05), []
    for count in range(160):
        if count == 100:
            fresh = Adam(some_parameters(optimizer.parameters[0].data), lr=0.05)
            if keep_state:
                fresh.load_state_dict(optimizer.state_dict())
            optimizer = fresh
        values_after(optimizer, [optimizer.parameters[0].data + 0.01 * random.normal(size=50)])
        distances.append(np.abs(optimizer.parameters[0].data).mean())
    return distances

# %% tags=["explore"]
figure, ax = plt.subplots(figsize=(8, 3.4), layout="constrained")
ax.semilogy(descent(False), color=plots.COLOURS[1], ls="--", label="state lost")
ax.semilogy(descent(True), color=plots.COLOURS[0], label="state restored")
ax.set(title="What is its state worth to Adam?", xlabel="step",
       ylabel="mean distance from the goal (log scale)")
ax.legend()
plt.show()

# %% [markdown]
# ## Step 7 · Smaller steps, and none too long (optional, no points)
#
# Far from the goal long steps are right, near it short ones. A *schedule* sets `optimizer.lr` once after each epoch.
# This much is given:

# %% given="schedule"
#| export
class _Schedule:
    "What schedules share: `step()` counts `last_epoch`, and sets `optimizer.lr` by `get_lr`."

    def __init__(self, optimizer):
        self.optimizer, self.base_lr, self.last_epoch = optimizer, optimizer.lr, 0

    def step(self):
        "One epoch is over: set the learning rate of the next one."
        self.last_epoch += 1
        self.optimizer.lr = self.get_lr()

# %% [markdown]
# **Your turn, first part.** Two subclasses with PyTorch's names. Each keeps its arguments and has a `get_lr()`, the rate after
# t = `self.last_epoch` epochs, from `self.base_lr`:
#
# | | rate after t epochs |
# |---|---|
# | `StepLR(optimizer, step_size, gamma=0.1)` | base · gamma^(t // step_size) |
# | `CosineAnnealingLR(optimizer, T_max, eta_min=0.0)` | eta_min + (base - eta_min) · (1 + cos(π t / T_max)) / 2 |
#
# `ValueError`: a `step_size` or `T_max` below 1; a `gamma` or `eta_min` that is negative, infinite or nan (`_in_range` looks).

# %% [markdown]
# <details><summary>Hint</summary>
#
# `class StepLR(_Schedule):` with an `__init__` that calls `super().__init__(optimizer)`. `np.pi` and `np.cos` are there.
# </details>

# %% solution="schedules" tags=["optional"]
#| export
### BEGIN SOLUTION
class StepLR(_Schedule):
    "After every `step_size` epochs the learning rate is multiplied by `gamma`, as `torch.optim.lr_scheduler.StepLR`."

    def __init__(self, optimizer, step_size, gamma=0.1):
        super().__init__(optimizer)
        if not step_size >= 1:
            raise ValueError(f"step_size is at least 1; it was {step_size}")
        self.step_size, self.gamma = step_size, _in_range("gamma", gamma)

    def get_lr(self):
        "The learning rate after `last_epoch` epochs."
        return self.base_lr * self.gamma ** (self.last_epoch // self.step_size)


class CosineAnnealingLR(_Schedule):
    "Down to `eta_min` in `T_max` epochs along half a cosine, as `torch.optim.lr_scheduler.CosineAnnealingLR`."

    def __init__(self, optimizer, T_max, eta_min=0.0):
        super().__init__(optimizer)
        if not T_max >= 1:
            raise ValueError(f"T_max is at least 1; it was {T_max}")
        self.T_max, self.eta_min = T_max, _in_range("eta_min", eta_min)

    def get_lr(self):
        "The learning rate after `last_epoch` epochs."
        share = (1 + np.cos(np.pi * self.last_epoch / self.T_max)) / 2
        return float(self.eta_min + (self.base_lr - self.eta_min) * share)
### END SOLUTION

# %% given="rates-of"
def rates_of(name, *settings, lr=1.0, epochs=6):
    "The rates before and after each epoch by the schedule of this name; None if it is not written."
    if name not in globals():
        return None
    optimizer = SGD(some_parameters([1.0]), lr=lr)
    schedule, rates = globals()[name](optimizer, *settings), [optimizer.lr]
    for _ in range(epochs):
        schedule.step()
        rates.append(optimizer.lr)
    return np.round(rates, 6).tolist()

# %% test="step-lr" points=0
# Test 7a · no points · StepLR
got = rates_of("StepLR", 2, 0.5)
want = [1.0, 1.0, 0.5, 0.5, 0.25, 0.25, 0.125]
assert got in (None, want), (
    f"Step 7: StepLR of 1.0 with step_size=2, gamma=0.5 should go through {want}; "
    f"it went through {got}."
)
### BEGIN HIDDEN TESTS
got = rates_of("StepLR", 3, lr=8.0, epochs=4)
assert got in (None, [8.0, 8.0, 8.0, 0.8, 0.8]), f"Step 7: gamma is 0.1 unless given: expected 8, 8, 8, 0.8, 0.8; got {got}."
got = rates_of("StepLR", 1, 0.5, epochs=2)
assert got in (None, [1.0, 0.5, 0.25]), f"Step 7: with step_size=1 every epoch counts: expected 1, 0.5, 0.25; got {got}."
want = ValueError if "StepLR" in globals() else type(None)
for settings in [(0,), (2, -0.5), (2, float("nan"))]:
    error = error_of(rates_of, "StepLR", *settings)
    assert isinstance(error, want), f"Step 7: StepLR with step_size, gamma = {settings} should raise ValueError; it raised {raised(error)}."
### END HIDDEN TESTS

# %% test="cosine-lr" points=0
# Test 7b · no points · CosineAnnealingLR
got = rates_of("CosineAnnealingLR", 4, 0.2, epochs=5)
want = [1.0, 0.882843, 0.6, 0.317157, 0.2, 0.317157]
assert got in (None, want), (
    f"Step 7: from 1.0 to eta_min=0.2 in T_max=4 epochs expected {want}; got {got}."
)
### BEGIN HIDDEN TESTS
got = rates_of("CosineAnnealingLR", 2, lr=4.0, epochs=2)
assert got in (None, [4.0, 2.0, 0.0]), f"Step 7: eta_min is 0 unless given: expected 4, 2, 0; got {got}."
got = rates_of("CosineAnnealingLR", 1, epochs=1)
assert got in (None, [1.0, 0.0]), f"Step 7: with T_max=1 one epoch leads to 0: expected 1, 0; got {got}."
want = ValueError if "CosineAnnealingLR" in globals() else type(None)
for settings in [(0,), (2, -0.1), (2, float("inf"))]:
    error = error_of(rates_of, "CosineAnnealingLR", *settings)
    assert isinstance(error, want), f"Step 7: T_max, eta_min = {settings} should raise ValueError; it raised {raised(error)}."
### END HIDDEN TESTS

# %% tags=["explore"]
drawn = {f"{name}({', '.join(map(str, settings))})": rates_of(name, *settings, lr=0.1, epochs=30)
         for name, settings in [("StepLR", (10, 0.3)), ("CosineAnnealingLR", (30,))]}
if None in drawn.values():
    drawn = {"no schedule yet": [0.1] * 31}
plots.draw_curves(range(31), drawn, title="The learning rate of 30 epochs", log=False,
                  x_label="epochs made", y_label="learning rate")
plt.show()

# %% [markdown]
# One bad batch can give a gradient a thousand times as long as any other, and a step that ruins weeks of training. *Clipping*
# shortens what
# is too long and keeps its direction.

# %% [markdown]
# **Your turn, second part.** `clip_grad_norm_(parameters, max_norm)`, as in `torch.nn.utils`, takes a list of Tensors, or one. The *norm* is
# √(sum of squares) of all numbers in all their grads, in float64; those that are None are left out. If it exceeds `max_norm`, each `grad.data` is
# multiplied, in place, by max_norm / (norm + 0.000001). It gives the norm as it was before. A `max_norm` below 0, or nan: `ValueError`.

# %% [markdown]
# <details><summary>Hint</summary>
#
# `(grad.data.astype(float) ** 2).sum()` adds up one. The factor is at most 1: `min(1.0, ...)`.
# </details>

# %% solution="clip" tags=["optional"]
#| export
### BEGIN SOLUTION
def clip_grad_norm_(parameters, max_norm):
    "Shorten all gradients together to `max_norm` where their norm exceeds it, in place; give the norm of before."
    if not max_norm >= 0:
        raise ValueError(f"Invalid max_norm: {max_norm}")
    parameters = [parameters] if isinstance(parameters, Tensor) else parameters
    gradients = [parameter.grad.data for parameter in parameters if parameter.grad is not None]
    norm = np.sqrt(sum((gradient.astype(float) ** 2).sum() for gradient in gradients))
    factor = np.minimum(1.0, max_norm / (norm + 1e-6))  # of a norm that is nan a nan, as in PyTorch
    for gradient in gradients:
        gradient *= factor
    return norm
### END SOLUTION

# %% given="clipped"
def clipped(gradients, max_norm, digits=4, dtype="float64", alone=False):
    "The norm that clip_grad_norm_ gives and the gradients it leaves; None if it is not written."
    if "clip_grad_norm_" not in globals():
        return None
    zeros = [np.zeros(np.shape(gradient or 0.0)) for gradient in gradients]
    parameters = some_parameters(*zeros, dtype=dtype)
    for parameter, gradient in zip(parameters, gradients):
        parameter.grad = None if gradient is None else Tensor(gradient, dtype=dtype)
    norm = clip_grad_norm_(parameters[0] if alone else parameters, max_norm)
    left = [None if parameter.grad is None else np.round(parameter.grad.data, digits).tolist()
            for parameter in parameters]
    return round(float(norm), digits), left

# %% test="clip-norm" points=0
# Test 7c · no points · clip_grad_norm_
got = clipped([[3.0, 0.0], None, [[4.0]]], 1.0)
assert got in (None, (5.0, [[0.6, 0.0], None, [[0.8]]])), (
    f"Step 7: [3, 0] and [[4]] have the norm 5; cut to 1 they are [0.6, 0], [[0.8]]; got {got}."
)
got = clipped([[3.0, 4.0]], 10.0)
assert got in (None, (5.0, [[3.0, 4.0]])), (
    f"Step 7: a norm of 5 is not above 10: [3, 4] should stay as it is; got {got}."
)
### BEGIN HIDDEN TESTS
got = clipped([[0.0, 0.0]], 1.0)
assert got in (None, (0.0, [[0.0, 0.0]])), f"Step 7: a gradient of zeros has the norm 0 and stays; got {got}."
got = clipped([[3.0, 4.0]], 1.0, alone=True)
assert got in (None, (5.0, [[0.6, 0.8]])), f"Step 7: one Tensor serves as well: of [3, 4] expected 5, [0.6, 0.8]; got {got}."
got = clipped([[3e-6, 4e-6]], 1e-6, digits=9)
assert got in (None, (5e-6, [[5e-7, 6.67e-7]])), f"Step 7: the factor is max_norm / (norm + 0.000001), here 1/6: expected 5e-7, 6.67e-7; got {got}."
got = clipped([[3.0, 4.0]], 0.0)
assert got in (None, (5.0, [[0.0, 0.0]])), f"Step 7: a max_norm of 0 is allowed and leaves [0, 0]; got {got}."
want = ValueError if "clip_grad_norm_" in globals() else type(None)
for max_norm in [-0.5, float("nan")]:
    error = error_of(clipped, [[3.0, 4.0]], max_norm)
    assert isinstance(error, want), f"Step 7: a max_norm of {max_norm} should raise ValueError; it raised {raised(error)}."
got, unit = clipped([[3 * 2.0**64, 2.0**66]], 5 * 2.0**63, dtype="float32"), 2.0**63
assert got in (None, (10 * unit, [[3 * unit, 4 * unit]])), f"Step 7: the squares of 5.5e19 and 7.4e19 need float64: expected 9.2e19, half of each; got {got}."
### END HIDDEN TESTS

# %% [markdown]
# In the loop: `loss.backward()`, then `clip_grad_norm_(model.parameters(), 1.0)`, then `optimizer.step()`; and `schedule.step()` once
# after each epoch.

# %% [markdown]
# ## All together: the loop of module 05
#
# As it was printed there, with nothing missing any more:

# %% tags=["explore"]
from tinytorch import CrossEntropyLoss, DataLoader, ReLU, Sequential, TensorDataset, no_grad
from tinytorch.datasets import split_digits

train_images, train_labels, test_images, test_labels = split_digits()
train_set = TensorDataset(Tensor(train_images.reshape(-1, 64)), Tensor(train_labels))

def accuracy(model):
    with no_grad():
        scores = model(Tensor(test_images.reshape(-1, 64)))
    return (scores.data.argmax(axis=1) == test_labels).mean()

# %% tags=["explore"]
def train(make_optimizer, epochs=8):
    "The mean loss of each epoch, and the test accuracy at the end."
    np.random.seed(0)
    model, loss_fn = Sequential(Linear(64, 64), ReLU(), Linear(64, 10)), CrossEntropyLoss()
    optimizer, history = make_optimizer(model.parameters()), []
    for _ in range(epochs):
        losses = []
        generator = np.random.default_rng(0)
        for images, labels in DataLoader(train_set, 32, shuffle=True, generator=generator):
            optimizer.zero_grad()
            loss = loss_fn(model(images), labels)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        history.append(np.mean(losses))
    return history, accuracy(model)

# %% tags=["explore"]
runs = {"SGD, lr=0.05": lambda p: SGD(p, 0.05),
        "momentum=0.9": lambda p: SGD(p, 0.05, momentum=0.9),
        "Adam, lr=0.003": lambda p: Adam(p, 3e-3),
        "AdamW, weight_decay=2": lambda p: AdamW(p, 3e-3, weight_decay=2.0)}
results = {name: train(make) for name, make in runs.items()}
curves = {f"{name}: {share:.1%} right": history for name, (history, share) in results.items()}
plots.draw_curves(range(1, 9), curves, title="Same model, same digits, four ways down", log=False,
                  x_label="epoch", y_label="mean loss");

# %% [markdown]
# Which one wins depends on the learning rates as much as on the method. Change them, and see.
#
# What if `zero_grad` is forgotten? The gradients of all batches add up, and the steps grow:

# %% tags=["explore"]
class Forgetful(SGD):
    def zero_grad(self):
        pass

history, share = train(lambda p: Forgetful(p, 0.05), epochs=4)
print(f"with zero_grad {results['SGD, lr=0.05'][1]:.1%} right, without {share:.1%}; "
      f"losses {np.round(history, 2)}")

# %% [markdown]
# ## Beside PyTorch
#
# | here | PyTorch |
# |---|---|
# | `optimizer.lr = 0.01` | `for group in optimizer.param_groups: group["lr"] = 0.01` |
# | one rate for all parameters | groups of parameters with options of their own |
# | `state_dict()` copies | hands out the arrays themselves |
# | `Adam` has no `weight_decay` | it has, added to the gradient |
# | an infinite or nan `lr`, `momentum`, `weight_decay` is refused | is taken: the weights become nan |
# | `clip_grad_norm_`, schedules: `tinytorch.core.optimizers` | `torch.nn.utils`, `torch.optim.lr_scheduler` |
# | temporary arrays for each parameter | fused kernels |

# %% [markdown]
# ## What you take with you
#
# - A step subtracts, in place: model and optimizer share the arrays.
# - Momentum averages directions, for one array a parameter; Adam also divides by the usual size, for two.
# - AdamW's decay goes to the weights, not through the gradient.
# - A checkpoint without the optimizer's state is half a checkpoint.

# %% [markdown]
# Checklist, can you say it without looking?
#
# - [ ] Why may a step not replace `parameter.data` by a new array?
# - [ ] What is Adam's first step for a gradient of a million? Of a millionth?
# - [ ] Why are Adam's means divided by 1 - βᵗ?
# - [ ] How many bytes does training a model of 1 GB take with Adam? (Four arrays a weight: itself, gradient, m, v.)

# %% [markdown]
# ## Further reading
#
# - B. Polyak, *Some methods of speeding up the convergence of iteration methods*, 1964: momentum.
# - D. Kingma, J. Ba, *Adam: a method for stochastic optimization*, 2014, arXiv:1412.6980.
# - I. Loshchilov, F. Hutter, *Decoupled weight decay regularization*, 2017, arXiv:1711.05101: AdamW.
# - G. Goh, *Why momentum really works*, 2017, distill.pub.

# %% [markdown]
# **Next: 08 · Training.** A trainer puts the loop, the history and the checkpoints into one class. Export your work first: `tito export 07`.
# On Binder, **download this notebook** before the session ends.

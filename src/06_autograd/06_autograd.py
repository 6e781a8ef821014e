# %% [markdown]
# # 06 · Autograd
#
# > Every operation leaves a note. `backward()` reads the notes from the last to the first.
#
# **Core tier · difficulty 4 of 4 · 4 to 6 hours · after 01 tensor, 02 activations, 03 layers, 04 losses, 05 dataloader**
#
# On Binder this session is temporary: download your notebook (*File → Download*) before you leave.

# %% tags=["explore"]
# Run this cell first. From then on it says which steps pass, and how many visible points that is.
from tinytorch.panel import show_panel

show_panel("06")

# %% [markdown]
# The tests that you see are examples: when graded, each also tries other values that follow from the text. *Visible points*
# are those of the tests as you see them, so go by the text, and not by the tests alone.

# %%
#| default_exp core.autograd

# %% given="imports"
#| export
from contextlib import contextmanager
from functools import wraps
from inspect import signature

import numpy as np

from tinytorch.core.activations import GELU, ReLU, Sigmoid, Softmax, Tanh
from tinytorch.core.losses import BinaryCrossEntropyLoss, CrossEntropyLoss, MSELoss
from tinytorch.core.tensor import Tensor

# %% given="tools"
import weakref

from tinytorch.profiling import peak_bytes, seconds_per_call

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

def warning_of(call):
    "The first numerical warning of a call (overflow, division by zero, log of 0), or None."
    with np.errstate(divide="raise", over="raise", invalid="raise"):
        return error_of(call)

# %% [markdown]
# A model has a loss, and a million weights. Which way to turn each of them? The *gradient* says it: one slope
# for every weight. This notebook computes all of them in one sweep, for any model made of Tensors.

# %% tags=["explore"]
import matplotlib.pyplot as plt
from tinytorch.profiling import plots

plt.rcParams.update(plots.STYLE)
chain = {"Batch": "x, labels", "Model": "x @ w + b", "Loss": "one number",
         "backward()": "a slope per weight", "Update": "w - rate * slope"}
plots.draw_chain(chain, title="You build the blue box", highlight=["backward()"]);

# %% [markdown]
# | step | you write | the idea |
# |---|---|---|
# | 1 | `_slope`, a gradient by hand | multiply along a path, add up paths |
# | 2 | `_unbroadcast` | a gradient has the shape of its Tensor |
# | 3 | `no_grad`, `_recorded` | an operation leaves a node behind |
# | 4 | `_topological_order` | who comes before whom |
# | 5 | `_backward` | one walk from the loss to the leaves |
# | 6-9 | the rules | one for each operation |
#
# Importing this module teaches the operations of 01, 02 and 04 to leave notes; the layers of 03 are made of them.

# %% [markdown]
# ## Step 1 · The chain rule, by hand
#
# A slope tells how much the output moves when the input is nudged. You can measure it, without any calculus:

# %%
def cube(x):
    return x**3

cube(2.0), (cube(2.0 + 1e-6) - cube(2.0)) / 1e-6

# %% [markdown]
# The true slope of x³ at 2 is 12. A nudge of 0.000001 to one side is off by a few times as much. Nudge to *both* sides, and
# these errors cancel: that is a *central difference*.

# %% [markdown]
# **Your turn.** `_slope(function, at, step)` is (function(at + step) - function(at - step)) / (2 · step). The function may give
# a number or an array.

# %% [markdown]
# <details><summary>Hint</summary>
#
# One line. Mind the brackets around `2 * step`.
# </details>

# %% solution="slope"
#| export
def _slope(function, at, step=1e-5):
    "The slope of `function` at the number `at`, by a central difference."
    ### BEGIN SOLUTION
    return (function(at + step) - function(at - step)) / (2 * step)
    ### END SOLUTION

# %% test="slope-central" points=2
# Test 1a · 2 points · the slope is a central difference
got = _slope(lambda x: x**2, 3.0, 0.5)
assert got is not None and abs(got - 6) < 1e-9, (
    f"Step 1: for x**2 at 3 with step 0.5 a central difference gives 6; it was {got}."
)
### BEGIN HIDDEN TESTS
for at, step, want in [(-2.0, 0.5, 12.25), (0.0, 2.0, 4.0), (1.0, 0.1, 3.01)]:
    got = _slope(lambda x: x**3, at, step)
    assert abs(got - want) < 1e-6, f"Step 1: for x**3 at {at} with step {step} expected {want}; got {got}."
got = _slope(np.sin, 0.0)
assert abs(got - 1) < 1e-6, f"Step 1: the slope of sin at 0 is 1, without a step given too; it was {got}."
got = _slope(lambda x: np.array([x, 2 * x]), 5.0)
assert np.allclose(got, [1, 2]), f"Step 1: a function that gives the array [x, 2x] has the slopes [1, 2]; they were {got}."
### END HIDDEN TESTS

# %% test="slope-ready" points=0
# Nothing to do here. When graded, step 5 uses your _slope if it works, else a stand-in.
### BEGIN HIDDEN TESTS
if error_of(lambda: _slope(np.sin, 0.0)) is not None or not np.allclose(_slope(lambda x: x**3, 0.0, 2.0), 4):
    def _slope(function, at, step=1e-5):
        return (function(at + step) / 2 - function(at - step) / 2) / step
### END HIDDEN TESTS

# %% [markdown]
# Measuring needs two runs of the model for *each* weight: two million for a million weights. The chain rule needs one walk
# back. Here is a model with a single weight `w`, used twice:

# %%
w, x, y = 3.0, 2.0, 5.0
p = w * x  # 6
s = p + w  # 9
d = s - y  # 4
loss = d**2  # 16

# %% tags=["explore"]
def draw_graph(boxes, arrows, title):
    "Draw boxes {name: (column, row, note)} and arrows [(from, to, note)]; leaves are blue."
    figure, ax = plt.subplots(figsize=(10, 3), layout="constrained")
    drawn = {}
    for name, (column, row, note) in boxes.items():
        leaf = all(end != name for _, end, _ in arrows)
        ink, paper = ("white", "#0072B2") if leaf else ("black", "#E8ECEF")
        box = {"boxstyle": "round,pad=0.5", "facecolor": paper, "edgecolor": "none"}
        drawn[name] = ax.text(column, row, f"{name.strip()}\n{note}".strip(), ha="center",
                              va="center", color=ink, bbox=box)
    for start, end, note in arrows:
        (x0, y0, _), (x1, y1, _) = boxes[start], boxes[end]
        arrow = {"arrowstyle": "->", "color": "#555555", "lw": 1.5, "shrinkA": 3, "shrinkB": 3,
                 "patchA": drawn[start].get_bbox_patch(), "patchB": drawn[end].get_bbox_patch()}
        ax.annotate("", (x1, y1), (x0, y0), arrowprops=arrow)
        if note:
            ax.text((x0 + x1) / 2, (y0 + y1) / 2, note, ha="center", va="center", color="#D55E00",
                    fontweight="bold", bbox={"facecolor": "white", "edgecolor": "none", "pad": 2})
    columns, rows = zip(*((column, row) for column, row, _ in boxes.values()))
    ax.set(title=title, xlim=(min(columns) - 0.5, max(columns) + 0.5),
           ylim=(min(rows) - 0.25, max(rows) + 0.25))
    ax.axis("off")
    plt.show()

# %% tags=["explore"]
boxes = {"x": (0, 1, "2"), "w": (0, 0, "3"), "p = w * x": (1.2, 1, "6"),
         "s = p + w": (2.4, 0.5, "9"), "y": (2.4, -0.35, "5"),
         "d = s - y": (3.6, 0.5, "4"), "loss = d**2": (4.8, 0.5, "16")}
arrows = [("x", "p = w * x", "w = 3"), ("w", "p = w * x", "x = 2"),
          ("p = w * x", "s = p + w", "1"), ("w", "s = p + w", "1"), ("s = p + w", "d = s - y", "1"),
          ("y", "d = s - y", "-1"), ("d = s - y", "loss = d**2", "2d = 8")]
draw_graph(boxes, arrows, "Blue: leaves. Orange: how much faster the next box moves than this one.")

# %% [markdown]
# *In words: x and w lead to p, p and w lead to s, s and y to d, d to the loss. On each arrow stands a local slope. Blue are the
# *leaves*: x, w and y, which no operation made.*
#
# Walk back from the loss. **Along a path, multiply**: the gradient of `p` is 8 · 1 · 1 = 8. **Where paths meet, add**: `w`
# reaches the loss through `p` and directly through `s`.

# %% [markdown]
# **Your turn.** `d_gradient` is there. Compute `s_gradient`, `p_gradient`, `x_gradient` and `w_gradient` from the numbers above, one line
# each.

# %% [markdown]
# <details><summary>Hint</summary>
#
# `s_gradient = d_gradient * 1`. The number on each arrow of the picture is the other factor. `w` gets a share from `p` and another
# from `s`.
# </details>

# %%
d_gradient = 2 * d  # 8

# %% solution="by-hand"
# s_gradient = ...
### BEGIN SOLUTION
s_gradient = d_gradient * 1
p_gradient = s_gradient * 1
x_gradient = p_gradient * w
w_gradient = p_gradient * x + s_gradient * 1
### END SOLUTION

# %% test="by-hand-path" points=2
# Test 1b · 2 points · along a path, multiply
assert s_gradient == 8, f"Step 1: s moves d by 1, so s_gradient is 8 * 1; it was {s_gradient!r}."
### BEGIN HIDDEN TESTS
assert p_gradient == 8, f"Step 1: the gradient of p is 8 * 1 * 1; it was {p_gradient!r}."
assert x_gradient == 24, f"Step 1: the gradient of x is 8 * 1 * 1 * 3: along the path, multiply; it was {x_gradient!r}."
### END HIDDEN TESTS

# %% test="by-hand-paths" points=3
# Test 1c · 3 points · where paths meet, add
assert w_gradient > 8, (
    "Step 1: two paths lead from w to the loss, one of them with 8; "
    f"w_gradient was {w_gradient!r}."
)
### BEGIN HIDDEN TESTS
assert w_gradient == 24, f"Step 1: w's gradient is the sum over its two paths, through p and directly to s; it was {w_gradient!r}."
### END HIDDEN TESTS

# %% [markdown]
# Does the measurement agree?

# %% tags=["explore"]
_slope(lambda w: (w * 2 + w - 5) ** 2, 3.0), _slope(lambda x: (3 * x + 3 - 5) ** 2, 2.0)

# %% [markdown]
# Nothing in this walk needed the whole formula: each box knew its own slope. So if every operation leaves a note of what
# it did, the walk can be left to a program. First, though: what is a gradient's shape?

# %% [markdown]
# ## Step 2 · A gradient has the shape of its Tensor
#
# One slope for each number. But broadcasting uses a number several times: a bias of 3 is added to each of 4 rows. Each use
# is a path to the loss, and paths add up.

# %% tags=["explore"]
arriving = np.array([[1.0, 0, 2], [3, 1, 0], [0, 2, 1], [1, 1, 1]])
figure, panels = plt.subplots(1, 2, figsize=(10, 3.2), layout="constrained", width_ratios=[1, 1])
for panel, table, title in zip(panels, [arriving, arriving.sum(axis=0, keepdims=True)],
                               ["a gradient (4, 3) arrives", "the bias (3,) gets its sums"]):
    panel.imshow(table, cmap="cividis", vmin=0, vmax=6)
    for (row, column), number in np.ndenumerate(table):
        panel.text(column, row, f"{number:g}", ha="center", va="center", fontsize=15,
                   color="white" if number < 3 else "black")
    panel.set(title=title, xlabel="axis 1 (index)", xticks=range(3))
    panel.set(ylabel="axis 0 (index)", yticks=range(len(table)))
plt.show()

# %% [markdown]
# *In words: left a table of 4 rows and 3 columns, right one row with the sums of its columns: 5, 4, 4.*
#
# Broadcasting puts new axes on the left, and stretches axes of length 1. Summing undoes both.

# %% [markdown]
# **Your turn.** `_unbroadcast(gradient, shape)` sums an array over the axes that broadcasting added or stretched. The result
# has exactly `shape`, and the dtype of `gradient`. An array that has the shape already comes back as it is, not copied.

# %% [markdown]
# <details><summary>Hint</summary>
#
# New axes first: there are `gradient.ndim - len(shape)` of them, all on the left. Then the axes where `shape` has 1 and the
# array has not; `keepdims=True` leaves them in place.
# </details>

# %% solution="unbroadcast"
#| export
def _unbroadcast(gradient, shape):
    "Sum `gradient` over the axes that broadcasting from `shape` added or stretched."
    ### BEGIN SOLUTION
    if gradient.shape == shape:
        return gradient
    gradient = gradient.sum(axis=tuple(range(gradient.ndim - len(shape))))
    stretched = tuple(axis for axis, length in enumerate(shape) if length == 1 and gradient.shape[axis] != 1)
    return gradient.sum(axis=stretched, keepdims=True) if stretched else gradient
    ### END SOLUTION

# %% test="unbroadcast-added" points=3
# Test 2a · 3 points · axes that broadcasting added
got = _unbroadcast(np.array([[1.0, 0, 2], [3, 1, 0], [0, 2, 1], [1, 1, 1]]), (3,))
assert isinstance(got, np.ndarray), (
    f"Step 2: _unbroadcast should give an array; it gave {got}: is a `return` missing?"
)
assert np.shape(got) == (3,), (
    "Step 2: a gradient of (4, 3) for a Tensor of (3,) should get the shape (3,); "
    f"it got {np.shape(got)}."
)
assert np.allclose(got, [5, 4, 4]), f"Step 2: the sums of the columns are 5, 4, 4; they were {got}."
### BEGIN HIDDEN TESTS
for given, shape, want in [((2, 3, 4), (4,), [6.0] * 4), ((5, 2), (), 10.0), ((7,), (), 7.0), ((2, 2, 3), (2, 3), [[2.0] * 3] * 2)]:
    got = _unbroadcast(np.ones(given), shape)
    assert np.shape(got) == shape, f"Step 2: a gradient of {given} for {shape} should get that shape; it got {np.shape(got)}."
    assert np.allclose(got, want), f"Step 2: ones of {given} for {shape} sum to {want}; they were {got}."
### END HIDDEN TESTS

# %% test="unbroadcast-stretched" points=3
# Test 2b · 3 points · axes that broadcasting stretched
got = _unbroadcast(np.array([[1.0, 2, 3], [4, 5, 6]]), (2, 1))
assert np.shape(got) == (2, 1), (
    f"Step 2: for a Tensor of (2, 1) the gradient should be (2, 1); it was {np.shape(got)}."
)
assert np.allclose(got, [[6], [15]]), f"Step 2: the sums of the rows are 6 and 15; they were {got}."
### BEGIN HIDDEN TESTS
for given, shape, want in [((4, 3), (1, 3), 4.0), ((4, 3), (1, 1), 12.0), ((2, 5, 3), (2, 1, 3), 5.0), ((6,), (1,), 6.0),
                           ((2, 4, 3), (1, 3), 8.0), ((2, 4, 3), (4, 1), 6.0), ((5, 2, 1, 3), (2, 1, 1), 15.0)]:
    got = _unbroadcast(np.ones(given), shape)
    assert np.shape(got) == shape, f"Step 2: a gradient of {given} for {shape} should get that shape; it got {np.shape(got)}."
    assert np.allclose(got, want), f"Step 2: ones of {given} for {shape} sum to {want} each; they were {got}."
### END HIDDEN TESTS

# %% test="unbroadcast-keeps" points=1
# Test 2c · 1 point · the dtype stays, and so does what fits already
got = _unbroadcast(np.ones((2, 3), np.float32), (3,)).dtype
assert got == np.float32, (
    f"Step 2: the sum of a float32 gradient should stay float32; it was {got}."
)
got = _unbroadcast(np.array([[1.0, 2.0]]), (1, 2)).tolist()
assert got == [[1.0, 2.0]], (
    f"Step 2: a gradient that fits should come back as [[1.0, 2.0]]; it came as {got}."
)
### BEGIN HIDDEN TESTS
for shape in [(), (1,), (1, 1), (3, 1), (0, 2)]:
    got = np.shape(_unbroadcast(np.ones(shape), shape))
    assert got == shape, f"Step 2: a gradient of {shape} for a Tensor of {shape} should keep its shape; it got {got}."
got = _unbroadcast(np.ones((0, 3)), (3,)).tolist()
assert got == [0, 0, 0], f"Step 2: a gradient of no rows sums to [0, 0, 0]; it was {got}."
### END HIDDEN TESTS

# %% test="unbroadcast-profile" points=1
# Profile 2 · 1 point · what fits is not copied, what does not is summed once
big = np.ones((1000, 1000))
fitting = peak_bytes(lambda: _unbroadcast(big, (1000, 1000)))
summed = peak_bytes(lambda: _unbroadcast(big, (1000,)))
print(f"a gradient of 8,000,000 B: {fitting:,} B where it fits, "
      f"{summed:,} B to sum it into 8,000 B")
assert fitting < 10_000, (
    f"Step 2: a gradient that fits should allocate under 10,000 B; it took {fitting:,} B."
)
assert summed < 100_000, (
    "Step 2: summing 8,000,000 B into 8,000 B should allocate under 100,000 B; "
    f"it took {summed:,} B."
)

# %% test="unbroadcast-ready" points=0
# Nothing to do here. When graded, later steps use your _unbroadcast if it works, else a stand-in.
### BEGIN HIDDEN TESTS
def _unbroadcasts():
    cases = [((4, 3), (3,)), ((4, 3), (1, 3)), ((2, 3), (2, 1)), ((2, 3), ()), ((2, 3), (2, 3)), ((5, 2, 3), (2, 1))]
    outs = [(_unbroadcast(np.ones(given, np.float32), shape), given, shape) for given, shape in cases]
    return all(
        isinstance(out, (np.ndarray, np.generic)) and out.shape == shape and out.dtype == np.float32
        and np.all(out == np.prod(given) / np.prod(shape)) for out, given, shape in outs)

if "_unbroadcast" not in globals() or error_of(_unbroadcasts) is not None or not _unbroadcasts():
    def _unbroadcast(gradient, shape):
        aligned = [1] * (gradient.ndim - len(shape)) + [*shape]
        summed = tuple(place for place, length in enumerate(aligned) if length != gradient.shape[place])
        return gradient.sum(axis=summed, keepdims=True).reshape(shape)
### END HIDDEN TESTS

# %% [markdown]
# ## Step 3 · Record: what an operation leaves behind
#
# A note, called a *node*: who went in, what came out, and a *rule* from a gradient of the output to the gradients of the inputs.
# The result of an operation carries its node as `grad_fn`. A Tensor that no operation made, a *leaf*, has none.

# %% given="wants-gradient"
#| export
setattr(Tensor, "grad_fn", None)  # for all Tensors, until an operation gives one its own

def _wants_gradient(value):
    "Whether backward() has business with a value: a Tensor of floats that says so."
    return isinstance(value, Tensor) and value.requires_grad and value.data.dtype.kind == "f"

def _plain(value):
    "An argument as a rule gets it: a Tensor's array, a list as an array, all else as it is."
    if isinstance(value, Tensor):
        return value.data
    return np.asarray(value) if isinstance(value, list) and value else value

# %% given="node"
#| export
class Node:
    "What an operation leaves: rule, output, arguments; `inputs` are those that want a gradient."

    def __init__(self, forward, rule, result, arguments, options):
        # for calls such as loss(targets=t, predictions=p)
        if any(isinstance(value, Tensor) for value in options.values()):
            bound = signature(forward).bind(*arguments, **options)
            arguments, options = bound.args, bound.kwargs
        self.name, self.rule, self.output = forward.__qualname__, rule, result.data
        self.arguments, self.options = arguments, options
        self.inputs = [value for value in arguments if _wants_gradient(value)]

    def gradients(self, gradient):
        "By the chain rule: a pair (input, its gradient) for each input that wants one."
        if self.rule is None:
            raise RuntimeError("this graph was walked once and let go: "
                               "compute the loss again before backward()")
        answer = self.rule(gradient, self.output, *map(_plain, self.arguments), **self.options)
        answers = answer if isinstance(answer, (tuple, list)) else [answer]
        pairs = zip(self.arguments, answers)
        pairs = [(value, share) for value, share in pairs if _wants_gradient(value)]
        return [(value, self._fit(share, value)) for value, share in pairs if share is not None]

    def _fit(self, share, value):
        share = _unbroadcast(np.asarray(share, dtype=value.dtype), value.shape)
        if share.shape != value.shape:
            raise ValueError(f"the rule of {self.name} gave a gradient of {share.shape} "
                             f"for an input of {value.shape}")
        return share

    def release(self):
        "Let go of everything: what nobody else holds is freed."
        self.rule = self.output = None
        self.arguments, self.inputs = (), []

# %% [markdown]
# The method to read is `gradients`. A rule gets `gradient`, `output`, then the arguments of the forward call, all as arrays; it
# answers with one gradient for each argument. Your `_unbroadcast` brings each into the shape of its input.

# %% [markdown]
# Recording costs memory, and sometimes nobody wants gradients: in a test, in an update. PyTorch's switch is `with no_grad():`.
# Ours sets a variable of this notebook, which is True from the start:

# %% given="recording"
#| export
_recording = True

# %% [markdown]
# **Your turn.** `no_grad()` is a context manager: inside `with no_grad():` the name `_recording` is False. Afterwards it is what it
# was *before*, also when blocks are nested, and also when an error leaves the block.

# %% [markdown]
# <details><summary>Hint</summary>
#
# `@contextmanager` makes one out of a generator: what stands before its `yield` runs on the way in, what stands after it on
# the way out; `try: ... finally:` makes sure of that. In a function, `global _recording` lets you change the name.
# </details>

# %% solution="no-grad"
#| export
@contextmanager
def no_grad():
    "Inside `with no_grad():` nothing is recorded. Also serves as decorator: `@no_grad()`."
    ### BEGIN SOLUTION
    global _recording
    before, _recording = _recording, False
    try:
        yield
    finally:
        _recording = before
    ### END SOLUTION

# %% given="switch-states"
def switch_states(levels):
    "What `_recording` is inside that many nested blocks of no_grad, and then after each of them."
    if levels == 0:
        return [_recording]
    with no_grad():
        inside = switch_states(levels - 1)
    return [*inside, _recording]

# %% test="no-grad-switches" points=2
# Test 3a · 2 points · no_grad switches off, and on again
error = error_of(switch_states, 1)
assert error is None, (
    "Step 3: `with no_grad():` should run its block at a `yield`; "
    f"it raised {raised(error)}."
)
states = switch_states(1)
assert states == [False, True], (
    f"Step 3: inside and after no_grad, _recording should be [False, True]; it was {states}."
)
### BEGIN HIDDEN TESTS
states = switch_states(1) + switch_states(1) + switch_states(0)
assert states == [False, True, False, True, True], f"Step 3: two blocks in a row should switch off and on twice; it was {states}."
### END HIDDEN TESTS

# %% test="no-grad-nested" points=1
# Test 3b · 1 point · it brings back what was before: nested, and after an error
states = switch_states(2)
assert states == [False, False, True], (
    f"Step 3: inside two blocks, after one, after both: [False, False, True]; it was {states}."
)
### BEGIN HIDDEN TESTS
def leave_by_error():
    with no_grad():
        raise KeyError("on purpose")

error = error_of(leave_by_error)
state = _recording
assert isinstance(error, KeyError), f"Step 3: an error inside no_grad should come out of it; it raised {raised(error)}."
assert state is True, f"Step 3: after an error left no_grad, _recording should be True again; it was {state}."
_recording = True
### END HIDDEN TESTS

# %% test="no-grad-ready" points=0
# Nothing to do here. When graded, the rest uses your no_grad if it works, else a stand-in.
### BEGIN HIDDEN TESTS
_recording = True

def _raises_inside():
    with no_grad():
        raise KeyError

def _switches():
    states = switch_states(2)
    return isinstance(error_of(_raises_inside), KeyError) and [*states, _recording] == [False, False, True, True]

if error_of(_switches) is not None or not _switches():
    @contextmanager
    def no_grad():
        global _recording
        earlier = _recording
        _recording = False
        try:
            yield
        finally:
            _recording = earlier

_recording = True
### END HIDDEN TESTS

# %% [markdown]
# **Your turn.** `_recorded(forward, rule)` gives a function that does what `forward` does, and leaves a node. When it is called:
#
# - Where `_recording` is off, or no argument (keywords too) wants a gradient: just give what `forward` gives.
# - Else call `forward` *inside `no_grad()`*: the Tensor operations in it are details, and leave no nodes of their own.
# - A result of floats gets `requires_grad = True` and `grad_fn = Node(forward, rule, result, arguments, options)`.
# - A result of integers or bools stays as it is, and so does a result that is the very object that came in as an argument.

# %% [markdown]
# <details><summary>Hint</summary>
#
# `any(_wants_gradient(value) for value in arguments)` asks for the positional ones; keywords are in `options.values()`. To find
# out whether the result *is* an argument, use `is`: `==` compares element by element.
# </details>

# %% solution="recorded"
#| export
def _recorded(forward, rule):
    "Give `forward` as a function whose result knows, in its `grad_fn`, how a gradient goes back."
    @wraps(forward)
    def recording(*arguments, **options):
        ### BEGIN SOLUTION
        values = (*arguments, *options.values())
        if not (_recording and any(map(_wants_gradient, values))):
            return forward(*arguments, **options)
        with no_grad():
            result = forward(*arguments, **options)
        if result.data.dtype.kind == "f" and all(result is not value for value in values):
            result.requires_grad = True
            result.grad_fn = Node(forward, rule, result, arguments, options)
        return result
        ### END SOLUTION
    return recording

# %% given="tripled"
def tripled(t, times=1):
    "Some operation: three times a Tensor, or nine, or 27."
    return Tensor(t.data * 3**times, dtype=t.dtype)

def tripled_backward(gradient, output, t, times=1):
    return gradient * 3**times

def node_of(tensor):
    "The node that a Tensor came with, or what says that there is none."
    return getattr(tensor, "grad_fn", None) or Node(tripled, None, Tensor(0.0), (), {})

# %% test="recorded-node" points=3
# Test 3c · 3 points · the result carries a node with its input
x = Tensor([1.0, 2.0], requires_grad=True)
y = _recorded(tripled, tripled_backward)(x)
assert isinstance(y, Tensor), (
    f"Step 3: a recorded operation should return forward's Tensor; it gave {y!r}."
)
assert y.data.tolist() == [3.0, 6.0], (
    f"Step 3: three times [1, 2] is [3, 6]; it was {y.data.tolist()}."
)
assert y.requires_grad is True, (
    f"Step 3: the result should have requires_grad=True; it was {y.requires_grad}."
)
found, same = isinstance(y.grad_fn, Node), [value is x for value in node_of(y).inputs]
assert found, "Step 3: the result should have a Node as grad_fn; it has none."
assert same == [True], f"Step 3: the node's inputs should be [x]; are they? {same}"
### BEGIN HIDDEN TESTS
pairs = node_of(y).gradients(np.array([1.0, 10.0]))
got = [share.tolist() for value, share in pairs]
assert got == [[3.0, 30.0]], f"Step 3: the node's rule should make [3, 30] of the gradient [1, 10]; it made {got}."
z = _recorded(tripled, tripled_backward)(y, times=2)
same, got = [value is y for value in node_of(z).inputs], [share.tolist() for value, share in node_of(z).gradients(np.ones(2))]
assert same == [True] and got == [[9.0, 9.0]], f"Step 3: with times=2 the gradient should be [[9, 9]]; it was {got}."
kept = node_of(z).output.tolist()
assert kept == [27.0, 54.0], f"Step 3: the node should hold the result's array, [27, 54]; it held {kept}."
w = _recorded(tripled, tripled_backward)(t=x)
same = [value is x for value in node_of(w).inputs]
assert same == [True], f"Step 3: an input given by keyword should be recorded too; is it? {same}"
### END HIDDEN TESTS

# %% test="recorded-unwanted" points=3
# Test 3d · 3 points · nothing is recorded where nobody wants a gradient
plain = _recorded(tripled, tripled_backward)(Tensor([1.0, 2.0]))
got = (plain.data.tolist(), plain.requires_grad, plain.grad_fn)
assert got == ([3.0, 6.0], False, None), (
    f"Step 3: without requires_grad expected [3, 6], False, None; got {got}."
)
### BEGIN HIDDEN TESTS
got = _recorded(tripled, tripled_backward)(Tensor([1.0, 2.0]), times=2).data.tolist()
assert got == [9.0, 18.0], f"Step 3: keywords should reach forward also when nothing is recorded: [9, 18]; got {got}."
x = Tensor([1.0, 2.0], requires_grad=True)
with no_grad():
    quiet = _recorded(tripled, tripled_backward)(x)
got = (quiet.data.tolist(), quiet.requires_grad, quiet.grad_fn)
assert got == ([3.0, 6.0], False, None), f"Step 3: inside no_grad expected [3, 6], False, None; got {got}."
loud = _recorded(tripled, tripled_backward)(x)
found = loud.grad_fn is None
assert not found, "Step 3: after no_grad operations should be recorded again; this one was not."
both = _recorded(lambda a, b: Tensor(a.data + b.data), lambda gradient, output, a, b: (gradient, gradient))(Tensor([5.0, 6.0]), x)
same = [value is x for value in node_of(both).inputs]
assert same == [True], f"Step 3: of two arguments only x wants a gradient: one input expected; are they x? {same}"
### END HIDDEN TESTS

# %% test="recorded-once" points=2
# Test 3e · 2 points · an operation made of operations is one node
triple = _recorded(tripled, tripled_backward)
seen = []

def twice_tripled(t):
    inner = triple(t)
    seen.append(inner.grad_fn)
    return triple(inner)

x = Tensor([1.0], requires_grad=True)
y = _recorded(twice_tripled, lambda gradient, output, t: 9 * gradient)(x)
same = [value is x for value in node_of(y).inputs]
assert same == [True], (
    f"Step 3: the node's input should be x itself, not a value from inside; is it? {same}"
)
assert seen == [None], (
    f"Step 3: inside a recorded operation nothing should be recorded; the inner result had {seen}."
)
### BEGIN HIDDEN TESTS
def fails(t):
    raise KeyError("on purpose")

error = error_of(_recorded(fails, tripled_backward), x)
state = _recording
assert isinstance(error, KeyError) and state is True, f"Step 3: after an error in forward, recording goes on; _recording was {state}."
### END HIDDEN TESTS

# %% test="recorded-floats" points=2
# Test 3f · 2 points · integers and bools have no slope
x = Tensor([1.5, -2.0], requires_grad=True)
sign = _recorded(lambda t: Tensor(t.data > 0), tripled_backward)(x)
got = (sign.data.tolist(), sign.requires_grad, sign.grad_fn)
assert got == ([True, False], False, None), (
    f"Step 3: a result of bools should stay as it is: [True, False], False, None; got {got}."
)
### BEGIN HIDDEN TESTS
whole = Tensor([1, 2], requires_grad=True)
y = _recorded(lambda t: Tensor(t.data / 2), lambda gradient, output, t: gradient / 2)(whole)
got = (y.requires_grad, y.grad_fn)
assert got == (False, None), f"Step 3: a Tensor of integers wants no gradient: expected False, None; got {got}."
same = _recorded(lambda t: t, lambda gradient, output, t: gradient)(x)
got = (same is x, x.grad_fn)
assert got == (True, None), f"Step 3: a forward that gives back its argument does nothing: expected True, None; got {got}."
### END HIDDEN TESTS

# %% test="recorded-ready" points=0
# Nothing to do here. When graded, the rest uses your _recorded if it works, else a stand-in.
### BEGIN HIDDEN TESTS
def _records():
    x, triple = Tensor([1.0, 2.0], requires_grad=True), _recorded(tripled, tripled_backward)
    y = triple(x, times=2)
    nested = _recorded(lambda t: triple(triple(t)), lambda gradient, output, t: gradient)(x)
    with no_grad():
        quiet = triple(x)
    pairs = y.grad_fn.gradients(np.ones(2))
    return (y.requires_grad and pairs[0][0] is x and pairs[0][1].tolist() == [9, 9] and nested.grad_fn.inputs[0] is x
            and quiet.grad_fn is None and triple(Tensor([1.0])).grad_fn is None and triple(t=x).grad_fn.inputs[0] is x
            and _recorded(lambda t: Tensor(t.data > 0), None)(x).grad_fn is None and _recorded(lambda t: t, None)(x).grad_fn is None)

if "_recorded" not in globals() or error_of(_records) is not None or not _records():
    def _recorded(forward, rule):
        @wraps(forward)
        def recording(*arguments, **options):
            given = [*arguments, *options.values()]
            wanted = _recording and any(_wants_gradient(value) for value in given)
            with no_grad() if wanted else error_free():
                out = forward(*arguments, **options)
            if wanted and out.data.dtype.kind == "f" and not any(out is value for value in given):
                out.requires_grad, out.grad_fn = True, Node(forward, rule, out, arguments, options)
            return out
        return recording

    @contextmanager
    def error_free():
        yield

_recording = True
### END HIDDEN TESTS

# %% [markdown]
# `_differentiable` now puts your recorder in the place of a method, with the decorated function as its rule. Addition and
# multiplication come ready, as patterns for all that follow:

# %% given="differentiable"
#| export
def _differentiable(owner, name, reflected=None):
    """A decorator for rules: from now on `owner.name` is recorded with this rule.

    `reflected` names the method with swapped operands, such as `__rsub__` for `__sub__`.
    """
    def register(rule):
        _record_method(owner, name, rule)
        if reflected:
            def swapped(gradient, output, *arguments):
                return rule(gradient, output, *arguments[::-1])[::-1]
            _record_method(owner, reflected, swapped)
        return rule
    return register


def _record_method(owner, name, rule):
    "Replace a method by its recorded version; a recorded one starts from its own forward again."
    forward = getattr(owner, name)
    forward = getattr(forward, "_forward", forward)
    recording = _recorded(forward, rule)
    recording._forward = forward
    setattr(owner, name, recording)

# %% given="add-multiply"
#| export
@_differentiable(Tensor, "__add__", "__radd__")
def _add_backward(gradient, output, a, b):
    "a + b grows as fast as a, and as fast as b."
    return gradient, gradient

@_differentiable(Tensor, "__mul__", "__rmul__")
def _multiply_backward(gradient, output, a, b):
    "a * b grows b times as fast as a, and a times as fast as b."
    return gradient * b, gradient * a

# %% [markdown]
# Read the second one as the picture in step 1: the arrow from `w` to `w * x` bears the number x. Your model of step 1,
# recorded:

# %%
w, x = Tensor(3.0, requires_grad=True), Tensor(2.0, requires_grad=True)
p = w * x
s = p + w
d = s + (-5.0)
loss = d * d
[(t.grad_fn.name, [value.data.item() for value in t.grad_fn.inputs]) for t in (p, s, d, loss)]

# %% [markdown]
# ## Step 4 · Who comes before whom
#
# The walk starts at the loss. A Tensor may hand its gradient on only when *all* of it has arrived: `w` waits for `p`
# and for `s`. In this graph the nearest is not the next:

# %% tags=["explore"]
boxes = {"a": (0, 0.5, "fifth"), "b = 2a": (1.2, 0.5, "fourth"), "c = b * b": (2.4, 1, "third"),
         "d = c + b": (3.6, 0.5, "second"), "loss": (4.8, 0.5, "first")}
arrows = [("a", "b = 2a", ""), ("b = 2a", "c = b * b", ""), ("b = 2a", "d = c + b", ""),
          ("c = b * b", "d = c + b", ""), ("d = c + b", "loss", "")]
draw_graph(boxes, arrows, "b is next to d, but c has to be done before it: b waits for both")

# %% [markdown]
# *In words: a leads to b; b leads to c and to d; c leads to d; d to the loss. Walking back: loss, d, c, b, a.*
#
# An order in which every Tensor stands behind all that it was made from is a *topological order*. Depth first finds it: a Tensor goes
# on the list when all its inputs are there. Read from the end, the list is the walk.

# %% [markdown]
# **Your turn.** `_topological_order(tensor)` gives the list of `tensor` and of all that it was made from and that wants
# gradients: the `inputs` of each `grad_fn`, their inputs, and so on.
#
# - Each Tensor once, behind all of its inputs; so `tensor` itself comes last.
# - Without recursion: Python stops at a depth of about 1,000, and a chain may have 10,000 operations.
# - In time that grows with the number of nodes, not of paths: `x = x + x`, 60 times, has 2⁶⁰ paths.

# %% [markdown]
# <details><summary>Hint</summary>
#
# Keep a stack of your own, a list of what is still to do. Each Tensor passes it twice: first its inputs are put on top of it;
# when it comes up again, they are done. A set remembers which were begun (Tensors hash by identity); `in` on a list would
# compare numbers, and take too long.
# </details>

# %% solution="order"
#| export
def _topological_order(tensor):
    "All that `tensor` was made from and that wants a gradient, each behind its inputs; it is last."
    ### BEGIN SOLUTION
    order, begun, to_do = [], set(), [(tensor, False)]
    while to_do:
        tensor, inputs_are_done = to_do.pop()
        if inputs_are_done:
            order.append(tensor)
        elif tensor not in begun:
            begun.add(tensor)
            to_do.append((tensor, True))
            if tensor.grad_fn is not None:
                to_do += [(value, False) for value in tensor.grad_fn.inputs]
    return order
    ### END SOLUTION

# %% given="chain-of"
def chain_of(length, start):
    "A chain of additions, the last Tensor of it."
    for _ in range(length):
        start = start + 1.0
    return start

def places(tensors, order):
    "The place of each Tensor in an order, which has to hold it once; else None."
    found = [[place for place, value in enumerate(order) if value is tensor] for tensor in tensors]
    return [each[0] if len(each) == 1 else None for each in found]

# %% given="loop-without-end"
import linecache
import sys

def loop_without_end(name, call, most=10_000):
    "The line at which the function of this name goes round and round, or None if it ends."
    rounds, before = {}, sys.gettrace()
    def count(frame, event, argument):
        if frame.f_code.co_name != name:
            return None
        rounds[frame.f_lineno] = rounds.get(frame.f_lineno, 0) + 1
        if rounds[frame.f_lineno] > most:
            code = linecache.getline(frame.f_code.co_filename, frame.f_lineno).strip()
            raise TimeoutError(f"line {frame.f_lineno}, `{code}`")
        return count
    sys.settrace(count)
    try:
        error = error_of(call)
    finally:
        sys.settrace(before)
    return str(error) if isinstance(error, TimeoutError) else None

# %% test="order-ends" points=0
# Nothing to do here. If a loop in your _topological_order does not end, the tests below say which.
_twice = chain_of(2, Tensor(1.0, requires_grad=True))
_stuck_order = loop_without_end(
    "_topological_order", lambda: _topological_order(_twice * _twice + _twice))
if _stuck_order:
    def _topological_order(tensor):
        raise RuntimeError(
            f"Step 4: a loop in _topological_order does not end, it comes to {_stuck_order}, again "
            "and again: let the loop change what its condition compares.")

# %% test="order-chain" points=2
# Test 4a · 2 points · each Tensor stands behind its inputs
a = Tensor(1.0, requires_grad=True)
b = a + 1.0
c = b * b
order = _topological_order(c)
got = places([a, b, c], order)
assert got == [0, 1, 2], (
    f"Step 4: the order of a, b = a + 1, c = b * b should be a, b, c; their places were {got}."
)
### BEGIN HIDDEN TESTS
got = len(_topological_order(c))
assert got == 3, f"Step 4: the order should hold a, b and c only; it had {got} entries."
alone = _topological_order(a)
got = [value is a for value in alone]
assert got == [True], f"Step 4: the order of a leaf is the leaf alone; is it? {got}"
k = Tensor(2.0)
got = places([a, k], _topological_order(a * k))
assert got == [0, None], f"Step 4: what wants no gradient has no place in the order; the places of a and k were {got}."
### END HIDDEN TESTS

# %% test="order-diamond" points=3
# Test 4b · 3 points · where paths meet, the order waits
a = Tensor(1.0, requires_grad=True)
b = a + a
c = b * b
d, e = c + b, b + c
at = [places([a, b, c, last], _topological_order(last)) for last in (d, e)]
assert at == [[0, 1, 2, 3]] * 2, (
    f"Step 4: for c + b and for b + c the order is a, b, c, sum; the places were {at}."
)
### BEGIN HIDDEN TESTS
long = chain_of(5, b)
f, g = long * c, c * long
at = [places([b, c, long, last], _topological_order(last)) for last in (f, g)]
fine = [None not in each and each[0] < min(each[1:3]) and max(each[1:3]) < each[3] for each in at]
assert fine == [True, True], f"Step 4: b should come before c and before the chain, both before the product; the places were {at}."
x = y = Tensor(1.0, requires_grad=True)
for _ in range(60):
    y = y + y
got = len(_topological_order(y))
assert got == 61, f"Step 4: 60 times y + y makes 61 Tensors; the order had {got}."
### END HIDDEN TESTS

# %% test="order-deep" points=2
# Test 4c · 2 points · a chain of 10,000 operations
deep = chain_of(10_000, Tensor(0.0, requires_grad=True))
error = error_of(_topological_order, deep)
assert error is None, (
    "Step 4: a chain of 10,000 operations should work, without recursion; "
    f"it raised {type(error).__name__}."
)
### BEGIN HIDDEN TESTS
order = _topological_order(deep)
values = [value.data.item() for value in order]
assert values == [float(i) for i in range(10_001)], f"Step 4: the chain should come as 0, 1, 2, …; it began {values[:5]}."
### END HIDDEN TESTS

# %% test="order-ready" points=0
# Nothing to do here. When graded, the rest uses your _topological_order, or a stand-in.
### BEGIN HIDDEN TESTS
def _orders():
    a = Tensor(1.0, requires_grad=True)
    b = a + a
    c = b * b
    fine = all(places([a, b, c, last], _topological_order(last)) == [0, 1, 2, 3] for last in (c + b, b + c))
    return fine and len(_topological_order(chain_of(5_000, a))) == 5_001

if error_of(_orders) is not None or not _orders():
    def _topological_order(tensor):
        finished, known, trail = [], {id(tensor)}, [(tensor, iter(tensor.grad_fn.inputs if tensor.grad_fn else ()))]
        while trail:
            following = next((each for each in trail[-1][1] if id(each) not in known), None)
            if following is None:
                finished.append(trail.pop()[0])
            else:
                known.add(id(following))
                trail.append((following, iter(following.grad_fn.inputs if following.grad_fn else ())))
        return finished
### END HIDDEN TESTS

# %% [markdown]
# ## Step 5 · Walk back
#
# The walk needs a start: how much does the loss move when the loss moves? Exactly as much, so 1. For a Tensor of many numbers
# the caller has to say.

# %% [markdown]
# **Your turn.** `_first_gradient(tensor, gradient)` gives the array to start with, in the shape and dtype of `tensor`.
#
# - `gradient` is None: ones, if the Tensor holds exactly one number; else `RuntimeError`, as in PyTorch.
# - Given, it is a Tensor or array of the same shape; another shape raises `RuntimeError` too.
# - A `tensor` that does not want a gradient raises `RuntimeError`: nothing was recorded.

# %% [markdown]
# <details><summary>Hint</summary>
#
# `np.ones(shape, dtype)` has the start, also for the shape (). `np.asarray(t, dtype=...)` reads Tensors and arrays alike (01).
# </details>

# %% solution="start-gradient"
#| export
def _first_gradient(tensor, gradient):
    "The gradient that backward starts with. Raises `RuntimeError` when there is none."
    ### BEGIN SOLUTION
    if not _wants_gradient(tensor):
        raise RuntimeError("this Tensor does not require a gradient: nothing that it was made from has requires_grad=True")
    if gradient is None:
        if tensor.size != 1:
            raise RuntimeError(f"backward() without a gradient starts at one number, not at {tensor.shape}")
        return np.ones(tensor.shape, tensor.dtype)
    start = np.asarray(gradient, dtype=tensor.dtype)
    if start.shape != tensor.shape:
        raise RuntimeError(f"the gradient has the shape {start.shape}, the Tensor {tensor.shape}")
    return start
    ### END SOLUTION

# %% test="first-gradient" points=3
# Test 5a · 3 points · the start is 1, or what was given
start = _first_gradient(Tensor(2.5, requires_grad=True), None)
assert np.shape(start) == () and start == 1, (
    f"Step 5: the gradient of a loss by itself is 1, of shape (); it was {start!r}."
)
start = _first_gradient(Tensor([1.0, 2.0], requires_grad=True), Tensor([3.0, 4.0]))
assert np.array_equal(start, [3.0, 4.0]), (
    f"Step 5: a gradient that is given should be the start; it was {start!r}."
)
### BEGIN HIDDEN TESTS
for data, given, shape, total in [([[7.0]], None, (1, 1), 1.0), ([5.0], None, (1,), 1.0), ([1.0, 2.0], np.array([2.0, 0.5]), (2,), 2.5)]:
    start = _first_gradient(Tensor(data, requires_grad=True), given)
    assert np.shape(start) == shape, f"Step 5: for {data} the start should have the shape {shape}; it had {np.shape(start)}."
    assert np.sum(start) == total, f"Step 5: for {data} and {given} the start should sum to {total}; it was {start}."
for dtype in ["float32", "float64"]:
    got = [_first_gradient(Tensor([1.0], requires_grad=True, dtype=dtype), given).dtype for given in (None, np.ones(1), Tensor([1.0]))]
    assert got == [np.dtype(dtype)] * 3, f"Step 5: the start for a {dtype} Tensor should be {dtype}; it was {got}."
### END HIDDEN TESTS

# %% test="first-gradient-errors" points=2
# Test 5b · 2 points · where there is no start, RuntimeError
error = error_of(_first_gradient, Tensor([1.0, 2.0], requires_grad=True), None)
assert isinstance(error, RuntimeError) and "NotImplemented" not in type(error).__name__, (
    f"Step 5: two numbers and no gradient should raise RuntimeError; it raised {raised(error)}.")
### BEGIN HIDDEN TESTS
for data, wants, given in [([1.0, 2.0], True, np.ones((2, 1))), ([1.0, 2.0], True, np.ones(3)), (1.0, False, None), (1, True, None),
                           ([[1.0, 2.0]], True, Tensor([1.0, 1.0])), (1.0, True, np.ones(1)), ([], True, None)]:
    error = error_of(_first_gradient, Tensor(data, requires_grad=wants), given)
    assert isinstance(error, RuntimeError), f"Step 5: {data}, requires_grad={wants}, gradient {given}: expected RuntimeError; it raised {raised(error)}."
### END HIDDEN TESTS

# %% test="first-gradient-ready" points=0
# Nothing to do here. When graded, the rest uses your _first_gradient if it works, else a stand-in.
### BEGIN HIDDEN TESTS
def _starts():
    one, two = Tensor(1.0, requires_grad=True), Tensor([1.0, 2.0], requires_grad=True)
    given = [_first_gradient(two, array) for array in (np.array([3.0, 4.0]), Tensor([3.0, 4.0]))]
    fine = _first_gradient(one, None) == 1 and all(start.tolist() == [3, 4] and start.dtype == np.float32 for start in given)
    return fine and all(isinstance(error_of(_first_gradient, *case), RuntimeError) for case in [(two, None), (Tensor(1.0), None)])

if error_of(_starts) is not None or not _starts():
    def _first_gradient(tensor, gradient):
        if not _wants_gradient(tensor) or (gradient is None and tensor.size != 1):
            raise RuntimeError("there is no gradient to start with")
        lent_start = np.asarray(np.ones(tensor.shape) if gradient is None else gradient, dtype=tensor.dtype)
        if lent_start.shape != tensor.shape:
            raise RuntimeError("the gradient has another shape")
        return lent_start
### END HIDDEN TESTS

# %% [markdown]
# Now the walk itself: through the topological order from its end, with a dictionary of what has arrived for whom.
#
# - A leaf keeps what arrived: `tensor.grad` becomes a Tensor of it, in an array of its own. To a `grad` that is there already it is
#   *added*: several batches may add up before an update.
# - Any other Tensor keeps no `grad` and hands it on: `tensor.grad_fn.gradients(arrived)` gives pairs (input, share); shares for the same
#   input add up. Then `grad_fn.release()`.
# - A Tensor that nothing arrived for is passed over: a rule may answer None for an input.

# %% [markdown]
# Memory matters: the graph holds every intermediate result. While you walk, let go of what is done, the Tensor and its
# gradient: *take* them from the list and the dictionary by `pop`.
#
# **Your turn.** `_backward(tensor, gradient=None)`. A second walk through a released graph raises `RuntimeError`; `Node` sees to it.

# %% [markdown]
# <details><summary>Hint</summary>
#
# `while order: tensor = order.pop()` walks from the end and lets go. Never write `+=` on an array that arrived: addition's rule
# gives the *same* array to both inputs, and you would change both.
# </details>

# %% solution="backward"
#| export
def _backward(tensor, gradient=None):
    "Add to the `grad` of every leaf that `tensor` was made from, and let the graph go."
    ### BEGIN SOLUTION
    arrived = {tensor: _first_gradient(tensor, gradient)}
    order = _topological_order(tensor)
    while order:
        tensor = order.pop()
        total = arrived.pop(tensor, None)
        if total is None:  # a rule gave nothing for it
            continue
        if tensor.grad_fn is None:
            before = 0 if tensor.grad is None else tensor.grad.data
            tensor.grad = Tensor(before + total, dtype=tensor.dtype)
            continue
        for value, share in tensor.grad_fn.gradients(total):
            arrived[value] = arrived[value] + share if value in arrived else share
        tensor.grad_fn.release()
    ### END SOLUTION

# %% given="backward-method"
#| export
def _backward_method(self, gradient=None) -> None:
    """Add this Tensor's gradient to the `grad` of every leaf it was made from; let the graph go.

    Without `gradient` this Tensor holds one number, such as a loss. Raises `RuntimeError` as
    PyTorch does.
    """
    _backward(self, gradient)

setattr(Tensor, "backward", _backward_method)

# %% [markdown]
# Somebody will write `w.grad = np.ones(3)`, an array. Then `step()` of module 07 would fail, far from that line. So `grad` takes
# only a Tensor of the same shape, or None, as in PyTorch:

# %% given="grad-is-a-tensor"
#| export
def _set_grad(self, gradient):
    "Keep a gradient. Raises `TypeError` for what is no Tensor, `RuntimeError` for another shape."
    if gradient is not None and not isinstance(gradient, Tensor):
        raise TypeError(f"grad is a Tensor or None, not {type(gradient).__name__}: "
                        "write Tensor(...) around it")
    if gradient is not None and gradient.shape != self.shape:
        raise RuntimeError(f"grad has the shape {gradient.shape}, its Tensor {self.shape}: "
                           "they should be the same")
    vars(self)["grad"] = gradient

setattr(Tensor, "grad", property(lambda self: vars(self).get("grad"), _set_grad))

# %%
error_of(lambda: setattr(Tensor([1.0, 2.0]), "grad", np.ones(2)))

# %% given="grad-of"
def grad_of(tensor):
    "The numbers in tensor.grad as a list, or None."
    return None if tensor.grad is None else np.asarray(tensor.grad).tolist()

# %% test="backward-ends" points=0
# Nothing to do here. If a loop in your _backward does not end, the tests below say which.
_stuck_walk = loop_without_end(
    "_backward", lambda: (Tensor(1.0, requires_grad=True) * 2.0).backward())
if _stuck_walk:
    def _backward(tensor, gradient=None):
        raise RuntimeError(
            f"Step 5: a loop in _backward does not end, it comes to {_stuck_walk}, again and "
            "again: let the loop change what its condition compares.")

# %% test="backward-chain" points=3
# Test 5c · 3 points · along a path, multiply
w, x = Tensor([3.0, -1.0], requires_grad=True), Tensor([2.0, 5.0], requires_grad=True)
(w * x * 10.0).backward(np.array([1.0, 2.0]))
got = [grad_of(w), grad_of(x)]
assert got == [[20.0, 100.0], [30.0, -20.0]], (
    f"Step 5: for w * x * 10 the gradients should be [20, 100] and [30, -20]; they were {got}."
)
### BEGIN HIDDEN TESTS
a = Tensor([[2.0], [3.0]], requires_grad=True, dtype=np.float64)
b = Tensor([1.0, 10.0, 100.0], requires_grad=True)
(a * b + 7.0).backward(np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]))
got = [grad_of(a), grad_of(b)]
assert got[0] == [[321.0], [654.0]], f"Step 5: for a * b + 7, broadcast, a's gradient should be [[321], [654]]; it was {got[0]}."
assert got[1] == [14.0, 19.0, 24.0], f"Step 5: for a * b + 7, broadcast, b's gradient should be [14, 19, 24]; it was {got[1]}."
got = [a.grad.dtype, b.grad.dtype]
assert got == [np.float64, np.float32], f"Step 5: a grad has its Tensor's dtype, float64 and float32 here; they were {got}."
leaf = Tensor(4.0, requires_grad=True)
leaf.backward()
got = grad_of(leaf)
assert got == 1.0, f"Step 5: backward() of a leaf by itself gives it the grad 1; it was {got}."
### END HIDDEN TESTS

# %% test="backward-paths" points=3
# Test 5d · 3 points · where paths meet, add
w, x = Tensor(3.0, requires_grad=True), Tensor(2.0, requires_grad=True)
d = w * x + w + (-5.0)
(d * d).backward()
got = [grad_of(w), grad_of(x)]
assert got == [24.0, 24.0], (
    "Step 5: in step 1's model w gets 24 from two paths, 16 + 8, and x 24; "
    f"they got {got}: add the shares in `arrived`, where a second one must not replace the first."
)
### BEGIN HIDDEN TESTS
for swap in [False, True]:
    a = Tensor(2.0, requires_grad=True)
    b = a * 3.0
    c = b * b
    (b + c if swap else c + b).backward()
    got = grad_of(a)
    assert got == 39.0, f"Step 5: for b = 3a and b * b + b the gradient of a = 2 is 3 * (2 * 6 + 1) = 39; it was {got}."
x = y = Tensor(1.0, requires_grad=True)
for _ in range(20):
    y = y + y
y.backward()
got = grad_of(x)
assert got == 2.0**20, f"Step 5: 20 times y + y makes the slope 2**20; it was {got}."
### END HIDDEN TESTS

# %% test="backward-accumulates" points=3
# Test 5e · 3 points · a second backward adds to the first
w = Tensor([1.0, 2.0], requires_grad=True)
(w * 3.0).backward(np.ones(2))
(w * 4.0).backward(np.ones(2))
got = grad_of(w)
assert got == [7.0, 7.0], (
    "Step 5: slopes of 3, then of 4, should add up to [7, 7]; "
    f"they were {got}: add to the grad that is there."
)
### BEGIN HIDDEN TESTS
w.grad = None
(w * 2.0).backward(np.array([1.0, 2.0]))
got = grad_of(w)
assert got == [2.0, 4.0], f"Step 5: after w.grad = None it should start anew, with [2, 4]; it was {got}."
(w * 5.0).backward(np.ones(2))
got = grad_of(w)
assert got == [7.0, 9.0], f"Step 5: [2, 4] and [5, 5] should add up to [7, 9]; they were {got}."
got = isinstance(w.grad, Tensor)
assert got is True, f"Step 5: after adding up, grad should still be a Tensor; it was {type(w.grad).__name__}."
### END HIDDEN TESTS

# %% test="backward-own-memory" points=2
# Test 5f · 2 points · every grad has memory of its own
a, b = Tensor([1.0, 2.0], requires_grad=True), Tensor([3.0, 4.0], requires_grad=True)
start = np.ones(2, np.float32)
(a + b).backward(start)
shared = np.shares_memory(np.asarray(a.grad), np.asarray(b.grad))
assert not shared, "Step 5: the grads of a and b in a + b should not share memory; they do."
### BEGIN HIDDEN TESTS
shared = [np.shares_memory(np.asarray(a.grad), start), np.shares_memory(np.asarray(b.grad), start)]
assert shared == [False, False], f"Step 5: a grad should not share memory with the gradient that was given; shared: {shared}."
a.grad = b.grad = None
(a + a * 2.0 + b).backward(start)
got = [grad_of(a), grad_of(b), start.tolist()]
assert got[1:] == [[1.0, 1.0], [1.0, 1.0]], f"Step 5: for a + 2a + b the grad of b is [1, 1], and the start stays [1, 1]; they were {got[1:]}."
### END HIDDEN TESTS

# %% test="backward-leaves" points=1
# Test 5g · 1 point · only leaves keep a grad
w = Tensor(3.0, requires_grad=True)
middle = w * 2.0
loss = middle * 4.0
loss.backward()
got = (grad_of(w), grad_of(middle), grad_of(loss))
assert got == (8.0, None, None), (
    f"Step 5: only the leaf keeps its grad: 8, None, None; they were {got}."
)
### BEGIN HIDDEN TESTS
w, k = Tensor(3.0, requires_grad=True), Tensor(5.0)
(w * k).backward()
got = (grad_of(w), grad_of(k))
assert got == (5.0, None), f"Step 5: what wants no gradient gets none: 5 and None; they were {got}."
forgets = _recorded(lambda a, b: Tensor(a.data * b.data), lambda gradient, output, a, b: (None, gradient * a))
v, w = Tensor(3.0, requires_grad=True), Tensor(5.0, requires_grad=True)
error = error_of(forgets(v * 2.0, w).backward)
assert error is None, f"Step 5: where a rule answers None the walk goes on; it raised {error!r}."
got = (grad_of(v), grad_of(w))
assert got == (None, 6.0), f"Step 5: for an input that gets None nothing arrives: expected None and 6; got {got}."
### END HIDDEN TESTS

# %% test="backward-once" points=1
# Test 5h · 1 point · a graph serves once
w = Tensor(3.0, requires_grad=True)
loss = w * 2.0
loss.backward()
error = error_of(loss.backward)
assert isinstance(error, RuntimeError), (
    "Step 5: a second walk through the same graph should raise RuntimeError; "
    f"it raised {raised(error)}: call release() on each node."
)
### BEGIN HIDDEN TESTS
middle = w * 2.0
(middle * 3.0).backward()
error = error_of((middle * 4.0).backward)
assert isinstance(error, RuntimeError), f"Step 5: a walk into what another has released should raise RuntimeError; it raised {raised(error)}."
### END HIDDEN TESTS

# %% test="backward-deep" points=1
# Test 5i · 1 point · a chain of 10,000 operations
x = Tensor(0.5, requires_grad=True)
error = error_of(chain_of(10_000, x).backward)
assert error is None, (
    f"Step 5: backward through 10,000 operations should work; it raised {type(error).__name__}."
)
got = grad_of(x)
assert got == 1.0, f"Step 5: adding 1 ten thousand times has the slope 1; it was {got}."

# %% [markdown]
# **Profile.** A chain of 40 multiplications of 80 kB each. Its graph holds 3.2 MB; the walk should let go of them one by one,
# and never hold more than a few gradients:

# %% given="let-go"
def alive_while_walking(length):
    "How many results of a chain are alive at each step of the walk, and its gradients' peak bytes."
    x, alive, counts = Tensor(np.ones(10_000), requires_grad=True, dtype=np.float64), [], []

    def count_backward(gradient, output, t):
        counts.append(sum(result() is not None for result in alive))
        return gradient * 1.5

    step = _recorded(lambda t: Tensor(t.data * 1.5, dtype=t.dtype), count_backward)
    y = x
    for _ in range(length):
        y = step(y)
        alive.append(weakref.ref(y))
    chain, start = [y], np.ones(10_000)
    del y
    return counts, peak_bytes(lambda: chain.pop().backward(start))

# %% test="backward-profile" points=3
# Profile 5 · 3 points · the walk lets go
counts, gradient_bytes = alive_while_walking(40)
print(f"results alive at the walk's first and last steps: {counts[:3]} … {counts[-3:]}; "
      f"gradients took {gradient_bytes:,} B")
assert len(counts) == 40, (
    f"Step 5: each of the 40 rules should be asked once; they were asked {len(counts)} times."
)
assert counts[-1] <= 4, (
    f"Step 5: at the last of 40 rules, at most 4 results should be alive; there were {counts[-1]}: "
    "take each out, with order.pop() and arrived.pop(tensor), then release its node."
)
assert gradient_bytes < 500_000, (
    f"Step 5: gradients of 80 kB each should peak under 500,000 B; they took {gradient_bytes:,} B."
)

# %% tags=["explore"]
counts, _ = alive_while_walking(40)
plots.draw_curves(range(1, 41), {"results alive": counts}, log=False,
                  title="What is still alive while the walk goes back?",
                  x_label="rules asked so far", y_label="results alive");

# %% test="backward-ready" points=0
# Nothing to do here. When graded, the rules below use your backward if it works, else a stand-in.
### BEGIN HIDDEN TESTS
def _walks():
    w, x = Tensor(3.0, requires_grad=True), Tensor(2.0, requires_grad=True)
    for swap in (False, True):
        p = w * x
        d = (w + p if swap else p + w) + (-5.0)
        (d * d).backward()
    two = Tensor([1.0, 2.0], requires_grad=True)
    (two * 3.0).backward(np.array([1.0, 10.0]))
    if not isinstance(error_of((d * d).backward), RuntimeError):  # d was released
        return False
    return grad_of(w) == 48.0 and grad_of(x) == 48.0 and isinstance(w.grad, Tensor) and grad_of(two) == [3.0, 30.0]

if error_of(_walks) is not None or not _walks():
    def _backward(tensor, gradient=None):
        unwalked, sums = _topological_order(tensor), {id(tensor): _first_gradient(tensor, gradient)}
        while unwalked:
            here = unwalked.pop()
            found = sums.pop(id(here), None)
            if here.grad_fn is not None and found is not None:
                for source, part in here.grad_fn.gradients(found):
                    sums[id(source)] = sums.get(id(source), 0) + part
                here.grad_fn.release()
            elif found is not None:
                held = found.copy() if here.grad is None else here.grad.data + found
                here.grad = Tensor(held, dtype=here.dtype)
### END HIDDEN TESTS

# %% [markdown]
# ### The check for everything that follows
#
# Rules are easy to get wrong, and a model with a wrong gradient still learns, only badly. So `_gradient_error` compares your
# `backward` with `_slope` of step 1, for every element of every input, and gives the largest relative error:

# %% given="gradient-error"
#| export
def _weights(shape):
    "Numbers to start backward with that are all different, so that no mistake hides: 1, 2, 3, …"
    return np.arange(1.0, np.prod(shape, dtype=int) + 1).reshape(shape)


def _gradients(function, *arrays):
    "A function's gradients by backward, started with 1, 2, 3, …: one float64 array for each array."
    tensors = [Tensor(array, requires_grad=True, dtype=np.float64) for array in arrays]
    result = function(*tensors)
    result.backward(_weights(result.shape))
    return [np.zeros(tensor.shape) if tensor.grad is None else tensor.grad.data
            for tensor in tensors]


def _numerical_gradients(function, *arrays):
    "The same by central differences: two forward runs for each element."
    arrays = [np.array(array, dtype=np.float64) for array in arrays]
    gradients = [np.zeros(array.shape) for array in arrays]

    def output(array, place, number):
        "What the function gives when one element of one array is another number."
        before, array[place] = array[place], number
        result = function(*(Tensor(each.copy(), dtype=np.float64) for each in arrays)).data
        array[place] = before
        return result

    for array, gradient in zip(arrays, gradients):
        for place in np.ndindex(array.shape):
            slopes = _slope(lambda number: output(array, place, number), array[place])
            gradient[place] = (slopes * _weights(slopes.shape)).sum()
    return gradients


def _gradient_error(function, *arrays):
    "The largest difference between both, relative to the gradient's size, or to 0.01 if smaller."
    pairs = zip(_gradients(function, *arrays), _numerical_gradients(function, *arrays))
    return max((np.abs(got - want) / np.maximum(np.abs(want), 0.01)).max(initial=0.0)
               for got, want in pairs)

# %% tags=["explore"]
a, b = np.array([[1.5, -2.0, 0.5]]), np.array([[2.0], [-1.0]])
print(f"a * b + a: {_gradient_error(lambda a, b: a * b + a, a, b):.1e}, "
      "where a wrong rule gives 0.1 or more, and rounding less than 1e-6")

# %% [markdown]
# ## Step 6 · Rules for arithmetic
#
# Now you write rules: a gradient arrives, what do the operands get? Local slope times gradient, element by element; the
# shapes are `Node`'s business. `a` and `b` are arrays or numbers; the answer is a tuple of two.

# %% [markdown]
# **Your turn: subtraction and negation.**
#
# | forward | slope for a | slope for b |
# |---|---|---|
# | `a - b` | 1 | -1 |
# | `-a` | -1 | |

# %% [markdown]
# <details><summary>Hint</summary>
#
# Addition's rule is `return gradient, gradient`. For one operand, give the array alone.
# </details>

# %% solution="subtract-rules"
#| export
@_differentiable(Tensor, "__sub__", "__rsub__")
def _subtract_backward(gradient, output, a, b):
    "The gradients of a and b in a - b."
    ### BEGIN SOLUTION
    return gradient, -gradient
    ### END SOLUTION

@_differentiable(Tensor, "__neg__")
def _negate_backward(gradient, output, a):
    "The gradient of a in -a."
    ### BEGIN SOLUTION
    return -gradient
    ### END SOLUTION

# %% given="gradient-lists"
def gradient_lists(function, *arrays):
    "A function's gradients, started with 1, 2, 3, …, as lists rounded to nine digits."
    return [(np.round(gradient, 9) + 0.0).tolist() for gradient in _gradients(function, *arrays)]

# %% test="rule-subtract" points=2
# Test 6a · 2 points · a - b and -a
shape = np.shape(_subtract_backward(np.ones(3), np.zeros(3), np.ones(3), np.ones(3)))
assert shape[:1] == (2,), (
    "Step 6: _subtract_backward should give two gradients in a tuple, a's and b's; "
    f"what it gave has the shape {shape}."
)
got = gradient_lists(lambda a, b: a - b, [5.0, 7.0], [1.0, 2.0])
assert got == [[1.0, 2.0], [-1.0, -2.0]], (
    f"Step 6: with the gradient [1, 2], a - b gives [1, 2] and [-1, -2]; it gave {got}."
)
got = gradient_lists(lambda a: -a, [5.0, 7.0])
assert got == [[-1.0, -2.0]], f"Step 6: with the gradient [1, 2], -a gives [-1, -2]; it gave {got}."
### BEGIN HIDDEN TESTS
got = gradient_lists(lambda a: 10.0 - a, [5.0, 7.0, 0.0])
assert got == [[-1.0, -2.0, -3.0]], f"Step 6: 10 - a gives [-1, -2, -3]; it gave {got}."
got = gradient_lists(lambda a, b: a - b, [[1.0], [2.0]], [3.0, 4.0])
assert got == [[[3.0], [7.0]], [-4.0, -6.0]], f"Step 6: broadcast, a - b gives [[3], [7]] and [-4, -6]; it gave {got}."
### END HIDDEN TESTS

# %% [markdown]
# **Your turn: division and power.**
#
# | forward | slope for a | slope for b |
# |---|---|---|
# | `a / b` | 1 / b | -a / b² |
# | `a ** b` | b · aᵇ⁻¹ | aᵇ · log(a) |
#
# Where a is negative or zero, b gets a slope of 0. The slope of `x ** 0` is 0, also where x is 0, though 0⁻¹ would be infinite.
# In neither case does NumPy warn.

# %% [markdown]
# <details><summary>Hint</summary>
#
# `output` is `a / b`, or `a ** b`: use it. `np.where(a > 0, a, 1)` has a logarithm, and log(1) is 0. In b - 1, where b is 0, the
# exponent may as well stay 0: it is multiplied by b.
# </details>

# %% solution="divide-rules"
#| export
@_differentiable(Tensor, "__truediv__", "__rtruediv__")
def _divide_backward(gradient, output, a, b):
    "The gradients of a and b in a / b."
    ### BEGIN SOLUTION
    return gradient / b, -gradient * output / b
    ### END SOLUTION

@_differentiable(Tensor, "__pow__", "__rpow__")
def _power_backward(gradient, output, a, b):
    "The gradients of a and b in a ** b."
    ### BEGIN SOLUTION
    lower = b - (b != 0)  # where b is 0 it stays 0: no 0 ** -1
    return gradient * b * a**lower, gradient * output * np.log(np.where(a > 0, a, 1))
    ### END SOLUTION

# %% test="rule-divide" points=3
# Test 6b · 3 points · a / b
got = gradient_lists(lambda a, b: a / b, [6.0, 2.0], [2.0, -4.0])
assert got == [[0.5, -0.5], [-1.5, -0.25]], (
    f"Step 6: with the gradient [1, 2], a / b gives [0.5, -0.5] and [-1.5, -0.25]; it gave {got}."
)
### BEGIN HIDDEN TESTS
got = gradient_lists(lambda b: 8.0 / b, [2.0, -4.0])
assert got == [[-2.0, -1.0]], f"Step 6: 8 / b at [2, -4] gives [-2, -1]; it gave {got}."
got = gradient_lists(lambda a: a / 4.0, [[1.0, 2.0]])
assert got == [[[0.25, 0.5]]], f"Step 6: a / 4 gives [[0.25, 0.5]]; it gave {got}."
got = gradient_lists(lambda a, b: a / b, [[6.0, 3.0], [1.0, 0.0]], 2.0)
assert got == [[[0.5, 1.0], [1.5, 2.0]], -3.75], f"Step 6: a table / one number gives [[0.5, 1], [1.5, 2]] and -3.75; it gave {got}."
### END HIDDEN TESTS

# %% test="rule-power" points=3
# Test 6c · 3 points · a ** b: the base
got = gradient_lists(lambda a: a**3, [2.0, -1.0])
assert got == [[12.0, 6.0]], (
    f"Step 6: a**3 at [2, -1], with the gradient [1, 2], gives [12, 6]; it gave {got}."
)
### BEGIN HIDDEN TESTS
for exponent, want in [(2, [-6.0, 0.0, 12.0]), (1, [1.0, 2.0, 3.0]), (-1, [-0.111111111, None, -0.75])]:
    got = gradient_lists(lambda a: a**exponent, [-3.0, 0.0 if want[1] is not None else 1.0, 2.0])
    fits = [want[i] is None or got[0][i] == want[i] for i in range(3)]
    assert all(fits), f"Step 6: a**{exponent} at [-3, 0, 2] gives {want}; it gave {got[0]}."
got = gradient_lists(lambda a: a**0.5, [4.0, 0.25])
assert got == [[0.25, 2.0]], f"Step 6: a**0.5 at [4, 0.25] gives [0.25, 2]; it gave {got}."
### END HIDDEN TESTS

# %% test="rule-power-exponent" points=1
# Test 6d · 1 point · a ** b: the exponent, and x ** 0
got = gradient_lists(lambda b: 2.0**b, [0.0, 1.0, 3.0])
assert np.allclose(got, [[0.693147181, 2.772588722, 16.635532333]]), (
    f"Step 6: 2**b at [0, 1, 3] gives log(2) * [1, 4, 24]; it gave {got}."
)
### BEGIN HIDDEN TESTS
got = gradient_lists(lambda a, b: a**b, [-2.0, 0.0, 1.0], [2.0, 3.0, 5.0])
flat = gradient_lists(lambda a: a**0, [0.0, 2.0])
half = gradient_lists(lambda b: 0.5**b, [0.0, 1.0])
warned = warning_of(lambda: gradient_lists(lambda a, b: a**b, [-2.0, 0.0, 0.0], [2.0, 3.0, 0.0]))
assert warned is None, f"Step 6: [-2, 0, 0] ** [2, 3, 0] should warn of nothing; it gave {warned!r}."
assert got == [[-4.0, 0.0, 15.0], [0.0, 0.0, 0.0]], f"Step 6: [-2, 0, 1] ** [2, 3, 5] gives [-4, 0, 15] and zeros; it gave {got}."
assert flat == [[0.0, 0.0]], f"Step 6: a**0 is flat, also at 0: expected [[0, 0]]; got {flat}."
assert np.allclose(half, [[-0.693147181, -0.693147181]]), f"Step 6: 0.5**b at [0, 1] gives log(0.5) * [1, 1]; it gave {half}."
got = gradient_lists(lambda a, b: a**b, [2.0, 3.0], [[2.0], [1.0]])
want = [[7.0, 16.0], [[22.547609918], [17.342230547]]]
assert np.allclose(got[0], want[0]), f"Step 6: [2, 3] ** [[2], [1]] gives {want[0]} for the base; it gave {got[0]}."
assert np.allclose(got[1], want[1]), f"Step 6: [2, 3] ** [[2], [1]] gives {want[1]} for the exponent; it gave {got[1]}."
### END HIDDEN TESTS

# %% [markdown]
# The check, applied to your rules. And a picture: 200 slopes by one call of `backward`.

# %% tags=["explore"]
b = np.array([[2.0], [1.2]])
rules = {"a - b": lambda a, b: a - b, "a / b": lambda a, b: a / b, "a ** b": lambda a, b: a**b}
for name, function in rules.items():
    print(f"{name:7} {_gradient_error(function, np.array([[1.5, 2.0, 0.5]]), b):.1e}")

# %% tags=["explore"]
x = Tensor(np.linspace(-1.6, 1.6, 200), requires_grad=True)
y = x**3 - 2 * x
y.backward(np.ones(200))
figure, ax = plt.subplots(figsize=(8, 3.6), layout="constrained")
ax.plot(x.data, y.data, color="#0072B2", lw=2.5, label="y = x³ - 2x")
ax.plot(x.data, x.grad.data, color="#D55E00", lw=2.5, ls="--", label="x.grad: 3x² - 2")
ax.axhline(0, color="#888888", lw=0.8)
ax.set(title="Does the curve turn where its slope is zero?", xlabel="x", ylabel="y, slope")
ax.legend()
plt.show()

# %% test="arithmetic-ready" points=0
# Nothing to do here. When graded, later tests use your rules where they work, else stand-ins.
### BEGIN HIDDEN TESTS
def _lend(function, arrays, owner, name, reflected, rule):
    try:
        fine = bool(_gradient_error(function, *arrays) < 1e-5)
    except Exception:
        fine = False
    if not fine:
        _differentiable(owner, name, reflected)(rule)

_two = [np.array([[1.5, 2.0]]), np.array([[2.0], [1.2]])]
_lend(lambda a, b: a - b, _two, Tensor, "__sub__", "__rsub__", lambda g, out, a, b: (g, -g))
_lend(lambda a: 1.0 - a, _two[:1], Tensor, "__sub__", "__rsub__", lambda g, out, a, b: (g, -g))
_lend(lambda a: -a, _two[:1], Tensor, "__neg__", None, lambda g, out, a: (-g,))
_lend(lambda a, b: a / b, _two, Tensor, "__truediv__", "__rtruediv__", lambda g, out, a, b: (g / b, -g * a / b**2))
_lend(lambda a, b: a**b, _two, Tensor, "__pow__", "__rpow__",
      lambda g, out, a, b: (g * b * a ** (b - 1), g * out * np.log(np.where(a > 0, a, 1))))
del _two
### END HIDDEN TESTS

# %% [markdown]
# ## Step 7 · Rules for products and reductions
#
# The matrix product is where the time of a network goes. One element of A meets one *row* of B, so its gradient gathers along that
# row. The shapes leave only one choice: A has (n, k), the gradient (n, m), B (k, m).

# %% tags=["explore"]
def draw_shapes(rows, title):
    "Draw rectangles (rows, columns, name) side by side, to scale."
    figure, ax = plt.subplots(figsize=(8, 3.6), layout="constrained")
    for level, row in enumerate(rows):
        left = 0
        for height, width, name in row:
            if height:
                corner = (left, -level * 5 - height / 2)
                ax.add_patch(plt.Rectangle(corner, width, height, fc="#56B4E9", ec="#222222"))
                ax.text(left + width / 2, -level * 5, f"{name}\n({height}, {width})", ha="center",
                        va="center", fontsize=11)
            else:
                ax.text(left + 0.5, -level * 5, name, ha="center", va="center", fontsize=18)
            left += width + 0.4
    ax.set(title=title, xlim=(-0.5, 15), ylim=(-5 * len(rows) + 2.2, 2.6), aspect="equal")
    ax.axis("off")
    plt.show()

draw_shapes([[(2, 3, "A"), (0, 1, "@"), (3, 4, "B"), (0, 1, "="), (2, 4, "C")],
             [(2, 4, "gradient"), (0, 1, "@"), (4, 3, "B turned"), (0, 1, "="), (2, 3, "of A")]],
            "The gradient of A: the only product that fits")

# %% [markdown]
# *In words: a (2, 3) times a (3, 4) gives (2, 4); back, the gradient (2, 4) times B turned, (4, 3), gives (2, 3), A's shape.*

# %% [markdown]
# **Your turn.** With `turned` meaning the last two axes swapped:
#
# | forward | gradient of A | gradient of B |
# |---|---|---|
# | `A @ B` | gradient @ B turned | A turned @ gradient |
#
# - With batch axes in front, (..., n, k) @ (..., k, m), the same formula holds; where they broadcast, `Node` sums.
# - A vector on the left is a matrix of one row, one on the right a matrix of one column. Put the axis in, in the gradient too.

# %% [markdown]
# <details><summary>Hint</summary>
#
# `array.swapaxes(-1, -2)` turns. For a vector `b`: `b[:, None]` is a column, and the gradient needs `gradient[..., None]`;
# afterwards take the axis off again with `[..., 0]`. For a vector `a`: `a[None, :]`, and `gradient[..., None, :]`.
# </details>

# %% solution="matmul-rule"
#| export
@_differentiable(Tensor, "__matmul__", "__rmatmul__")
def _matmul_backward(gradient, output, a, b):
    "The gradients of a and b in a @ b."
    ### BEGIN SOLUTION
    if b.ndim == 1:
        a_gradient, b_gradient = _matmul_backward(gradient[..., None], output, a, b[:, None])
        return a_gradient, b_gradient[..., 0]
    if a.ndim == 1:
        a_gradient, b_gradient = _matmul_backward(gradient[..., None, :], output, a[None, :], b)
        return a_gradient[..., 0, :], b_gradient  # the axis off again
    return gradient @ b.swapaxes(-1, -2), a.swapaxes(-1, -2) @ gradient
    ### END SOLUTION

# %% test="rule-matmul" points=3
# Test 7a · 3 points · A @ B
got = gradient_lists(lambda a, b: a @ b, [[1.0, 2.0]], [[3.0, 4.0], [5.0, 6.0]])
assert got[0] == [[11.0, 17.0]], (
    f"Step 7: with the gradient [[1, 2]], A's gradient is [[11, 17]]; it was {got[0]}."
)
assert got[1] == [[1.0, 2.0], [2.0, 4.0]], (
    f"Step 7: with the gradient [[1, 2]], B's gradient is [[1, 2], [2, 4]]; it was {got[1]}."
)
### BEGIN HIDDEN TESTS
a, b = np.arange(6.0).reshape(2, 3), np.arange(12.0).reshape(3, 4) - 5
weights = np.arange(1.0, 9.0).reshape(2, 4)
got = _gradients(lambda a, b: a @ b, np.arange(6.0).reshape(2, 3), np.arange(12.0).reshape(3, 4) - 5)
assert np.allclose(got[0], weights @ b.T), f"Step 7: for (2, 3) @ (3, 4), A's gradient should be {(weights @ b.T).tolist()}; it was {got[0]}."
assert np.allclose(got[1], a.T @ weights), f"Step 7: for (2, 3) @ (3, 4), B's gradient should be {(a.T @ weights).tolist()}; it was {got[1]}."
for left in [np.array([[1.0, 2.0]]), [[1.0, 2.0]]]:
    got = _gradients(lambda b: left @ b, np.ones((2, 1)))
    assert np.allclose(got[0], [[1.0], [2.0]]), f"Step 7: array or list @ Tensor should give [[1], [2]]; it gave {got[0]}."
### END HIDDEN TESTS

# %% test="rule-matmul-axes" points=2
# Test 7b · 2 points · batch axes, and vectors
got = gradient_lists(lambda a, b: a @ b, [[[1.0, 2.0]], [[3.0, 4.0]]], [[5.0], [6.0]])
assert got == [[[[5.0, 6.0]], [[10.0, 12.0]]], [[7.0], [10.0]]], (
    "Step 7: (2, 1, 2) @ (2, 1) should give A [[[5, 6]], [[10, 12]]], B [[7], [10]]; "
    f"it gave {got}."
)
### BEGIN HIDDEN TESTS
got = gradient_lists(lambda a, b: a @ b, [1.0, 2.0], [3.0, 4.0])
assert got == [[3.0, 4.0], [1.0, 2.0]], f"Step 7: vector @ vector should give [3, 4] and [1, 2]; it gave {got}."
got = gradient_lists(lambda a, b: a @ b, [[1.0, 2.0], [3.0, 4.0]], [5.0, 6.0])
assert got == [[[5.0, 6.0], [10.0, 12.0]], [7.0, 10.0]], f"Step 7: matrix @ vector should give [[5, 6], [10, 12]] and [7, 10]; it gave {got}."
got = gradient_lists(lambda a, b: a @ b, [5.0, 6.0], [[1.0, 2.0], [3.0, 4.0]])
assert got == [[5.0, 11.0], [[5.0, 10.0], [6.0, 12.0]]], f"Step 7: vector @ matrix should give [5, 11] and [[5, 10], [6, 12]]; it gave {got}."
got = [gradient.shape for gradient in _gradients(lambda a, b: a @ b, np.ones(3), np.ones((4, 3, 2)))]
assert got == [(3,), (4, 3, 2)], f"Step 7: (3,) @ (4, 3, 2) should give gradients of these shapes; they were {got}."
### END HIDDEN TESTS

# %% [markdown]
# Reductions squeeze axes away; backward puts them back. **sum** passes its gradient to everybody who took part, **mean** divides it by
# their number, **max** gives it to the largest, split evenly where several are equal (as PyTorch's `amax`).
#
# This helper puts the axes back, so that the gradient broadcasts against x:

# %% given="put-back"
#| export
def _put_back(array, axis, keepdims):
    "An array that was reduced along `axis`, with these axes again, of length 1."
    return array if axis is None or keepdims else np.expand_dims(array, axis)

# %%
_put_back(np.array([10.0, 20.0]), axis=1, keepdims=False)

# %% [markdown]
# **Your turn.** The rules for `sum`, `mean`, `max`; each answers with an array of the shape of `x`.

# %% [markdown]
# <details><summary>Hint</summary>
#
# `np.broadcast_to(array, x.shape)` stretches without a copy. How many numbers make one mean? `x.size / output.size`. For max,
# `x == ` (the output, put back) marks the largest; their number per place is a sum with `keepdims=True`.
# </details>

# %% solution="reduction-rules"
#| export
@_differentiable(Tensor, "sum")
def _sum_backward(gradient, output, x, axis=None, keepdims=False):
    "The gradient of x in x.sum(axis, keepdims)."
    ### BEGIN SOLUTION
    return np.broadcast_to(_put_back(gradient, axis, keepdims), x.shape)
    ### END SOLUTION

@_differentiable(Tensor, "mean")
def _mean_backward(gradient, output, x, axis=None, keepdims=False):
    "The gradient of x in x.mean(axis, keepdims)."
    ### BEGIN SOLUTION
    each = output.size / max(x.size, 1)  # no numbers at all: their gradient is empty
    return np.broadcast_to(_put_back(gradient, axis, keepdims) * each, x.shape)
    ### END SOLUTION

@_differentiable(Tensor, "max")
def _max_backward(gradient, output, x, axis=None, keepdims=False):
    "The gradient of x in x.max(axis, keepdims); equal ones share."
    ### BEGIN SOLUTION
    largest = x == _put_back(output, axis, keepdims)
    return _put_back(gradient, axis, keepdims) * largest / largest.sum(axis=axis, keepdims=True)
    ### END SOLUTION

# %% test="rule-sum" points=2
# Test 7c · 2 points · sum and mean
x = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]
got = gradient_lists(lambda t: t.sum(axis=1), x)
assert got == [[[1.0, 1.0, 1.0], [2.0, 2.0, 2.0]]], (
    f"Step 7: sum(axis=1) with the gradient [1, 2] gives rows of 1 and of 2; it gave {got}."
)
got = gradient_lists(lambda t: t.mean(), x)
assert np.allclose(got, 1 / 6), f"Step 7: mean() of six numbers gives each 1/6; it gave {got}."
got = gradient_lists(lambda t: t.mean(axis=1), x)
assert np.allclose(got, [[[1 / 3] * 3, [2 / 3] * 3]]), (
    f"Step 7: mean(axis=1) with [1, 2] gives rows of 1/3 and of 2/3; it gave {got}."
)
### BEGIN HIDDEN TESTS
x = np.arange(12.0).reshape(2, 3, 2)
for axis, keepdims, want in [(0, False, [[1, 2], [3, 4], [5, 6]]), (-1, True, [[[1], [2], [3]], [[4], [5], [6]]]), ((0, 2), False, [[1], [2], [3]]),
                             (None, True, 1), ((0, 1, 2), False, 1), ((1,), False, [[[1, 2]], [[3, 4]]])]:
    got = _gradients(lambda t: t.sum(axis=axis, keepdims=keepdims), np.arange(12.0).reshape(2, 3, 2))[0]
    same = np.array_equal(got, np.broadcast_to(want, (2, 3, 2)))
    assert same, f"Step 7: sum({axis=}, {keepdims=}) of (2, 3, 2) should spread {want}; it gave {got.tolist()}."
    mean = _gradients(lambda t: t.mean(axis, keepdims), np.arange(12.0).reshape(2, 3, 2))[0]
    count = 12 if np.size(want) == 1 else 12 / np.size(want)
    same = np.allclose(mean, np.broadcast_to(want, (2, 3, 2)) / count)
    assert same, f"Step 7: mean({axis=}, {keepdims=}) of (2, 3, 2) should spread {want} / {count:g}; it gave {mean.tolist()}."
got = gradient_lists(lambda t: t.mean(), [5.0])
assert got == [[1.0]], f"Step 7: the mean of one number passes its gradient on, 1; it gave {got}."
### END HIDDEN TESTS

# %% test="rule-max" points=2
# Test 7d · 2 points · max
got = gradient_lists(lambda t: t.max(axis=1), [[1.0, 9.0], [7.0, 3.0]])
assert got == [[[0.0, 1.0], [2.0, 0.0]]], (
    f"Step 7: max(axis=1) gives its gradient to 9 and to 7: [[0, 1], [2, 0]]; it gave {got}."
)
### BEGIN HIDDEN TESTS
for axis, keepdims, want in [(None, False, [[0, 0.5, 0], [0, 0, 0.5]]), (0, False, [[0, 2, 0], [1, 0, 3]]), (0, True, [[0, 2, 0], [1, 0, 3]]),
                             (-1, True, [[0, 1, 0], [0, 0, 2]]), ((0, 1), True, [[0, 0.5, 0], [0, 0, 0.5]])]:
    got = gradient_lists(lambda t: t.max(axis=axis, keepdims=keepdims), [[1.0, 8.0, 2.0], [5.0, 3.0, 8.0]])
    assert got == [want], f"Step 7: max({axis=}, {keepdims=}) of [[1, 8, 2], [5, 3, 8]] gives {want}; it gave {got[0]}."
got = gradient_lists(lambda t: t.max(), [[4.0, 1.0], [4.0, 2.0]])
assert got == [[[0.5, 0.0], [0.5, 0.0]]], f"Step 7: max() of [[4, 1], [4, 2]] gives [[0.5, 0], [0.5, 0]]; it gave {got[0]}."
got = gradient_lists(lambda t: t.max(1), [[4.0, 4.0, 4.0], [6.0, 6.0, 0.0]])
assert np.allclose(got, [[[1 / 3] * 3, [1, 1, 0]]]), f"Step 7: equal ones share evenly: expected thirds, then halves of 2; it gave {got}."
### END HIDDEN TESTS

# %% [markdown]
# The check on all four, with random numbers:

# %% tags=["explore"]
random = np.random.default_rng(0)
a, b = random.normal(size=(2, 3)), random.normal(size=(3, 4))
errors = {"a @ b": _gradient_error(lambda a, b: a @ b, a, b),
          "sum": _gradient_error(lambda a: a.sum(axis=0), a),
          "mean": _gradient_error(lambda a: a.mean(axis=1), a),
          "max": _gradient_error(lambda a: a.max(axis=1), a)}
{name: f"{error:.1e}" for name, error in errors.items()}

# %% test="reductions-ready" points=0
# Nothing to do here. When graded, later tests use your rules where they work, else stand-ins.
### BEGIN HIDDEN TESTS
def _spread(g, axis, keepdims):
    return g if axis is None or keepdims else np.expand_dims(g, axis)

_one = [np.array([[1.0, 2.0, 4.0], [8.0, 3.0, 5.0]])]
_lend(lambda a, b: a @ b, [_one[0], _one[0].T + 1], Tensor, "__matmul__", "__rmatmul__",
      lambda g, out, a, b: (g @ np.swapaxes(b, -1, -2), np.swapaxes(a, -1, -2) @ g))
_lend(lambda t: t.sum(axis=1) * t.sum(), _one, Tensor, "sum", None,
      lambda g, out, x, axis=None, keepdims=False: np.zeros(x.shape) + _spread(g, axis, keepdims))
_lend(lambda t: t.mean(axis=0) * t.mean(), _one, Tensor, "mean", None,
      lambda g, out, x, axis=None, keepdims=False: np.zeros(x.shape) + _spread(g, axis, keepdims) / (x.size / out.size))
del _one, _lend
### END HIDDEN TESTS

# %% [markdown]
# ## Step 8 · Rules for looking and rearranging
#
# `reshape` and `transpose` move no numbers, so their gradients only move back. An index picks some elements: these get the
# gradient, the rest gets 0. What was picked twice gets the sum of both:

# %% tags=["explore"]
picked = [0, 2, 2, 3, 2]
table = np.zeros(5)
np.add.at(table, picked, np.ones(5))
figure, ax = plt.subplots(figsize=(8, 2.4), layout="constrained")
ax.bar(range(5), table, color="#009E73")
ax.set(title="Gradient of t[[0, 2, 2, 3, 2]].sum(): how often each was picked",
       xlabel="element of t", ylabel="slope", yticks=range(4))
plt.show()

# %% [markdown]
# *In words: bars of 1, 0, 3, 1, 0.* A plain `out[index] += gradient` gets this wrong: it reads all the zeros first, then writes each
# place once.

# %% tags=["explore"]
once = np.zeros(5)
once[[0, 2, 2, 3, 2]] += 1
once, table

# %% [markdown]
# **Your turn.** The rules for `reshape`, `transpose` and `t[index]`. `*shape`, `dim0`, `dim1` and `index` come as they were
# given to the forward; `index` may be anything that NumPy indexes by.

# %% [markdown]
# <details><summary>Hint</summary>
#
# Which shape has to come back? That of `x`. Swapping two axes twice changes nothing. `np.add.at(out, index, gradient)`
# adds up where an index comes twice.
# </details>

# %% solution="view-rules"
#| export
@_differentiable(Tensor, "reshape")
def _reshape_backward(gradient, output, x, *shape):
    "The gradient of x in x.reshape(*shape)."
    ### BEGIN SOLUTION
    return gradient.reshape(x.shape)
    ### END SOLUTION

@_differentiable(Tensor, "transpose")
def _transpose_backward(gradient, output, x, dim0=-2, dim1=-1):
    "The gradient of x in x.transpose(dim0, dim1)."
    ### BEGIN SOLUTION
    return gradient.swapaxes(dim0, dim1)
    ### END SOLUTION

# %% solution="index-rule"
#| export
@_differentiable(Tensor, "__getitem__")
def _index_backward(gradient, output, x, index):
    "The gradient of x in x[index]."
    ### BEGIN SOLUTION
    whole = np.zeros(x.shape, gradient.dtype)
    np.add.at(whole, index, gradient)
    return whole
    ### END SOLUTION

# %% test="rule-views" points=3
# Test 8a · 3 points · reshape and transpose
got = gradient_lists(lambda t: t.reshape(3, 2), [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
assert got == [[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]], (
    f"Step 8: the gradient 1 to 6 of reshape(3, 2) goes back into (2, 3); it came as {got}."
)
got = gradient_lists(lambda t: t.transpose(), [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
assert got == [[[1.0, 3.0, 5.0], [2.0, 4.0, 6.0]]], (
    f"Step 8: of transpose() it comes back as [[1, 3, 5], [2, 4, 6]]; it came as {got}."
)
### BEGIN HIDDEN TESTS
for shape in [((4, -1),), (-1,), (2, 2, 6), ((24,),)]:
    got = _gradients(lambda t: t.reshape(*shape), np.zeros((2, 3, 4)))[0]
    same = np.array_equal(got, np.arange(1, 25).reshape(2, 3, 4))
    assert same, f"Step 8: the gradient of reshape{shape} should come back in order as (2, 3, 4); it came as {got.tolist()}."
for dims, want in [((0, 1), (3, 2, 4)), ((2, 0), (4, 3, 2)), ((), (2, 4, 3)), ((-1, 1), (2, 4, 3))]:
    got = _gradients(lambda t: t.transpose(*dims), np.zeros((2, 3, 4)))[0]
    axes = dims or (1, 2)
    same = np.array_equal(got, np.arange(1, 25).reshape(want).swapaxes(*axes))
    assert same, f"Step 8: the gradient of transpose{dims} should be turned back to (2, 3, 4); it came as {got.tolist()}."
### END HIDDEN TESTS

# %% test="rule-index" points=2
# Test 8b · 2 points · an index
got = gradient_lists(lambda t: t[1], [[1.0, 2.0], [3.0, 4.0]])
assert got == [[[0.0, 0.0], [1.0, 2.0]]], (
    f"Step 8: the gradient of t[1] goes into row 1: [[0, 0], [1, 2]]; it came as {got}."
)
### BEGIN HIDDEN TESTS
for index, want in [((slice(None), 0), [[1, 0], [2, 0], [3, 0]]), (slice(None, None, -2), [[3, 4], [0, 0], [1, 2]]), ((2, 1), [[0, 0], [0, 0], [0, 1]]),
                    (None, [[1, 2], [3, 4], [5, 6]]), ((..., 1), [[0, 1], [0, 2], [0, 3]]), (np.array([True, False, True]), [[1, 2], [0, 0], [3, 4]])]:
    got = gradient_lists(lambda t: t[index], [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    assert got == [want], f"Step 8: the gradient of t[{index}] should be {want}; it was {got[0]}."
got = gradient_lists(lambda t: t[Tensor([1, 0])] * t[t > 3.5], [3.0, 4.0, 1.0])
assert got == [[8.0, 14.0, 0.0]], f"Step 8: a Tensor as index, too: expected [8, 14, 0]; got {got[0]}."
### END HIDDEN TESTS

# %% test="rule-index-repeated" points=2
# Test 8c · 2 points · what was picked twice gets both
got = gradient_lists(lambda t: t[[0, 2, 2]], [5.0, 6.0, 7.0])
assert got == [[1.0, 0.0, 5.0]], (
    f"Step 8: t[[0, 2, 2]] with the gradient [1, 2, 3] gives [1, 0, 5]; it gave {got[0]}."
)
### BEGIN HIDDEN TESTS
got = gradient_lists(lambda t: t[np.array([[1, 1], [1, 0]])], [[1.0], [2.0]])
assert got == [[[4.0], [6.0]]], f"Step 8: t[[[1, 1], [1, 0]]] gives [[4], [6]]; it gave {got[0]}."
got = gradient_lists(lambda t: t[([0, 0, 1], [1, 1, 0])], [[1.0, 2.0], [3.0, 4.0]])
assert got == [[[0.0, 3.0], [3.0, 0.0]]], f"Step 8: t[[0, 0, 1], [1, 1, 0]] gives [[0, 3], [3, 0]]; it gave {got[0]}."
### END HIDDEN TESTS

# %% tags=["explore"]
a = np.random.default_rng(0).normal(size=(2, 3, 4))
rules = {"reshape": lambda t: t.reshape(4, 6), "transpose": lambda t: t.transpose(0, 2),
         "index": lambda t: t[:, [0, 2, 2]]}
for name, function in rules.items():
    print(f"{name:10} {_gradient_error(function, a):.1e}")

# %% [markdown]
# Module 01 has PyTorch's other names. Most are made of operations that have their rules by now; those that call NumPy
# themselves get theirs here:

# %% given="other-rules"
#| export
@_differentiable(Tensor, "permute")
def _permute_backward(gradient, output, x, *dims):
    "The gradient of x in x.permute(*dims)."
    return gradient.transpose(np.argsort([dim % x.ndim for dim in np.ravel(dims)]))

@_differentiable(Tensor, "contiguous")
@_differentiable(Tensor, "clone")
def _copy_backward(gradient, output, x):
    "The gradient of x in a copy of it."
    return gradient

@_differentiable(Tensor, "exp")
def _exp_backward(gradient, output, x):
    return gradient * output

@_differentiable(Tensor, "log")
def _log_backward(gradient, output, x):
    return gradient / x

@_differentiable(Tensor, "abs")
def _abs_backward(gradient, output, x):
    return gradient * np.sign(x)

# %% given="choice-rules"
#| export
@_differentiable(Tensor, "clamp")
def _clamp_backward(gradient, output, x, min=None, max=None):
    "The gradient of x in x.clamp(min, max): nothing where an end was put in its place."
    return gradient * (output == x)

@_differentiable(Tensor, "masked_fill")
def _masked_fill_backward(gradient, output, x, mask, value):
    "The gradients of x, of the mask (None) and of the value (None) in x.masked_fill(mask, value)."
    return np.where(mask, 0, gradient), None, None

@_differentiable(Tensor, "min")
def _min_backward(gradient, output, x, axis=None, keepdims=False):
    "The gradient of x in x.min(axis, keepdims): the same as max's, equal ones share."
    return _max_backward(gradient, output, x, axis, keepdims)

# %%
x = Tensor([[1.0, -2.0, 4.0]], requires_grad=True)
x.masked_fill(x < 0, 0.5).log().permute(1, 0).flatten().backward(np.array([1.0, 1.0, 1.0]))
x.grad.data

# %% [markdown]
# ## Step 9 · Rules for activations and losses
#
# `relu(x)` of a `ReLU()` is `ReLU.__call__(relu, x)`. So the object itself is the first argument; it has no gradient, and the answer
# has `None` in its place. How your module 02 computed the forward does not matter: one call, one node.

# %% [markdown]
# **Your turn.** Slopes by `output` where that is shorter; y is the output:
#
# | forward | slope |
# |---|---|
# | ReLU: max(x, 0) | 1 where x > 0, else 0 |
# | Sigmoid: 1 / (1 + e⁻ˣ) | y · (1 - y) |
# | Tanh | 1 - y² |
# | GELU: x · Φ(x) | Φ(x) + x · φ(x) |

# %% [markdown]
# In GELU, φ is the bell curve, e^(-x²/2) / √(2π), and Φ(x) the share of it left of x. The forward computed that already: Φ(x) is
# `output / x`, and 0.5 where x is 0. The formula for `approximate="tanh"` comes ready.

# %% [markdown]
# <details><summary>Hint</summary>
#
# `return None, gradient * ...` in all four. For Φ, divide by `np.where(x == 0, 1, x)` and then put 0.5 in where x is 0: `np.where` again.
# </details>

# %% given="gelu-tanh"
#| export
def _gelu_tanh_slope(x):
    "The slope of GELU(approximate='tanh')."
    inner = np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)
    inner_slope = np.sqrt(2 / np.pi) * (1 + 3 * 0.044715 * x**2)
    tanh = np.tanh(inner)
    return 0.5 * (1 + tanh) + 0.5 * x * (1 - tanh**2) * inner_slope

# %% solution="activation-rules"
#| export
@_differentiable(ReLU, "__call__")
def _relu_backward(gradient, output, relu, x):
    "Gradients of the ReLU itself (None) and of x."
    ### BEGIN SOLUTION
    return None, gradient * (x > 0)
    ### END SOLUTION

@_differentiable(Sigmoid, "__call__")
def _sigmoid_backward(gradient, output, sigmoid, x):
    ### BEGIN SOLUTION
    return None, gradient * output * (1 - output)
    ### END SOLUTION

@_differentiable(Tanh, "__call__")
def _tanh_backward(gradient, output, tanh, x):
    ### BEGIN SOLUTION
    return None, gradient * (1 - output**2)
    ### END SOLUTION

@_differentiable(GELU, "__call__")
def _gelu_backward(gradient, output, gelu, x):
    if gelu.approximate == "tanh":
        return None, gradient * _gelu_tanh_slope(x)
    ### BEGIN SOLUTION
    share = np.where(x == 0, 0.5, output / np.where(x == 0, 1, x))
    return None, gradient * (share + x * np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi))
    ### END SOLUTION

# %% test="rule-relu" points=2
# Test 9a · 2 points · ReLU
answer = _relu_backward(np.ones(3), np.zeros(3), ReLU(), np.ones(3))
first = answer[0] if isinstance(answer, tuple) else answer
assert first is None, (
    "Step 9: _relu_backward should give a pair, None for the ReLU itself, then x's gradient; "
    f"it gave {answer}."
)
got = gradient_lists(ReLU(), [-1.0, 0.5, 2.0])
assert got == [[0.0, 2.0, 3.0]], (
    f"Step 9: ReLU at [-1, 0.5, 2] lets [0, 2, 3] through; it gave {got[0]}."
)
### BEGIN HIDDEN TESTS
got = gradient_lists(ReLU(), [[0.0, -0.0], [1e-9, -1e-9]])
assert got == [[[0.0, 0.0], [3.0, 0.0]]], f"Step 9: ReLU has the slope 0 at 0, 1 just above: expected [[0, 0], [3, 0]]; got {got[0]}."
### END HIDDEN TESTS

# %% test="rule-sigmoid-tanh" points=3
# Test 9b · 3 points · Sigmoid and Tanh
got = gradient_lists(Sigmoid(), [0.0, 2.0])
assert np.allclose(got, [[0.25, 0.209987171]]), (
    f"Step 9: Sigmoid at [0, 2], with the gradient [1, 2], gives [0.25, 0.21]; it gave {got[0]}."
)
got = gradient_lists(Tanh(), [0.0, 1.0])
assert np.allclose(got, [[1.0, 0.839948683]]), (
    f"Step 9: Tanh at [0, 1], with the gradient [1, 2], gives [1, 0.84]; it gave {got[0]}."
)
### BEGIN HIDDEN TESTS
x, weights = np.array([[-30.0, -1.5, 0.3], [0.7, 2.5, 800.0]]), np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
share = 1 / (1 + np.exp(-np.array([[-30.0, -1.5, 0.3], [0.7, 2.5, 800.0]])))
got = _gradients(Sigmoid(), [[-30.0, -1.5, 0.3], [0.7, 2.5, 800.0]])[0]
assert np.allclose(got, weights * share * (1 - share), atol=1e-12), f"Step 9: Sigmoid at {x.tolist()} gave {got.tolist()}."
got = _gradients(Tanh(), [[-30.0, -1.5, 0.3], [0.7, 2.5, 800.0]])[0]
assert np.allclose(got, weights * (1 - np.tanh(x) ** 2), atol=1e-12), f"Step 9: Tanh at {x.tolist()} gave {got.tolist()}."
### END HIDDEN TESTS

# %% test="rule-gelu" points=2
# Test 9c · 2 points · GELU
got = gradient_lists(GELU(), [1.0, -1.0])
assert np.allclose(got, [[1.083315471, -0.166630941]]), (
    f"Step 9: GELU at [1, -1], with [1, 2], gives [1.0833, -0.1666]; it gave {got[0]}."
)
### BEGIN HIDDEN TESTS
got = gradient_lists(GELU(), [0.0, 0.0, 3.0, -40.0])
assert np.allclose(got, [[0.5, 1.0, 3.0358370, 0.0]], atol=1e-6), f"Step 9: GELU at [0, 0, 3, -40] gives [0.5, 1, 3.0358, 0]; it gave {got[0]}."
warned = warning_of(lambda: gradient_lists(GELU(), [[0.0, -100.0, 100.0]]))
assert warned is None, f"Step 9: GELU at 0, -100 and 100 should warn of nothing; it gave {warned!r}."
got = gradient_lists(GELU(approximate="tanh"), [1.0])
assert np.allclose(got, [[1.082964]], atol=1e-5), f"Step 9: GELU(approximate='tanh') at 1 gives 1.08296; it gave {got[0]}."
### END HIDDEN TESTS

# %% [markdown]
# **Your turn: Softmax.** Its outputs share a sum of 1, so each input moves all of them along its axis. x's gradient is y · (gradient - s); s is the
# sum of gradient · y along `softmax.dim`, kept as an axis of length 1.

# %% solution="softmax-rule"
#| export
@_differentiable(Softmax, "__call__")
def _softmax_backward(gradient, output, softmax, x):
    "Gradients of the Softmax itself (None) and of x."
    ### BEGIN SOLUTION
    mean = (gradient * output).sum(axis=softmax.dim, keepdims=True)
    return None, output * (gradient - mean)
    ### END SOLUTION

# %% test="rule-softmax" points=2
# Test 9d · 2 points · Softmax
got = gradient_lists(Softmax(), [[0.0, 0.0]])
assert got == [[[-0.25, 0.25]]], (
    "Step 9: Softmax at [[0, 0]], with the gradient [[1, 2]], gives [[-0.25, 0.25]]; "
    f"it gave {got[0]}."
)
### BEGIN HIDDEN TESTS
for dim in [0, 1, 2, -1, -2]:
    x = np.array([[[0.5, -1.0], [2.0, 0.0], [0.0, 1.0]], [[1.0, 1.0], [-2.0, 3.0], [0.1, 0.2]]])
    shares = np.exp(x) / np.sum(np.exp(x), axis=dim, keepdims=True)
    weights = np.arange(1.0, 13.0).reshape(2, 3, 2)
    want = shares * (weights - np.sum(weights * shares, axis=dim, keepdims=True))
    got = _gradients(Softmax(dim=dim), [[[0.5, -1.0], [2.0, 0.0], [0.0, 1.0]], [[1.0, 1.0], [-2.0, 3.0], [0.1, 0.2]]])[0]
    assert np.allclose(got, want), f"Step 9: Softmax(dim={dim}) should give {want.tolist()}; it gave {got.tolist()}."
### END HIDDEN TESTS

# %% [markdown]
# Your rules, drawn: each curve with the slope that `backward` found.

# %% tags=["explore"]
figure, panels = plt.subplots(1, 4, figsize=(12, 3), layout="constrained", sharex=True)
for panel, activation in zip(panels, [ReLU(), Sigmoid(), Tanh(), GELU()]):
    x = Tensor(np.linspace(-4, 4, 201), requires_grad=True)
    y = activation(x)
    y.backward(np.ones(201))
    panel.plot(x.data, y.data, color="#0072B2", lw=2.5, label="output")
    panel.plot(x.data, x.grad.data, color="#D55E00", lw=2.5, ls="--", label="slope")
    panel.set(title=type(activation).__name__, xlabel="x", ylim=(-1.2, 2.2))
panels[0].legend()
panels[0].set_ylabel("output, slope")
plt.show()

# %% [markdown]
# *In words: four panels. ReLU's slope jumps from 0 to 1; Sigmoid's is a low hill of 0.25; Tanh's a hill of 1; GELU's rises from 0 to a bit over 1.*
# Far from 0 Sigmoid and Tanh are flat: nothing gets back, and that is the *vanishing gradient*.

# %% [markdown]
# **Your turn: losses.** A mean over n elements, or over the N rows of a batch; p are predictions, t targets:
#
# | forward | gradient of p | gradient of t |
# |---|---|---|
# | MSELoss: mean of (p - t)² | 2 (p - t) / n | the same, negative |
# | CrossEntropyLoss, labels t | (softmax(p) - one-hot(t)) / N | none |
# | BinaryCrossEntropyLoss | (p - t) / (p (1 - p)) / n | (log(1 - p) - log(p)) / n |

# %% [markdown]
# All of them times `gradient`, one number here. Softmax must not overflow for scores of 1,000. And nothing becomes infinite:
# use p (1 - p) as at least 1e-12 and a logarithm as at least -100. NumPy warns of nothing.

# %% [markdown]
# <details><summary>Hint</summary>
#
# One-hot is not needed: compute the softmax of each row, then subtract 1 at `[np.arange(N), t]`. Subtract each row's largest score first.
# `np.maximum` keeps a divisor away from zero, and also what a logarithm is taken of: at least e⁻¹⁰⁰, `np.exp(-100)`.
# </details>

# %% solution="mse-rule"
#| export
@_differentiable(MSELoss, "__call__")
def _mse_backward(gradient, output, loss, predictions, targets):
    "Gradients of the loss object (None), of predictions and of targets."
    ### BEGIN SOLUTION
    slope = gradient * 2 * (predictions - targets) / predictions.size
    return None, slope, -slope
    ### END SOLUTION

# %% solution="cross-entropy-rule"
#| export
@_differentiable(CrossEntropyLoss, "__call__")
def _cross_entropy_backward(gradient, output, loss, predictions, targets):
    "Gradients of the loss object (None), of the logits and of the labels (None)."
    ### BEGIN SOLUTION
    powers = np.exp(predictions - predictions.max(axis=1, keepdims=True))
    slope = powers / powers.sum(axis=1, keepdims=True)
    slope[np.arange(len(targets)), targets] -= 1
    return None, gradient * slope / len(targets), None
    ### END SOLUTION

# %% solution="binary-rule"
#| export
@_differentiable(BinaryCrossEntropyLoss, "__call__")
def _binary_cross_entropy_backward(gradient, output, loss, predictions, targets):
    "Gradients of the loss object (None), of the probabilities and of the targets."
    ### BEGIN SOLUTION
    spread = np.maximum(predictions * (1 - predictions), 1e-12)
    slope = gradient * (predictions - targets) / spread / predictions.size
    yes, no = (np.log(np.maximum(each, np.exp(-100))) for each in (predictions, 1 - predictions))
    return None, slope, gradient * (no - yes) / predictions.size
    ### END SOLUTION

# %% test="rule-mse" points=2
# Test 9e · 2 points · MSELoss
got = gradient_lists(MSELoss(), [[1.0, 2.0], [3.0, 4.0]], [[0.0, 2.0], [3.0, 8.0]])
assert got[0] == [[0.5, 0.0], [0.0, -2.0]], (
    f"Step 9: MSELoss should give the predictions [[0.5, 0], [0, -2]]; it gave {got[0]}."
)
### BEGIN HIDDEN TESTS
assert got[1] == [[-0.5, 0.0], [0.0, 2.0]], f"Step 9: MSELoss should give the targets [[-0.5, 0], [0, 2]]; it gave {got[1]}."
got = gradient_lists(lambda p: MSELoss()(p, Tensor([1, 2])) * 10.0, [3.0, 5.0])
assert got == [[20.0, 30.0]], f"Step 9: ten times MSELoss, targets of integers, should give [20, 30]; it gave {got[0]}."
### END HIDDEN TESTS

# %% test="rule-cross-entropy" points=3
# Test 9f · 3 points · CrossEntropyLoss
got = gradient_lists(lambda p: CrossEntropyLoss()(p, Tensor([1, 0])), [[0.0, 0.0], [0.0, 0.0]])
assert got == [[[0.25, -0.25], [-0.25, 0.25]]], (
    "Step 9: two rows of equal scores should give [[0.25, -0.25], [-0.25, 0.25]]; "
    f"it gave {got[0]}."
)
### BEGIN HIDDEN TESTS
p = np.array([[0.5, -1.0, 2.0], [3.0, 0.0, 0.1], [0.0, 0.0, 1.0], [-2.0, 1.0, 0.0]])
want = np.exp(p) / np.sum(np.exp(p), axis=1, keepdims=True) - np.array([[0, 0, 1], [1, 0, 0], [0, 1, 0], [0, 0, 1]])
got = _gradients(lambda p: CrossEntropyLoss()(p, Tensor([2, 0, 1, 2])) * 2.0, [[0.5, -1.0, 2.0], [3.0, 0.0, 0.1], [0.0, 0.0, 1.0], [-2.0, 1.0, 0.0]])[0]
assert np.allclose(got, want / 2), f"Step 9: twice the loss of four rows should give {(want / 2).tolist()}; it gave {got.tolist()}."
large = [[1000.0, 0.0, -1000.0], [0.0, -1000.0, -900.0]]
warned = warning_of(lambda: gradient_lists(lambda p: CrossEntropyLoss()(p, Tensor([0, 0])), large))
assert warned is None, f"Step 9: scores of 1,000 should not overflow; they gave {warned!r}."
got = gradient_lists(lambda p: CrossEntropyLoss()(p, Tensor([0, 0])), large)
assert got == [[[0.0, 0.0, 0.0]] * 2], f"Step 9: scores of 1,000, rightly, should give zeros and no overflow; it gave {got[0]}."
scores = Tensor([[0.0, 0.0]], requires_grad=True)
CrossEntropyLoss()(targets=Tensor([1]), predictions=scores).backward()
got = grad_of(scores)
assert got == [[0.5, -0.5]], f"Step 9: arguments given by keyword should work too: expected [[0.5, -0.5]]; got {got}."
### END HIDDEN TESTS

# %% test="rule-binary" points=2
# Test 9g · 2 points · BinaryCrossEntropyLoss
got = gradient_lists(lambda p: BinaryCrossEntropyLoss()(p, Tensor([1.0, 0.0])), [0.5, 0.75])
assert np.allclose(got, [[-1.0, 2.0]]), (
    f"Step 9: p = [0.5, 0.75] for [1, 0] should give [-1, 2]; it gave {got[0]}."
)
### BEGIN HIDDEN TESTS
got = gradient_lists(lambda p: BinaryCrossEntropyLoss()(p, Tensor([[1], [1], [0]])) * 3.0, [[0.2], [0.9], [0.4]])
assert np.allclose(got, [[[-5.0], [-1.111111111], [1.666666667]]]), f"Step 9: integers as targets: expected -5, -1.11, 1.67; got {got[0]}."
warned = warning_of(lambda: gradient_lists(lambda p: BinaryCrossEntropyLoss()(p, Tensor([1.0, 0.0])), [1.0, 0.0]))
assert warned is None, f"Step 9: probabilities of 1 and 0 should warn of nothing; they gave {warned!r}."
got = gradient_lists(lambda p: BinaryCrossEntropyLoss()(p, Tensor([1.0, 0.0, 1.0])), [1.0, 0.0, 0.5])
wrong = gradient_lists(lambda p: BinaryCrossEntropyLoss()(p, Tensor([1.0, 0.0])), [0.0, 1.0])
assert np.allclose(got, [[0.0, 0.0, -0.666666667]]), f"Step 9: probabilities of 1 and 0, rightly, should give 0; it gave {got[0]}."
assert np.allclose(wrong, [[-5e11, 5e11]]), f"Step 9: p = [0, 1] for [1, 0] should give -0.5e12 and 0.5e12; it gave {wrong[0]}."
got = gradient_lists(lambda t: BinaryCrossEntropyLoss()(Tensor([0.25, 0.5, 0.0, 1.0]), t), [1.0, 0.0, 1.0, 0.0])
assert np.allclose(got, [[0.274653072, 0.0, 25.0, -25.0]]), f"Step 9: for p = [0.25, 0.5, 0, 1] the targets get [0.2747, 0, 25, -25]; they got {got[0]}."
### END HIDDEN TESTS

# %% [markdown]
# The last check. If a rule is wrong, its dot lies further to the right by some orders of magnitude:

# %% tags=["explore"]
scores = np.random.default_rng(0).normal(size=(4, 3))
shares = np.random.default_rng(1).uniform(0.1, 0.9, size=(4, 3))
checks = {"ReLU": ReLU(), "Sigmoid": Sigmoid(), "Tanh": Tanh(), "GELU": GELU(),
          "Softmax": Softmax(), "MSELoss": lambda p: MSELoss()(p, Tensor(shares)),
          "CrossEntropyLoss": lambda p: CrossEntropyLoss()(p, Tensor([0, 2, 1, 1]))}
errors = {name: _gradient_error(function, scores) for name, function in checks.items()}
errors["BinaryCrossEntropyLoss"] = _gradient_error(
    lambda p: BinaryCrossEntropyLoss()(p, Tensor(shares > 0.5)), shares
)
largest = max(errors.values())
plots.draw_bars(errors, title=f"Backward against measured: {largest:.0e} apart at most",
                x_label="largest relative error", log=True);

# %% [markdown]
# ## All together: one training step
#
# The graph of one step of a model with two layers. Blue: leaves. What would `w1` have to wait for?

# %% given="graph-tools"
def nodes_behind(tensor):
    "All nodes that a Tensor holds alive through its grad_fn."
    found, to_do = [], [tensor.grad_fn]
    while to_do:
        node = to_do.pop()
        if node is not None and all(node is not other for other in found):
            found.append(node)
            to_do += [value.grad_fn for value in node.inputs]
    return found

def bytes_behind(tensor):
    "The bytes of all arrays that the nodes behind a Tensor hold, each block of memory once."
    blocks = {}
    for node in nodes_behind(tensor):
        for value in (Tensor(0.0) if node.output is None else node.output, *node.arguments):
            array = value.data if isinstance(value, Tensor) else value
            while isinstance(array, np.ndarray) and isinstance(array.base, np.ndarray):
                array = array.base
            blocks[id(array)] = getattr(array, "nbytes", 0) if isinstance(array, np.ndarray) else 0
    return sum(blocks.values())

def forward_pass(batch_size):
    "The loss of a model of 64, 100 and 10 numbers on a batch of zeros, and its four parameters."
    shapes = [(64, 100), (100,), (100, 10), (10,)]
    arrays = [np.full(shape, 0.01, np.float32) for shape in shapes]
    w1, b1, w2, b2 = (Tensor(array, requires_grad=True) for array in arrays)
    images = Tensor(np.zeros((batch_size, 64), np.float32))
    labels = Tensor(np.zeros(batch_size, int))
    loss = CrossEntropyLoss()(ReLU()(images @ w1 + b1) @ w2 + b2, labels)
    return loss, [w1, b1, w2, b2]

# %% tags=["explore"]
boxes = {"images": (0, 1, "no gradient"), "w1": (0, 0, "leaf"), "@": (1, 0.5, ""),
         "b1": (1, -0.2, "leaf"), "+": (2, 0.5, ""), "ReLU": (3, 0.5, ""),
         "w2": (3, -0.2, "leaf"), "@ ": (4, 0.5, ""), "b2": (4, -0.2, "leaf"), "+ ": (5, 0.5, ""),
         "labels": (5, 1, "no gradient"), "loss": (6, 0.5, "")}
ends = [("images", "@"), ("w1", "@"), ("@", "+"), ("b1", "+"), ("+", "ReLU"), ("ReLU", "@ "),
        ("w2", "@ "), ("@ ", "+ "), ("b2", "+ "), ("+ ", "loss"), ("labels", "loss")]
draw_graph(boxes, [(start, end, "") for start, end in ends],
           "Six nodes: every grey box but none of the blue ones")

# %% [markdown]
# **Profile.** Count them, and the bytes that they hold until `backward` lets go:

# %% test="graph-profile" points=2
# Profile 9 · 2 points · what the graph of a training step holds, and what is left of it
loss, parameters = forward_pass(32)
nodes, held = len(nodes_behind(loss)), bytes_behind(loss)
middle = weakref.ref(nodes_behind(loss)[-1])
loss.backward()
left, left_bytes = len(nodes_behind(loss)), bytes_behind(loss)
gone, missing = middle() is None, [parameter.grad is None for parameter in parameters]
print(f"{nodes} nodes hold {held:,} B; after backward {left} with {left_bytes:,} B")
assert nodes == 6, (
    "Step 9: the step records 6 nodes (@ + ReLU @ + loss), nothing from inside them; "
    f"there were {nodes}."
)
assert 60_000 < held < 100_000, (
    f"Step 9: for a batch of 32 they should hold between 60,000 and 100,000 B; it was {held:,} B."
)
assert (left, gone) == (1, True), (
    "Step 9: after backward only the loss's own, empty node is left; "
    f"{left} were, first one gone: {gone}."
)
assert left_bytes < 100, (
    f"Step 9: after backward the graph should hold nothing; it held {left_bytes:,} B."
)
assert missing == [False] * 4, (
    f"Step 9: all four parameters should have a grad; missing: {missing}."
)

# %% [markdown]
# How does that grow? The parameters are the same for every batch; the intermediate results are not. They are why training takes so
# much more memory than using a model, and why a smaller batch helps.

# %% tags=["explore"]
sizes = [8, 16, 32, 64, 128, 256, 512]
weights_bytes = (64 * 100 + 100 + 100 * 10 + 10) * 4
held = {"held by the graph": [bytes_behind(forward_pass(size)[0]) for size in sizes],
        "of that, parameters": [weights_bytes] * len(sizes)}
plots.draw_curves(sizes, held, title="What does the graph hold for larger batches?",
                  x_label="batch size", y_label="memory", unit="B");

# %% [markdown]
# ### The loop of module 05
#
# Forward, loss, `backward`, update: with real digits, through real layers. Only the update is written by hand; module 07 takes it over.

# %% tags=["explore"]
from tinytorch import DataLoader, Linear, Sequential, TensorDataset
from tinytorch.datasets import split_digits

np.random.seed(0)
train_images, train_labels, test_images, test_labels = split_digits()
train_set = TensorDataset(Tensor(train_images.reshape(-1, 64)), Tensor(train_labels))
loader = DataLoader(train_set, batch_size=32, shuffle=True)
model, loss_fn = Sequential(Linear(64, 64), ReLU(), Linear(64, 10)), CrossEntropyLoss()

# %% tags=["explore"]
losses = []
for epoch in range(6):
    for images, labels in loader:
        loss = loss_fn(model(images), labels)
        loss.backward()
        for parameter in model.parameters():
            parameter.data -= 0.2 * parameter.grad.data
            parameter.grad = None
        losses.append(loss.item())
with no_grad():
    guesses = model(Tensor(test_images.reshape(-1, 64))).data.argmax(axis=1)

# %% tags=["explore"]
figure, ax = plt.subplots(figsize=(8, 3.2), layout="constrained")
ax.plot(losses, color="#0072B2", lw=1)
right = (guesses == test_labels).mean()
ax.set(title=f"After 6 epochs {right:.1%} of the test digits are right",
       xlabel="training step", ylabel="loss", ylim=(0, None))
plt.show()

# %% [markdown]
# Did `Linear` need a rule? No: it is written with Tensor operations, and they have theirs. The same goes for Dropout.

# %% [markdown]
# ### What recording costs
#
# Importing this module changes no result, not even in the last bit. It costs a look at the arguments of each call. Here is `a *
# a`
# where nobody wants a gradient, compared with the same before this module:

# %% tags=["explore"]
rows = {}
for name, size in [("10 numbers", 10), ("1,000 numbers", 1_000), ("100,000 numbers", 100_000)]:
    a = Tensor(np.ones(size, np.float32))
    before = seconds_per_call(lambda: Tensor.__mul__._forward(a, a), calls=50, repeats=50)
    rows[name] = seconds_per_call(lambda: a * a, calls=50, repeats=50) / before
plots.draw_bars(rows, title="Time of a * a with autograd, relative to without",
                x_label="ratio (1 = costs nothing)");

# %% [markdown]
# ### The trap: writing to `.data`
#
# The node holds the *array*, not a copy. Change it between forward and backward, and the rule reads the wrong numbers, without a word:

# %% tags=["explore"]
x = Tensor([1.0, 2.0], requires_grad=True)
y = (x * x).sum()
x.data[:] = 100
y.backward()
print("slope of x * x at [1, 2]: expected [2, 4], got", x.grad.data)

# %% [markdown]
# PyTorch counts changes to each Tensor and raises an error here. That is why 01 left out `t[0] = 1`. An optimizer writes to `.data` *after*
# backward, when the graph is gone.

# %% [markdown]
# ## Beside PyTorch
#
# | here | PyTorch |
# |---|---|
# | `backward()`, `grad`, `grad_fn`, `no_grad()` | the same names and meanings |
# | a node keeps all arguments and its output | keeps only what its rule needs |
# | every input's gradient is computed | asks `ctx.needs_input_grad` first |
# | a graph serves once | once too, unless `retain_graph=True` |
# | gradients of gradients: no | `create_graph=True` |
# | slope by the exponent of a negative base is 0 | `nan` |
# | BinaryCrossEntropyLoss gives a target at most 100 / n | infinite for a prediction of 0 or 1 |
# | `grad` takes a Tensor of another dtype | refuses it |

# %% [markdown]
# ## What you take with you
#
# - Along a path multiply, where paths meet add. The rest is bookkeeping.
# - A node is: inputs, output, rule. A rule is the slope of one operation, times the gradient that arrives.
# - Broadcasting forward is summing backward, and the other way round.
# - The graph holds every intermediate result until `backward` lets go of it.

# %% [markdown]
# Checklist, can you say it without looking?
#
# - [ ] Why does the walk need a topological order, and not just "inputs next"?
# - [ ] Why must `grad` never be the array that a rule gave?
# - [ ] Which operation of a training step needs no rule, and why?
# - [ ] What does forgetting to reset `grad` do to the second batch?

# %% [markdown]
# ## Further reading
#
# - S. Linnainmaa, *Taylor expansion of the accumulated rounding error*, 1976: backward accumulation, before it had a name.
# - D. Rumelhart, G. Hinton, R. Williams, *Learning representations by back-propagating errors*, 1986.
# - A. G. Baydin and others, *Automatic differentiation in machine learning: a survey*, 2018, arXiv:1502.05767.
# - PyTorch's notes *Autograd mechanics*: the same design, with all that a big library adds.

# %% [markdown]
# **Next: 07 · Optimizers.** What to do with a gradient once you have it. Export your work first: `tito export 06`. And on Binder, **download
# this notebook**: the session, and all you wrote in it, ends when you leave.

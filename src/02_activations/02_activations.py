# %% [markdown]
# # 02 · Activations
#
# > Five curves that bend what passes through. Without them, any stack of layers is one straight line.

# %% tags=["explore"]
# Run this cell first. From then on it says which steps pass, and how many visible points that is.
from tinytorch.panel import show_panel

show_panel("02")

# %% [markdown]
# The tests that you see are examples: when graded, each also tries other values that follow from the text. *Visible points*
# are those of the tests as you see them, so go by the text, and not by the tests alone.

# %% [markdown]
# **Foundation tier** · difficulty 1 of 4 · 1-2 hours · after 01 tensor
#
# You build `ReLU`, `Sigmoid`, `Tanh`, `GELU` and `Softmax`: small classes that take a Tensor and give one of the same shape.
# Module 03 puts them between layers, module 06 learns to go back through them.
#
# **On Binder?** The session is temporary and forgets everything. Before you close the tab: *File → Download*.

# %%
#| default_exp core.activations

# %% given="imports"
#| export
import math

import numpy as np

from tinytorch.core.tensor import Tensor

# %% given="tools"
import warnings

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

def warnings_of(call):
    "What NumPy warns of during `call()`, as a list of texts: empty when all is well."
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        call()
    return [str(warning.message) for warning in caught]

# %% [markdown]
# Why bend at all? Two matrices in a row are one matrix. A network of ten such layers can do no more than a network of one:

# %%
rng = np.random.default_rng(0)
first, second, sample = rng.normal(size=(3, 5)), rng.normal(size=(5, 2)), rng.normal(size=3)
sample @ first @ second, sample @ (first @ second)

# %% [markdown]
# One bend between them changes that. Five pieces, each zero up to its bend and straight after it, add up to a wave:

# %% tags=["explore"]
import matplotlib.pyplot as plt
from tinytorch.profiling import plots

x = np.linspace(0, 2 * np.pi, 200)
bends = np.array([0.0, 1.1, 2.1, 4.2, 5.2])  # move them, or add one, and run the cell again
pieces = np.maximum(x[:, None] - bends, 0)
slopes, *_ = np.linalg.lstsq(pieces, np.sin(x), rcond=None)
with plt.rc_context(plots.STYLE):
    figure, panel = plt.subplots(figsize=(8, 3.4), layout="constrained")
    panel.plot(x, np.sin(x), color="#BBBBBB", linewidth=9, label="sin(x)")
    panel.plot(x, pieces @ slopes, color=plots.COLOURS[0], label="pieces, summed")
    on_line = np.interp(bends, x, pieces @ slopes)
    panel.plot(bends, on_line, "o", color=plots.COLOURS[1], label="bends")
    gap = abs(pieces @ slopes - np.sin(x)).max()
    panel.set(title=f"{len(bends)} straight pieces, at most {gap:.2f} away from sin(x)")
    panel.set(xlabel="x", ylabel="y", ylim=(-1.4, 1.4))
    panel.legend()
plt.show()

# %% [markdown]
# *In words: a broken line of five straight pieces stays close to a sine wave, and crosses it between its bends.*

# %% [markdown]
# ## Step 1 · ReLU: cut off what is negative
#
# The *rectified linear unit* is the cheapest bend there is: max(x, 0).

# %%
np.maximum(np.array([-2.0, -0.5, 0.0, 3.0]), 0)

# %% [markdown]
# One rule holds for all five classes: floats keep their dtype, integers and bools become float32. This helper is given, and
# exported, so use it in each step:

# %% given="as-floats"
#| export
def _as_floats(x):
    "The array of a Tensor as floats: floats keep their dtype, integers and bools become float32."
    if not isinstance(x, Tensor):
        raise TypeError(f"an activation takes a Tensor, not {type(x).__name__}: write Tensor(...)")
    return x.data if x.data.dtype.kind == "f" else x.data.astype(np.float32)

# %% [markdown]
# Code from elsewhere says `relu.forward(x)` as often as `relu(x)`. All five get that name from here:

# %% given="activation"
#| export
class _Activation:
    "What all activations have in common."

    def forward(self, x: Tensor) -> Tensor:
        "The same as a call: `relu.forward(x)` is `relu(x)`."
        return self(x)

# %% [markdown]
# **Your turn.** Write `ReLU`. A call gives a new Tensor
#
# - with max(x, 0) for each element: `inf` stays, `-inf` becomes 0, and NumPy warns of nothing;
# - of the same shape, also for a single number or no element at all, and with the dtype of `_as_floats(x)`;
# - with memory of its own: the input is never changed;
# - without waste: at most twice the bytes of the result are allocated, and nothing is kept after the call.

# %% [markdown]
# <details><summary>Hint</summary>
#
# `Tensor(array)` alone would make every float64 a float32. Tell it the `dtype`.
# </details>

# %% solution="relu"
#| export
class ReLU(_Activation):
    "What is below zero becomes zero: `ReLU()(x)` gives max(x, 0), element by element."

    def __call__(self, x: Tensor) -> Tensor:
        ### BEGIN SOLUTION
        array = _as_floats(x)
        return Tensor(np.maximum(array, 0), dtype=array.dtype)
        ### END SOLUTION

# %% test="relu-values" points=4
# Test 1a · 4 points · what is negative becomes zero
got = ReLU()(Tensor([-2.0, -0.5, 0.0, 3.0]))
assert isinstance(got, Tensor), f"Step 1: ReLU should give a Tensor; it gave {got!r}."
assert got.data.tolist() == [0, 0, 0, 3], (
    f"Step 1: ReLU of -2, -0.5, 0, 3 should be 0, 0, 0, 3; it was {got.data.tolist()}."
)
### BEGIN HIDDEN TESTS
got = ReLU()(Tensor(np.linspace(-5, 5, 24).reshape(2, 3, 4)))
want = np.maximum(np.linspace(-5, 5, 24).reshape(2, 3, 4), 0)
assert np.allclose(got.data, want), f"Step 1: ReLU of -5 to 5 should be {want.tolist()}; it was {got.data.tolist()}."
### END HIDDEN TESTS

# %% test="relu-infinite" points=2
# Test 1b · 2 points · the ends of the line
got = ReLU()(Tensor([-np.inf, np.inf])).data.tolist()
assert got == [0, np.inf], f"Step 1: ReLU of -inf and inf should be 0 and inf; it was {got}."
### BEGIN HIDDEN TESTS
got = ReLU()(Tensor([-np.inf, -1e-30, 1e-30, np.inf])).data
want = np.array([0, 0, 1e-30, np.inf], np.float32)
assert np.array_equal(got, want), f"Step 1: ReLU of -inf, -1e-30, 1e-30, inf should be {want.tolist()}; it was {got.tolist()}."
got = warnings_of(lambda: ReLU()(Tensor([-np.inf, np.inf])))
assert got == [], f"Step 1: ReLU of -inf and inf should not make NumPy warn; it warned of {got}."
### END HIDDEN TESTS

# %% test="relu-shapes" points=5
# Test 1c · 5 points · any shape comes back
got = ReLU()(Tensor([[1.0, -1.0], [-3.0, 4.0]])).data
assert got.shape == (2, 2), (
    f"Step 1: a 2 by 2 input should give 2 by 2; it gave the shape {got.shape}."
)
got = ReLU()(Tensor(-2.0)).data
assert got.shape == () and got == 0, (
    f"Step 1: ReLU of the single number -2 should be a 0-d Tensor of 0; it was {got!r}."
)
### BEGIN HIDDEN TESTS
for shape in [(0,), (3, 0), (1, 1, 1), (2, 3, 4, 5)]:
    got = ReLU()(Tensor(np.ones(shape)))
    assert isinstance(got, Tensor), f"Step 1: ReLU of the shape {shape} should be a Tensor; it was {got!r}."
    assert got.data.shape == shape, f"Step 1: ReLU of the shape {shape} should keep it; it gave {got.data.shape}."
### END HIDDEN TESTS

# %% test="relu-dtype" points=4
# Test 1d · 4 points · floats keep their dtype, integers become float32
got = ReLU()(Tensor([1.0], dtype=np.float64)).data.dtype
assert got == np.float64, f"Step 1: ReLU of float64 should be float64; it was {got}."
got = ReLU()(Tensor([-1, 2])).data.dtype
assert got == np.float32, f"Step 1: ReLU of integers should be float32; it was {got}."
### BEGIN HIDDEN TESTS
for given, want in [("float16", "float16"), ("float32", "float32"), ("uint8", "float32"), ("bool", "float32")]:
    got = ReLU()(Tensor(np.ones(2, given), dtype=given)).data
    assert got.dtype == want, f"Step 1: ReLU of {given} should be {want}; it was {got.dtype}."
    assert got.tolist() == [1, 1], f"Step 1: ReLU of two ones of {given} should be 1, 1; it was {got.tolist()}."
### END HIDDEN TESTS

# %% test="relu-input" points=4
# Test 1e · 4 points · the input stays as it is
x = Tensor([-1.0, 2.0])
got = ReLU()(x)
assert x.data.tolist() == [-1, 2], (
    f"Step 1: ReLU should leave its input -1, 2 alone; it became {x.data.tolist()}."
)
assert not np.shares_memory(got.data, x.data), (
    "Step 1: the result should have memory of its own; it shares the input's."
)
### BEGIN HIDDEN TESTS
x = Tensor([[1.0, 2.0], [3.0, 4.0]], dtype=np.float64)
got = ReLU()(x)
assert not np.shares_memory(got.data, x.data), "Step 1: also where nothing is cut off, the result should have its own memory."
x = Tensor([-3, 4])
ReLU()(x)
assert x.data.tolist() == [-3, 4], f"Step 1: ReLU should leave the integers -3, 4 alone; they became {x.data.tolist()}."
assert x.data.dtype == np.int64, f"Step 1: ReLU should leave the input's dtype int64 alone; it became {x.data.dtype}."
### END HIDDEN TESTS

# %% test="relu-profile" points=5
# Profile 1 · 5 points · twice the result's bytes at most, and nothing is kept
relu, x = ReLU(), Tensor(np.linspace(-1, 1, 1_000_000, dtype=np.float32))
peak = peak_bytes(lambda: relu(x))
kept = kept_bytes(lambda: [relu(x), None][1])
print(f"a million float32, 4,000,000 B: peak {peak:,} B, kept afterwards {kept:,} B")
assert peak < 8_050_000, (
    f"Step 1: for 4 MB, ReLU should take at most 8 MB at once; it took {peak / 1e6:.2f} MB."
)
assert kept < 50_000, f"Step 1: after the call nothing should be kept; {kept:,} B were."
### BEGIN HIDDEN TESTS
relu, x = ReLU(), Tensor(np.linspace(-1, 1, 500_000), dtype=np.float64)
peak = peak_bytes(lambda: relu(x))
assert peak < 8_050_000, f"Step 1: ReLU of 4,000,000 B as float64 should allocate at most 8,000,000 B; it took {peak:,} B."
### END HIDDEN TESTS

# %% [markdown]
# Which ways to write it cost how much? Each bar is the most that was allocated at once, for a result of 4 MB:

# %% tags=["explore"]
ways = {
    "np.maximum(a, 0)": lambda a: np.maximum(a, 0),
    "a * (a > 0)": lambda a: a * (a > 0),
    "np.where(a > 0, a, 0.0)": lambda a: np.where(a > 0, a, 0.0),
    "(a + abs(a)) / 2": lambda a: (a + abs(a)) / 2,
    "in float64, and back": lambda a: np.maximum(a.astype(np.float64), 0).astype(np.float32),
}
million = np.linspace(-1, 1, 1_000_000, dtype=np.float32)
results = [way(million) for way in ways.values()]
assert all(np.array_equal(result, results[0]) for result in results)
peaks = {name: peak_bytes(lambda way=way: way(million)) for name, way in ways.items()}
more = max(peaks.values()) / min(peaks.values())
plots.draw_bars(peaks, title=f"The same numbers, for up to {more:.1f} times the memory",
                x_label="peak memory", unit="B");

# %% [markdown]
# ## Step 2 · Sigmoid and Tanh: squeeze into a range
#
# Sigmoid, 1 / (1 + e⁻ˣ), turns any number into one between 0 and 1: a probability. Written like that, it runs into a wall.
# float32 ends at 3.4·10³⁸, and e⁸⁹ is more:

# %%
warnings_of(lambda: 1 / (1 + np.exp(-np.array([-100.0], np.float32))))

# %% [markdown]
# The answer was right, by luck: 1 / ∞ is 0. But a program that warns where nothing is wrong teaches you to overlook warnings.
# The cure is
# to take the exponential of negative numbers only, which can be tiny and never too large:
#
# $$\text{for } x \ge 0:\ \frac{1}{1 + e^{-x}} \qquad\qquad \text{for } x < 0:\ \frac{e^{x}}{1 + e^{x}}$$

# %%
np.exp(np.array([-1000.0, -100.0, -1.0, 0.0]))

# %% [markdown]
# **Your turn.** Write both classes by the rules of ReLU: same shape, dtype of `_as_floats(x)`, input unchanged.
#
# - No input, however large, makes NumPy warn: sigmoid(-1000) is 0 and sigmoid(1000) is 1.
# - `Sigmoid` stays precise where it is small: sigmoid(-30) is 9.36e-14, not 0.
# - `Tanh` is the hyperbolic tangent, between -1 and 1.

# %% [markdown]
# <details><summary>Hint</summary>
#
# In both lines above the exponential is e to the power of -|x|. So compute that once, and choose the numerator with `np.where`.
# NumPy has a `tanh` that is safe already.
# </details>

# %% solution="sigmoid"
#| export
class Sigmoid(_Activation):
    "1 / (1 + exp(-x)) of each element: any number becomes one from 0 to 1. Never overflows."

    def __call__(self, x: Tensor) -> Tensor:
        ### BEGIN SOLUTION
        array = _as_floats(x)
        small = np.exp(-np.abs(array))  # between 0 and 1, whatever the sign of x
        return Tensor(np.where(array >= 0, 1, small) / (1 + small), dtype=array.dtype)
        ### END SOLUTION

# %% test="sigmoid-values" points=5
# Test 2a · 5 points · Sigmoid
got = Sigmoid()(Tensor([-1.0, 0.0, 2.0]))
assert isinstance(got, Tensor), f"Step 2: Sigmoid should give a Tensor; it gave {got!r}."
want = [0.26894142, 0.5, 0.88079708]
assert np.allclose(got.data, want, atol=1e-6), (
    f"Step 2: Sigmoid of -1, 0, 2 should be {want}; it was {got.data.tolist()}."
)
### BEGIN HIDDEN TESTS
got = Sigmoid()(Tensor(np.linspace(-8, 8, 30).reshape(5, 3, 2), dtype=np.float64)).data
want = 1 / (1 + np.exp(-np.linspace(-8, 8, 30).reshape(5, 3, 2)))
assert got.shape == (5, 3, 2), f"Step 2: Sigmoid of the shape (5, 3, 2) should keep it; it gave {got.shape}."
assert np.allclose(got, want, atol=1e-6), f"Step 2: Sigmoid of -8 to 8 should be {want.tolist()}; it was {got.tolist()}."
for shape in [(), (0,), (2, 0)]:
    got = Sigmoid()(Tensor(np.zeros(shape))).data
    assert got.shape == shape, f"Step 2: Sigmoid of the shape {shape} should keep it; it gave {got.shape}."
### END HIDDEN TESTS

# %% test="sigmoid-stable" points=5
# Test 2b · 5 points · Sigmoid of large numbers, without a warning
got = Sigmoid()(Tensor([-1000.0, 1000.0])).data.tolist()
assert got == [0, 1], f"Step 2: Sigmoid of -1000 and 1000 should be 0 and 1; it was {got}."
got = warnings_of(lambda: Sigmoid()(Tensor([-1000.0, 1000.0])))
assert got == [], (
    f"Step 2: Sigmoid of -1000 and 1000 should not make NumPy warn; it warned of {got}."
)
### BEGIN HIDDEN TESTS
for large in [89.0, 710.0, 1e30]:
    got = warnings_of(lambda: Sigmoid()(Tensor([-large, large])))
    assert got == [], f"Step 2: Sigmoid of {-large:g} and {large:g} should not make NumPy warn; it warned of {got}."
got = warnings_of(lambda: Sigmoid()(Tensor([-800.0, 800.0], dtype=np.float64)))
assert got == [], f"Step 2: Sigmoid of -800 and 800 in float64 should not make NumPy warn; it warned of {got}."
got = Sigmoid()(Tensor([-100_000, 100_000])).data.tolist()
assert got == [0, 1], f"Step 2: Sigmoid of the integers -100000 and 100000 should be 0 and 1; it was {got}."
### END HIDDEN TESTS

# %% test="sigmoid-tail" points=2
# Test 2c · 2 points · Sigmoid is precise where it is small
got = float(Sigmoid()(Tensor([-30.0])).data[0])
assert abs(got / 9.3576e-14 - 1) < 1e-3, (
    f"Step 2: Sigmoid of -30 should be 9.3576e-14; it was {got:.5g}."
)
### BEGIN HIDDEN TESTS
got = float(Sigmoid()(Tensor([-300.0], dtype=np.float64)).data[0])
assert abs(got / 5.148200222412e-131 - 1) < 1e-6, f"Step 2: Sigmoid of -300 in float64 should be 5.1482e-131; it was {got:.5g}."
### END HIDDEN TESTS

# %% test="sigmoid-dtype" points=2
# Test 2d · 2 points · Sigmoid: floats keep their dtype, integers become float32
got = Sigmoid()(Tensor([1.0], dtype=np.float64)).data.dtype
assert got == np.float64, f"Step 2: Sigmoid of float64 should be float64; it was {got}."
got = Sigmoid()(Tensor([1, 0])).data.dtype
assert got == np.float32, f"Step 2: Sigmoid of integers should be float32; it was {got}."
### BEGIN HIDDEN TESTS
for given, want in [("float16", "float16"), ("float32", "float32"), ("uint8", "float32"), ("bool", "float32")]:
    got = Sigmoid()(Tensor(np.ones(2, given), dtype=given)).data.dtype
    assert got == want, f"Step 2: Sigmoid of {given} should be {want}; it was {got}."
got = Sigmoid()(Tensor(np.array([200], np.uint8))).data.tolist()
assert got == [1], f"Step 2: Sigmoid of the byte 200 should be 1; it was {got}: is -200 still a byte?"
### END HIDDEN TESTS

# %% test="sigmoid-input" points=1
# Test 2e · 1 point · Sigmoid: the input stays as it is
x = Tensor([-1.0, 2.0])
result = Sigmoid()(x)
assert x.data.tolist() == [-1, 2], (
    f"Step 2: Sigmoid should leave its input -1, 2 alone; it became {x.data.tolist()}."
)
### BEGIN HIDDEN TESTS
x = Tensor([[-800.0], [800.0]], dtype=np.float64)
result = Sigmoid()(x)
assert x.data.tolist() == [[-800], [800]], f"Step 2: Sigmoid should leave -800, 800 alone; they became {x.data.tolist()}."
### END HIDDEN TESTS

# %% solution="tanh"
#| export
class Tanh(_Activation):
    "The hyperbolic tangent of each element: any number becomes one from -1 to 1. Never overflows."

    def __call__(self, x: Tensor) -> Tensor:
        ### BEGIN SOLUTION
        array = _as_floats(x)
        return Tensor(np.tanh(array), dtype=array.dtype)
        ### END SOLUTION

# %% test="tanh-values" points=5
# Test 2f · 5 points · Tanh
got = Tanh()(Tensor([-1.0, 0.0, 2.0]))
assert isinstance(got, Tensor), f"Step 2: Tanh should give a Tensor; it gave {got!r}."
want = [-0.76159416, 0, 0.96402758]
assert np.allclose(got.data, want, atol=1e-6), (
    f"Step 2: Tanh of -1, 0, 2 should be {want}; it was {got.data.tolist()}."
)
### BEGIN HIDDEN TESTS
got = Tanh()(Tensor(np.linspace(-4, 4, 24).reshape(4, 6), dtype=np.float64)).data
want = np.tanh(np.linspace(-4, 4, 24).reshape(4, 6))
assert got.shape == (4, 6), f"Step 2: Tanh of the shape (4, 6) should keep it; it gave {got.shape}."
assert np.allclose(got, want, atol=1e-6), f"Step 2: Tanh of -4 to 4 should be {want.tolist()}; it was {got.tolist()}."
for shape in [(), (0,), (2, 0)]:
    got = Tanh()(Tensor(np.zeros(shape))).data
    assert got.shape == shape, f"Step 2: Tanh of the shape {shape} should keep it; it gave {got.shape}."
### END HIDDEN TESTS

# %% test="tanh-stable" points=3
# Test 2g · 3 points · Tanh of large numbers, without a warning
got = Tanh()(Tensor([-1000.0, 1000.0])).data.tolist()
assert got == [-1, 1], f"Step 2: Tanh of -1000 and 1000 should be -1 and 1; it was {got}."
got = warnings_of(lambda: Tanh()(Tensor([-1000.0, 1000.0])))
assert got == [], f"Step 2: Tanh of -1000 and 1000 should not make NumPy warn; it warned of {got}."
### BEGIN HIDDEN TESTS
for large in [45.0, 89.0, 1e30]:
    got = warnings_of(lambda: Tanh()(Tensor([-large, large])))
    assert got == [], f"Step 2: Tanh of {-large:g} and {large:g} should not make NumPy warn; it warned of {got}."
    got = Tanh()(Tensor([-large, large])).data.tolist()
    assert got == [-1, 1], f"Step 2: Tanh of {-large:g} and {large:g} should be -1 and 1; it was {got}."
### END HIDDEN TESTS

# %% test="tanh-dtype" points=2
# Test 2h · 2 points · Tanh: floats keep their dtype, integers become float32
got = Tanh()(Tensor([1.0], dtype=np.float64)).data.dtype
assert got == np.float64, f"Step 2: Tanh of float64 should be float64; it was {got}."
got = Tanh()(Tensor([1, 0])).data.dtype
assert got == np.float32, f"Step 2: Tanh of integers should be float32; it was {got}."
### BEGIN HIDDEN TESTS
for given, want in [("float16", "float16"), ("float32", "float32"), ("uint8", "float32"), ("bool", "float32")]:
    got = Tanh()(Tensor(np.ones(2, given), dtype=given)).data.dtype
    assert got == want, f"Step 2: Tanh of {given} should be {want}; it was {got}."
### END HIDDEN TESTS

# %% test="tanh-input" points=1
# Test 2i · 1 point · Tanh: the input stays as it is
x = Tensor([-1.0, 2.0])
result = Tanh()(x)
assert x.data.tolist() == [-1, 2], (
    f"Step 2: Tanh should leave its input -1, 2 alone; it became {x.data.tolist()}."
)
### BEGIN HIDDEN TESTS
x = Tensor([[-800.0], [800.0]], dtype=np.float64)
result = Tanh()(x)
assert x.data.tolist() == [[-800], [800]], f"Step 2: Tanh should leave -800, 800 alone; they became {x.data.tolist()}."
### END HIDDEN TESTS

# %% [markdown]
# What the range costs: far from zero the curves are flat. When a network learns, corrections travel back through its curves; a
# flat one lets almost none through, and ten in a row stop the learning. That is why ReLU took over.

# %% tags=["explore"]
x = np.linspace(-6, 6, 241)
small = np.exp(-abs(x))
slopes = {"ReLU": (x > 0) * 1.0, "Sigmoid": small / (1 + small) ** 2, "Tanh": 1 - np.tanh(x) ** 2}
with plt.rc_context(plots.STYLE):
    figure, panel = plt.subplots(figsize=(8, 3.2), layout="constrained")
    for name, colour, line in zip(slopes, plots.COLOURS, ["-", "--", "-."], strict=False):
        panel.plot(x, slopes[name], line, color=colour, label=name)
    panel.set(title=f"Slopes: Sigmoid's is at most {slopes['Sigmoid'].max():.2f}")
    panel.set(xlabel="x", ylabel="slope of the curve")
    panel.legend()
plt.show()

# %% [markdown]
# *In words: ReLU's slope is 0 left of zero and 1 right of it; Tanh's is a hill of height 1, and almost 0 beyond ±3; Sigmoid's
# is a wider hill of height 0.25.*

# %% [markdown]
# ## Step 3 · GELU: a soft ReLU
#
# ReLU decides sharply. GELU weighs: x times Φ(x), the share of a bell curve that lies below x. Transformers use it. With the *error
# function*, Φ(x) = (1 + erf(x / √2)) / 2.
#
# NumPy has no erf. Python's `math.erf` takes one number at a time:

# %% given="erf"
#| export
def _erf(array):
    "The error function of every number in an array, as float64: Python's own, one by one."
    numbers = np.fromiter(map(math.erf, array.ravel()), dtype=np.float64, count=array.size)
    return numbers.reshape(array.shape)

# %%
_erf(np.array([[-3.0, -1.0], [0.0, 1.0]]))

# %% [markdown]
# One by one is slow. The other way is a formula that NumPy can do for a whole array, and that is almost the same:
#
# $$\Phi(x) \approx \frac{1}{2}\left(1 + \tanh\left(\sqrt{2 / \pi}\,\left(x + 0.044715\,x^3\right)\right)\right)$$

# %% [markdown]
# **Your turn.** Write `GELU` by the rules of ReLU.
#
# - `GELU()` is exact; `GELU(approximate="tanh")` uses the formula above; `GELU("none")` is the exact one again. As in PyTorch.
# - Anything else for `approximate`: `ValueError`. Keep it as `approximate`; module 06 reads it.
# - In float64 both are right to within 1e-12. Numbers as large as ±1000 make NumPy warn of nothing.
# - The formula allocates at most eight times the bytes of its result, at any one time.

# %% [markdown]
# <details><summary>Hint</summary>
#
# `_erf` takes an array of any shape, also an empty one. x³ is `array * array * array`; `array**3` is many times slower.
# Python's numbers leave an array's dtype alone; a NumPy number such as `np.sqrt(2)` may turn a float32 into a float64.
# </details>

# %% solution="gelu"
#| export
class GELU(_Activation):
    """x times the share of a normal distribution that lies below x, element by element.

    `approximate` is "none" (the exact share, by the error function) or "tanh" (a formula that is
    almost the same, and faster); it is kept under that name. `ValueError` for anything else.
    """

    def __init__(self, approximate: str = "none"):
        ### BEGIN SOLUTION
        if approximate not in ("none", "tanh"):
            raise ValueError(f"approximate must be 'none' or 'tanh'; it was {approximate!r}")
        self.approximate = approximate
        ### END SOLUTION

    def __call__(self, x: Tensor) -> Tensor:
        ### BEGIN SOLUTION
        array = _as_floats(x)
        if self.approximate == "tanh":
            share = 0.5 * (1 + np.tanh(math.sqrt(2 / math.pi) * (array + 0.044715 * array * array * array)))
        else:
            share = 0.5 * (1 + _erf(array / math.sqrt(2)))
        return Tensor(array * share, dtype=array.dtype)
        ### END SOLUTION

# %% test="gelu-exact" points=6
# Test 3a · 6 points · the exact GELU
got = GELU()(Tensor([-1.0, 0.0, 1.0, 2.0]))
assert isinstance(got, Tensor), f"Step 3: GELU should give a Tensor; it gave {got!r}."
want = [-0.15865526, 0, 0.84134475, 1.95449974]
assert np.allclose(got.data, want, atol=1e-6), (
    f"Step 3: GELU of -1, 0, 1, 2 should be {want}; it was {got.data.tolist()}."
)
### BEGIN HIDDEN TESTS
got = GELU("none")(Tensor([[-3.0], [-0.5], [0.5], [3.0]])).data
want = np.array([[-0.00404969], [-0.15426877], [0.34573123], [2.99595031]])
assert got.shape == (4, 1), f"Step 3: GELU of the shape (4, 1) should keep it; it gave {got.shape}."
assert np.allclose(got, want, atol=1e-6), f"Step 3: GELU of -3, -0.5, 0.5, 3 should be {want.tolist()}; it was {got.tolist()}."
### END HIDDEN TESTS

# %% test="gelu-tanh" points=6
# Test 3b · 6 points · the formula with tanh
got = GELU(approximate="tanh")(Tensor([-1.0, 0.0, 1.0, 2.0])).data
want = [-0.15880801, 0, 0.84119199, 1.95459769]
assert np.allclose(got, want, atol=1e-6), (
    f"Step 3: GELU('tanh') of -1, 0, 1, 2 should be {want}; it was {got.tolist()}."
)
### BEGIN HIDDEN TESTS
got = GELU("tanh")(Tensor(np.linspace(-5, 5, 30).reshape(5, 6), dtype=np.float64)).data
x = np.linspace(-5, 5, 30).reshape(5, 6)
want = 0.5 * x * (1 + np.tanh((2 / np.pi) ** 0.5 * (x + 0.044715 * x**3)))
assert got.shape == (5, 6), f"Step 3: GELU('tanh') of the shape (5, 6) should keep it; it gave {got.shape}."
assert np.allclose(got, want, atol=1e-6), f"Step 3: GELU('tanh') of -5 to 5 should be {want.tolist()}; it was {got.tolist()}."
### END HIDDEN TESTS

# %% test="gelu-argument" points=2
# Test 3c · 2 points · approximate is kept, and checked
got = [GELU().approximate, GELU("none").approximate, GELU(approximate="tanh").approximate]
assert got == ["none", "none", "tanh"], (
    f"Step 3: approximate should be kept as 'none', 'none', 'tanh'; it was {got}."
)
error = error_of(lambda: GELU("fast"))
assert isinstance(error, ValueError), (
    f"Step 3: GELU('fast') should raise ValueError; it raised {raised(error)}."
)
### BEGIN HIDDEN TESTS
for wrong in ["Tanh", "", True, None, 1]:
    error = error_of(lambda: GELU(approximate=wrong))
    assert isinstance(error, ValueError), f"Step 3: approximate={wrong!r} should raise ValueError; it raised {raised(error)}."
### END HIDDEN TESTS

# %% test="gelu-ends" points=2
# Test 3d · 2 points · far from zero, and no number at all
for name in ["none", "tanh"]:
    got = warnings_of(lambda: GELU(name)(Tensor([-1000.0, 1000.0])))
    assert got == [], (
        f"Step 3: GELU({name!r}) of -1000 and 1000 should not make NumPy warn; it warned of {got}."
    )
    got = GELU(name)(Tensor([-1000.0, 1000.0])).data.tolist()
    assert got == [0, 1000], (
        f"Step 3: GELU({name!r}) of -1000 and 1000 should be 0 and 1000; it was {got}."
    )
### BEGIN HIDDEN TESTS
for name in ["none", "tanh"]:
    for shape in [(), (0,), (2, 0)]:
        got = GELU(name)(Tensor(np.zeros(shape))).data
        assert got.shape == shape, f"Step 3: GELU({name!r}) of the shape {shape} should keep it; it gave {got.shape}."
### END HIDDEN TESTS

# %% test="gelu-dtype" points=4
# Test 3e · 4 points · dtypes, within 1e-12 in float64, and the input stays
for name in ["none", "tanh"]:
    got = GELU(name)(Tensor([1, 2])).data.dtype
    assert got == np.float32, f"Step 3: GELU({name!r}) of integers should be float32; it was {got}."
    x = Tensor([1.0, -0.1], dtype=np.float64)
    got = GELU(name)(x).data.dtype
    assert got == np.float64, f"Step 3: GELU({name!r}) of float64 should be float64; it was {got}."
    assert x.data.tolist() == [1, -0.1], (
        f"Step 3: GELU({name!r}) should leave 1, -0.1 alone; they became {x.data.tolist()}."
    )
### BEGIN HIDDEN TESTS
for given, want in [("float16", "float16"), ("float32", "float32"), ("uint8", "float32"), ("bool", "float32")]:
    for name in ["none", "tanh"]:
        got = GELU(name)(Tensor(np.ones(2, given), dtype=given)).data.dtype
        assert got == want, f"Step 3: GELU({name!r}) of {given} should be {want}; it was {got}."
got = GELU()(Tensor([1.0, -0.1], dtype=np.float64)).data.tolist()
want = [0.8413447460685429, -0.046017216272297104]
assert np.allclose(got, want, rtol=0, atol=1e-12), f"Step 3: GELU of 1 and -0.1 in float64 should be {want}; it was {got}."
got = GELU("tanh")(Tensor([1.0, -0.1], dtype=np.float64)).data.tolist()
want = [0.8411919906082768, -0.04601724895456484]
assert np.allclose(got, want, rtol=0, atol=1e-12), f"Step 3: GELU('tanh') of 1 and -0.1 should be {want}; it was {got}."
### END HIDDEN TESTS

# %% test="gelu-profile" points=4
# Profile 3 · 4 points · how much the formula allocates
x = Tensor(np.linspace(-3, 3, 250_000, dtype=np.float32))
peak = peak_bytes(lambda: GELU("tanh")(x))
exact = peak_bytes(lambda: GELU()(x))
print(f"250,000 float32, 1,000,000 B: {peak:,} B by the formula")
print(f"exactly: {exact:,} B, and 250,000 calls of math.erf")
assert peak < 8_050_000, (
    f"Step 3: for 1 MB, the formula should take at most 8 MB at once; it took {peak / 1e6:.2f} MB."
)
### BEGIN HIDDEN TESTS
x = Tensor(np.linspace(-3, 3, 500_000).astype(np.float16), dtype=np.float16)
peak = peak_bytes(lambda: GELU("tanh")(x))
assert peak < 8_050_000, f"Step 3: the formula on 1,000,000 B of float16 should allocate at most 8,000,000 B; it took {peak:,} B."
### END HIDDEN TESTS

# %% [markdown]
# What the formula gives up, and what it gains:

# %% tags=["explore"]
from tinytorch.profiling import seconds_per_call

x = np.linspace(-5, 5, 301)
gap = GELU("tanh")(Tensor(x, dtype=np.float64)).data - GELU()(Tensor(x, dtype=np.float64)).data
batch = Tensor(x[:300].repeat(300))
cost = {name: seconds_per_call(lambda name=name: GELU(name)(batch)) for name in ["none", "tanh"]}
with plt.rc_context(plots.STYLE):
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 3.2), layout="constrained")
    left.plot(x, gap * 1000, color=plots.COLOURS[0])
    left.set(title=f"The formula is off by {abs(gap).max():.5f} at most")
    left.set(xlabel="x", ylabel="formula - exact, times 1000")
more = cost["none"] / cost["tanh"]
plots.draw_bars({f"approximate={name!r}": s for name, s in cost.items()}, ax=right, unit="s",
                title=f"One by one takes {more:.0f} times as long",
                x_label="time for 90,000 numbers")
plt.show()

# %% [markdown]
# *In words: left, the difference swings between -0.2 thousandths near ±1.4 and 0.5 thousandths near ±2.7, and vanishes further
# out; right, the times of the exact GELU and of the formula.*

# %% [markdown]
# ## Step 4 · Softmax: scores become shares
#
# A classifier gives one score per class. Softmax makes them positive, and makes them sum to 1:
#
# $$\text{softmax}(x)_i = \frac{e^{x_i}}{\sum_j e^{x_j}}$$

# %%
powers = np.exp([1.0, 2.0, 4.0])
powers / powers.sum()

# %% [markdown]
# Again large scores overflow. But adding the same number to all scores changes nothing, so subtract the largest: then the
# largest exponent is 0.

# %%
powers = np.exp(np.array([1001.0, 1002.0, 1004.0]) - 1004.0)
powers / powers.sum()

# %% [markdown]
# **Your turn.** Write `Softmax`. `dim` says along which axis the shares sum to 1: the last one unless told otherwise.
#
# - By the rules of ReLU: shape, dtype, input unchanged. A batch of no samples gives no samples.
# - Each row is shifted by its *own* maximum. ±1000 in a row makes NumPy warn of nothing, and harms no other row.
# - `-inf` has the share 0, as long as another score in its row is finite.
# - Keep `dim` under that name, for module 06. At most four times the bytes of the result are allocated.

# %% [markdown]
# <details><summary>Hint</summary>
#
# `max` and `sum` of an array take `axis` and `keepdims`; what keeps its axis broadcasts back.
# </details>

# %% solution="softmax"
#| export
class Softmax(_Activation):
    "Scores become shares that sum to 1 along `dim`, kept under that name. Never overflows."

    def __init__(self, dim: int = -1):
        ### BEGIN SOLUTION
        self.dim = dim
        ### END SOLUTION

    def __call__(self, x: Tensor) -> Tensor:
        ### BEGIN SOLUTION
        array = _as_floats(x)
        powers = np.exp(array - array.max(axis=self.dim, keepdims=True))
        return Tensor(powers / powers.sum(axis=self.dim, keepdims=True), dtype=array.dtype)
        ### END SOLUTION

# %% test="softmax-rows" points=6
# Test 4a · 6 points · each row sums to 1
got = Softmax()(Tensor([[1.0, 2.0, 4.0], [0.0, 0.0, 0.0]]))
assert isinstance(got, Tensor), f"Step 4: Softmax should give a Tensor; it gave {got!r}."
want = [[0.04201007, 0.1141952, 0.84379473], [1 / 3, 1 / 3, 1 / 3]]
assert np.allclose(got.data, want, atol=1e-6), (
    f"Step 4: Softmax of [1, 2, 4] and [0, 0, 0] should be {want}; it was {got.data.tolist()}."
)
### BEGIN HIDDEN TESTS
got = Softmax()(Tensor(np.linspace(-3, 3, 24).reshape(2, 3, 4), dtype=np.float64)).data
powers = np.exp(np.linspace(-3, 3, 24).reshape(2, 3, 4))
want = powers / np.sum(powers, axis=-1, keepdims=True)
assert got.shape == (2, 3, 4), f"Step 4: Softmax of the shape (2, 3, 4) should keep it; it gave {got.shape}."
assert np.allclose(got, want, atol=1e-6), f"Step 4: without dim, the last axis should sum to 1: {want.tolist()}; it was {got.tolist()}."
got = Softmax()(Tensor(np.zeros((0, 5)))).data.shape
assert got == (0, 5), f"Step 4: Softmax of no samples, (0, 5), should give (0, 5); it gave {got}."
got = Softmax()(Tensor([7.0])).data.tolist()
assert got == [1], f"Step 4: Softmax of one score should be 1; it was {got}."
### END HIDDEN TESTS

# %% test="softmax-dim" points=6
# Test 4b · 6 points · along any axis
got = Softmax(dim=0)(Tensor([[0.0, 1.0], [0.0, 3.0]])).data
want = [[0.5, 0.11920292], [0.5, 0.88079708]]
assert np.allclose(got, want, atol=1e-6), (
    "Step 4: with dim=0 the columns should sum to 1: [[0.5, 0.1192], [0.5, 0.8808]]; "
    f"it was {got.astype(float).round(4).tolist()}."
)
got = [Softmax().dim, Softmax(dim=0).dim]
assert got == [-1, 0], f"Step 4: dim should be kept as -1 and 0; it was {got}."
### BEGIN HIDDEN TESTS
for dim in [0, 1, 2, -1, -2, -3]:
    got = Softmax(dim)(Tensor(np.linspace(-3, 3, 24).reshape(2, 3, 4), dtype=np.float64)).data
    powers = np.exp(np.linspace(-3, 3, 24).reshape(2, 3, 4))
    want = powers / np.sum(powers, axis=dim, keepdims=True)
    assert np.allclose(got, want, atol=1e-6), f"Step 4: Softmax({dim}) of (2, 3, 4) should be {want.tolist()}; it was {got.tolist()}."
### END HIDDEN TESTS

# %% test="softmax-stable" points=6
# Test 4c · 6 points · large scores, without a warning
got = Softmax()(Tensor([[1001.0, 1002.0, 1004.0], [-1.0, 0.0, 2.0]])).data
want = [[0.04201007, 0.1141952, 0.84379473]] * 2
assert np.allclose(got, want, atol=1e-4), (
    f"Step 4: both rows should be {want[0]}; they were {got.tolist()}."
)
got = warnings_of(lambda: Softmax()(Tensor([1001.0, 1002.0, -1004.0])))
assert got == [], (
    f"Step 4: Softmax of 1001, 1002, -1004 should not make NumPy warn; it warned of {got}."
)
### BEGIN HIDDEN TESTS
got, want = Softmax()(Tensor([[0.0, 1000.0], [-1000.0, -1000.0], [1.0, 1.0]])).data, [[0, 1], [0.5, 0.5], [0.5, 0.5]]
assert np.allclose(got, want, atol=1e-4), f"Step 4: a row should not feel another row's maximum; the rows were {got.tolist()}."
got, want = Softmax(dim=0)(Tensor([[0.0, -1000.0], [1000.0, -1000.0]])).data, [[0, 0.5], [1, 0.5]]
assert np.allclose(got, want, atol=1e-4), f"Step 4: with dim=0 a column should not feel another's; they were {got.tolist()}."
got = Softmax()(Tensor([-np.inf, 2.0, 2.0])).data
assert np.allclose(got, [0, 0.5, 0.5], atol=1e-4), f"Step 4: -inf beside 2 and 2 should have the share 0: [0, 0.5, 0.5]; it was {got.tolist()}."
got = warnings_of(lambda: Softmax()(Tensor([-1e30, -np.inf, 1e30])))
assert got == [], f"Step 4: Softmax of -1e30, -inf, 1e30 should not make NumPy warn; it warned of {got}."
### END HIDDEN TESTS

# %% test="softmax-dtype" points=4
# Test 4d · 4 points · dtypes, and the input stays
got = Softmax()(Tensor([1, 2])).data.dtype
assert got == np.float32, f"Step 4: Softmax of integers should be float32; it was {got}."
x = Tensor([1.0, 2.0], dtype=np.float64)
got = Softmax()(x).data.dtype
assert got == np.float64, f"Step 4: Softmax of float64 should be float64; it was {got}."
assert x.data.tolist() == [1, 2], (
    f"Step 4: Softmax should leave its input 1, 2 alone; it became {x.data.tolist()}."
)
### BEGIN HIDDEN TESTS
for given, want in [("float16", "float16"), ("float32", "float32"), ("uint8", "float32"), ("bool", "float32")]:
    got = Softmax()(Tensor(np.ones(2, given), dtype=given)).data
    assert got.dtype == want, f"Step 4: Softmax of {given} should be {want}; it was {got.dtype}."
    assert got.tolist() == [0.5, 0.5], f"Step 4: Softmax of two equal {given} should be 0.5, 0.5; it was {got.tolist()}."
got = Softmax()(Tensor(np.array([3, 250], np.uint8))).data.tolist()
assert np.allclose(got, [0, 1]), f"Step 4: Softmax of the bytes 3 and 250 should be 0 and 1; it was {got}: did 3 - 250 stay a byte?"
### END HIDDEN TESTS

# %% test="softmax-profile" points=4
# Profile 4 · 4 points · how much Softmax allocates
scores = Tensor(np.zeros((1000, 1000), dtype=np.float32))
peak = peak_bytes(lambda: Softmax()(scores))
print(f"1,000 rows of 1,000 float32, 4,000,000 B: peak {peak:,} B")
assert peak < 16_050_000, (
    f"Step 4: for 4 MB, Softmax should take at most 16 MB at once; it took {peak / 1e6:.2f} MB."
)
### BEGIN HIDDEN TESTS
scores = Tensor(np.zeros((50, 100, 100), dtype=np.float64), dtype=np.float64)
peak = peak_bytes(lambda: Softmax(dim=1)(scores))
assert peak < 16_050_000, f"Step 4: Softmax of 4,000,000 B as float64 should allocate at most 16,000,000 B; it took {peak:,} B."
### END HIDDEN TESTS

# %% [markdown]
# Divide the scores by a *temperature* first, and softmax decides more sharply (below 1) or more softly (above 1). Language
# models choose their next word like that:

# %% tags=["explore"]
scores = Tensor([3.0, 2.0, 1.0, 0.0])
with plt.rc_context(plots.STYLE):
    figure, panels = plt.subplots(1, 3, figsize=(11, 3.0), sharey=True, layout="constrained")
    for panel, temperature, colour in zip(panels, [0.3, 1.0, 5.0], plots.COLOURS, strict=False):
        shares = Softmax()(scores / temperature).data
        panel.bar(["3", "2", "1", "0"], shares, color=colour)
        for place, share in enumerate(shares):
            panel.text(place, share + 0.02, f"{share:.2f}", ha="center")
        panel.set(title=f"temperature {temperature:g}", xlabel="score", ylim=(0, 1.12))
    panels[0].set_ylabel("share")
plt.show()

# %% [markdown]
# *In words: at 0.3 the first score takes 0.96 of all; at 1 the shares are 0.64, 0.24, 0.09, 0.03; at 5 they lie between
# 0.33 and 0.18.*

# %% [markdown]
# ## All together
#
# Your five, as they are. For Softmax the curve is the share of a score x beside two scores of 0.

# %% tags=["explore"]
x = np.linspace(-4, 4, 161)
beside = Tensor(np.stack([x, 0 * x, 0 * x], axis=1))
curves = {type(curve).__name__: curve(Tensor(x)) for curve in [ReLU(), Sigmoid(), Tanh(), GELU()]}
curves["Softmax"] = Softmax()(beside)[:, 0]
lines = ["-", "--", "-.", (0, (6, 2)), ":"]
with plt.rc_context(plots.STYLE):
    figure, panel = plt.subplots(figsize=(8, 4), layout="constrained")
    for (name, y), colour, line in zip(curves.items(), plots.COLOURS, lines, strict=False):
        panel.plot(x, y.data, linestyle=line, color=colour, label=name)
    panel.set(title="Five bends", xlabel="x", ylabel="activation", ylim=(-1.2, 3))
    panel.grid(color=plots.PALE)
    panel.legend()
plt.show()

# %% [markdown]
# *In words: ReLU is flat, then rises with slope 1; GELU follows it but rounds the corner and dips to -0.17 near -0.75; Tanh is an S
# from -1 to 1; Sigmoid and Softmax are S from 0 to 1, Softmax further right.*

# %% [markdown]
# ## Beside PyTorch
#
# | here | PyTorch |
# |---|---|
# | `ReLU()(x)`, `Sigmoid()`, `Tanh()`, `GELU()`, `GELU(approximate="tanh")` | the same, in `torch.nn` |
# | `Softmax(dim=-1)` | `dim` must be given; without it PyTorch guesses, and warns |
# | integers become float32 | most raise an error |
# | plain classes | subclasses of `torch.nn.Module` |

# %% [markdown]
# ## What you take with you
#
# - Without a bend between them, two layers are one.
# - Exponentials overflow: take them of what is not positive.
# - Each array in a formula is memory. Count them.
# - float32 in, float32 out, or every layer after this one doubles its bytes.

# %% [markdown]
# Checklist, can you say it without looking?
#
# - [ ] Why does subtracting the maximum not change softmax?
# - [ ] Why must each row subtract its own?
# - [ ] What does `np.exp` of a large float32 give, and from where on?
# - [ ] Why is the exact GELU slow in NumPy?

# %% [markdown]
# **Next: 03 · Layers.** Weights, and something to put your curves between. Export this notebook first: `tito export 02`.

# %% [markdown]
# **On Binder?** *File → Download* now. The session is temporary, and your notebook is saved nowhere else.

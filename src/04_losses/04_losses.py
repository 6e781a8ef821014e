# %% [markdown]
# # 04 · Losses
#
# > One number that says how wrong a whole batch is. Training makes it small.

# %% tags=["explore"]
# Run this cell first. From then on it says which steps pass, and how many visible points that is.
from tinytorch.panel import show_panel

show_panel("04")

# %% [markdown]
# The tests that you see are examples: when graded, each also tries other values that follow from the text. *Visible points*
# are those of the tests as you see them, so go by the text, and not by the tests alone.

# %% [markdown]
# **Foundation tier** · difficulty 2 of 4 · 2 hours · after 01 tensor; 02 and 03 help
#
# You build `MSELoss`, `CrossEntropyLoss` and `BinaryCrossEntropyLoss`. Each takes what a network predicts and what is true, and
# gives a Tensor of a single number: module 06 begins its way back there.
#
# **On Binder?** The session is temporary and forgets everything. Before you close the tab: *File → Download*.

# %%
#| default_exp core.losses

# %% given="imports"
#| export
import numpy as np

from tinytorch.core.tensor import Tensor

# %% given="tools"
import warnings

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

def warnings_of(call):
    "What NumPy warns of during `call()`, as a list of texts: empty when all is well."
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        call()
    return [str(warning.message) for warning in caught]

# %% [markdown]
# A loss has to be small when the predictions are good, and has to say in which direction better ones lie. Counting the mistakes won't
# do: move a prediction a little, and the count stays. Three losses cover most of what is trained:
#
# | to predict | loss | a prediction is |
# |---|---|---|
# | numbers | mean squared error | a number |
# | one of C classes | cross-entropy | C scores, the *logits* |
# | yes or no | binary cross-entropy | a probability |

# %% [markdown]
# ## Step 1 · MSELoss: how far off, squared
#
# Squaring makes every error positive, and large errors count most: twice as far off costs four times as much.

# %%
predictions, targets = np.array([2.0, 5.0, 1.0]), np.array([1.0, 5.0, 4.0])
(predictions - targets) ** 2, ((predictions - targets) ** 2).mean()

# %% tags=["explore"]
import matplotlib.pyplot as plt
from tinytorch.profiling import plots

x = np.array([0.5, 1.3, 2.2, 3.1, 4.0])
y = np.array([0.9, 1.1, 2.9, 2.6, 4.4])  # what is true; change it
line = 0.3 + 0.9 * x  # what is predicted
with plt.rc_context(plots.STYLE):
    figure, panel = plt.subplots(figsize=(6, 5), layout="constrained")
    for at, guess, truth in zip(x, line, y):
        side = truth - guess
        panel.add_patch(plt.Rectangle((at, guess), side, side, color=plots.COLOURS[1], alpha=0.35))
    panel.plot(x, line, color=plots.COLOURS[0], marker="s", label="predictions")
    panel.plot(x, y, "o", color=plots.INK, label="targets")
    panel.set(title=f"The loss is the mean area: {((line - y) ** 2).mean():.3f}")
    panel.set(xlabel="x", ylabel="y", aspect="equal")
    panel.legend()
plt.show()

# %% [markdown]
# *In words: five targets around a rising line. A square stands between each target and its prediction, as high as the error; the one
# at x = 2.2 is the largest.*

# %% [markdown]
# One trap costs beginners days. A network gives one column, (5, 1), the targets are (5,), and NumPy *broadcasts*: every prediction meets
# every target.

# %%
column = np.zeros((5, 1))
(column - np.zeros(5)).shape

# %% [markdown]
# The mean of those 25 is a number like any other: training goes on without an error, and learns the wrong thing. So our losses
# broadcast nothing.
#
# A result is float32, or float64 where the *predictions* are. This helper is given; all three losses can use it:

# %% given="as-floats"
#| export
def _as_floats(x):
    "The array of a Tensor as floats: float64 stays, all else is float32."
    return x.data if x.data.dtype == np.float64 else x.data.astype(np.float32, copy=False)

# %% [markdown]
# Code from elsewhere says `loss.forward(predictions, targets)` as often as `loss(predictions, targets)`. All three get that name from here:

# %% given="loss"
#| export
class _Loss:
    "What all losses have in common."

    def forward(self, predictions: Tensor, targets: Tensor) -> Tensor:
        "The same as a call: `loss.forward(predictions, targets)` is `loss(predictions, targets)`."
        return self(predictions, targets)

def _refuse_others(*values):
    "Raise `TypeError` if one of the values is no Tensor."
    for value in values:
        if not isinstance(value, Tensor):
            kind = type(value).__name__
            raise TypeError(f"a loss takes two Tensors, not {kind}: write Tensor(...)")

# %% [markdown]
# An array or a list in the place of a Tensor is refused by a line that each class comes with.

# %% [markdown]
# **Your turn.** Write `MSELoss`. A call `MSELoss()(predictions, targets)` gives
#
# - the mean of the squared differences over all elements, as a 0-d Tensor;
# - float64 if the predictions are float64, else float32, whatever the targets are. Bytes must not wrap around: 3 - 5 is -2;
# - a `ValueError` that contains both shapes, if they differ;
# - the inputs unchanged, and at most three times the bytes of the predictions (as float32) allocated.

# %% [markdown]
# <details><summary>Hint</summary>
#
# Turn both into arrays of the same float dtype before you subtract. `Tensor(number, dtype=…)` makes the 0-d Tensor.
# </details>

# %% solution="mse"
#| export
class MSELoss(_Loss):
    """The mean of the squared differences, over all elements.

    Raises `ValueError` with both shapes when they differ: nothing is broadcast.
    """

    def __call__(self, predictions: Tensor, targets: Tensor) -> Tensor:
        _refuse_others(predictions, targets)
        ### BEGIN SOLUTION
        if predictions.shape != targets.shape:
            raise ValueError(f"predictions {predictions.shape} and targets {targets.shape} must have the same shape")
        guesses = _as_floats(predictions)
        differences = guesses - targets.data.astype(guesses.dtype, copy=False)
        return Tensor(np.mean(differences * differences), dtype=guesses.dtype)
        ### END SOLUTION

# %% test="mse-values" points=6
# Test 1a · 6 points · the mean of the squares
got = MSELoss()(Tensor([2.0, 5.0, 1.0]), Tensor([1.0, 5.0, 4.0]))
assert isinstance(got, Tensor), f"Step 1: MSELoss should give a Tensor; it gave {got!r}."
assert np.allclose(got.data, 10 / 3), (
    f"Step 1: errors of 1, 0, -3 should cost 10 / 3; they cost {got.data.tolist()}."
)
### BEGIN HIDDEN TESTS
guesses, truths = Tensor(np.linspace(-1, 2, 24).reshape(2, 3, 4)), Tensor(np.linspace(3, 0, 24).reshape(2, 3, 4))
got = MSELoss()(guesses, truths).data
want = np.mean((np.linspace(-1, 2, 24) - np.linspace(3, 0, 24)) ** 2)
assert np.allclose(got, want), f"Step 1: the mean goes over all 24 elements of (2, 3, 4), {want:.4f}; it was {got.tolist()}."
got = MSELoss()(Tensor([[1.0, 2.0]]), Tensor([[1.0, 2.0]])).data.tolist()
assert got == 0, f"Step 1: perfect predictions should cost 0; they cost {got}."
### END HIDDEN TESTS

# %% test="mse-scalar" points=4
# Test 1b · 4 points · one number, for any shape
got = MSELoss()(Tensor([[1.0], [2.0]]), Tensor([[1.0], [4.0]])).data
assert got.shape == (), f"Step 1: the loss should be 0-d, of the shape (); it had {got.shape}."
### BEGIN HIDDEN TESTS
for shape in [(), (1,), (7,), (3, 1), (2, 3, 4, 5)]:
    got = MSELoss()(Tensor(np.full(shape, 3.0)), Tensor(np.full(shape, 1.0)))
    assert isinstance(got, Tensor), f"Step 1: the loss of the shape {shape} should be a Tensor; it was {got!r}."
    assert got.data.shape == (), f"Step 1: the loss of the shape {shape} should be 0-d; it had the shape {got.data.shape}."
    assert np.allclose(got.data, 4), f"Step 1: 3 for 1 should cost 4 in the shape {shape}; it cost {got.data.tolist()}."
### END HIDDEN TESTS

# %% test="mse-dtype" points=4
# Test 1c · 4 points · dtypes
got = MSELoss()(Tensor([1.0], dtype=np.float64), Tensor([3])).data.dtype
assert got == np.float64, f"Step 1: float64 predictions should give float64; they gave {got}."
got = MSELoss()(Tensor([1.0]), Tensor([3.0], dtype=np.float64)).data.dtype
assert got == np.float32, (
    f"Step 1: float32 predictions should give float32, whatever the targets are; they gave {got}."
)
### BEGIN HIDDEN TESTS
for kind in ["uint8", "int64", "bool", "float16"]:
    got = MSELoss()(Tensor(np.zeros(1, kind), dtype=kind), Tensor(np.ones(1, kind), dtype=kind)).data
    assert got.dtype == np.float32, f"Step 1: predictions of {kind} should give float32; they gave {got.dtype}."
    assert got == 1, f"Step 1: 0 for 1, of {kind}, should cost 1; it cost {got.tolist()}: did 0 - 1 wrap around?"
got = MSELoss()(Tensor(np.array([3], np.uint8)), Tensor(np.array([5], np.uint8))).data.tolist()
assert got == 4, f"Step 1: the byte 3 for 5 should cost 4; it cost {got}."
got = MSELoss()(Tensor(np.array([250], np.uint8)), Tensor(np.array([0], np.uint8))).data.tolist()
assert got == 62_500, f"Step 1: the byte 250 for 0 should cost 62500; it cost {got}: was the square a byte?"
### END HIDDEN TESTS

# %% test="mse-shapes" points=5
# Test 1d · 5 points · nothing is broadcast
error = error_of(MSELoss(), Tensor(np.zeros((5, 1))), Tensor(np.zeros(5)))
assert isinstance(error, ValueError), (
    f"Step 1: (5, 1) against (5,) should raise ValueError; it raised {raised(error)}."
)
for part in ["(5, 1)", "(5,)"]:
    assert part in str(error), f"Step 1: the message should contain {part}; it was '{error!s:.70}'."
### BEGIN HIDDEN TESTS
for one, other in [((4, 3), (3,)), ((2, 3), (3, 2)), ((7,), ()), ((1, 6), (6,)), ((8,), (9,))]:
    error = error_of(MSELoss(), Tensor(np.ones(one)), Tensor(np.ones(other)))
    assert isinstance(error, ValueError), f"Step 1: {one} against {other} should raise ValueError; it raised {raised(error)}."
    assert str(one) in str(error), f"Step 1: the message should contain {one}; it was {str(error)!r}."
    assert str(other) in str(error), f"Step 1: the message should contain {other}; it was {str(error)!r}."
### END HIDDEN TESTS

# %% test="mse-inputs" points=2
# Test 1e · 2 points · the inputs stay
guesses, truths = Tensor([1.0, 2.0]), Tensor([3.0, 5.0])
MSELoss()(guesses, truths)
got = [guesses.data.tolist(), truths.data.tolist()]
assert got == [[1, 2], [3, 5]], (
    f"Step 1: the inputs should stay [1, 2] and [3, 5]; they became {got}."
)
### BEGIN HIDDEN TESTS
guesses, truths = Tensor([1.0, 2.0], dtype=np.float64), Tensor([3, 5])
MSELoss()(guesses, truths)
got = [guesses.data.tolist(), truths.data.tolist(), str(truths.data.dtype)]
assert got == [[1, 2], [3, 5], "int64"], f"Step 1: the inputs should stay [1, 2] and int64 [3, 5]; they became {got}."
### END HIDDEN TESTS

# %% test="mse-profile" points=3
# Profile 1 · 3 points · temporary arrays
guesses, truths = Tensor(np.zeros(1_000_000, np.float32)), Tensor(np.ones(1_000_000, np.float32))
peak = peak_bytes(lambda: MSELoss()(guesses, truths))
print(f"a million float32, 4,000,000 B: peak {peak:,} B")
assert peak < 12_050_000, (
    f"Step 1: for 4 MB of predictions the loss should take at most 12 MB at once; it took "
    f"{peak / 1e6:.2f} MB."
)
### BEGIN HIDDEN TESTS
truths = Tensor(np.ones(1_000_000, np.uint8))
peak = peak_bytes(lambda: MSELoss()(guesses, truths))
assert peak < 12_050_000, f"Step 1: with targets of bytes too, at most 12,000,000 B should be allocated; it took {peak:,} B."
### END HIDDEN TESTS

# %% [markdown]
# ## Step 2 · Log-softmax: the logarithm that never overflows
#
# A classifier's C logits become probabilities by softmax. The loss wants their *logarithms*. Softmax first and the logarithm after it
# goes wrong: for [0, 200] the first share rounds to 0, whose logarithm is -∞. The right answer is -200.

# %%
logits = np.array([0.0, 200.0], np.float32)
shares = np.exp(logits - logits.max()) / np.exp(logits - logits.max()).sum()
print(shares, warnings_of(lambda: np.log(shares)))

# %% [markdown]
# So take the logarithm on paper, before there are numbers:
#
# $$\log \text{softmax}(x)_i = x_i - \log \sum_j e^{x_j} = (x_i - m) - \log \sum_j e^{x_j - m}, \qquad m = \max_j x_j$$
#
# The last sum is at least 1, because the maximum gives e⁰. Its logarithm is harmless, and no exponent is positive. This is the
# *log-sum-exp* trick. What it saves:

# %% tags=["explore"]
x = np.linspace(0, 140, 1401, dtype=np.float32)
with np.errstate(over="ignore"):
    naive = np.log(np.exp(x) + 1)
stable = x + np.log(1 + np.exp(-x))
with plt.rc_context(plots.STYLE):
    figure, panel = plt.subplots(figsize=(8, 3.4), layout="constrained")
    panel.plot(x, stable, color=plots.COLOURS[0], label="with the maximum taken out")
    panel.plot(x, naive, "--", color=plots.COLOURS[1], linewidth=5, label="as written")
    end = x[np.isfinite(naive)].max()
    panel.axvspan(end, 140, color=plots.PALE)
    panel.text(end + 2, 12, f"infinite beyond {end:g}", color=plots.COLOURS[1], fontweight="bold")
    panel.set(title="log(eˣ + e⁰) in float32", xlabel="x", ylabel="log-sum-exp")
    panel.set(xlim=(0, 140), ylim=(0, 150))
    panel.legend(loc="upper left")
plt.show()

# %% [markdown]
# *In words: both curves rise together, like x itself; at about 88.7 the one "as written" ends, the other goes on.*

# %% [markdown]
# **Your turn.** `_log_softmax(logits)` takes an *array* (N, C) of floats, and gives one of the same shape and dtype: the logarithm of each row's
# softmax.
#
# - Each row by its own maximum. Logits of ±1000, also in the same row, make NumPy warn of nothing and stay exact: [0, 1000]
#   gives [-1000, 0].
# - A batch without samples, (0, C), gives (0, C). The input stays.

# %% [markdown]
# <details><summary>Hint</summary>
#
# Keep the shifted logits under a name, they are needed twice. `keepdims=True` leaves a column that broadcasts back.
# </details>

# %% solution="log-softmax"
#| export
def _log_softmax(logits):
    "The logarithm of the softmax of each row of floats (N, C), in their dtype. Never overflows."
    ### BEGIN SOLUTION
    shifted = logits - logits.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    ### END SOLUTION

# %% test="log-softmax-values" points=6
# Test 2a · 6 points · the logarithm of softmax
got = _log_softmax(np.array([[1.0, 2.0, 4.0], [0.0, 0.0, 0.0]]))
assert isinstance(got, np.ndarray), f"Step 2: _log_softmax should give an array; it gave {got!r}."
want = [[-3.16984602, -2.16984602, -0.16984602], [-1.09861229] * 3]
assert np.allclose(got, want), (
    f"Step 2: the rows [1, 2, 4] and [0, 0, 0] should give {want}; they gave {got.tolist()}."
)
### BEGIN HIDDEN TESTS
got = _log_softmax(np.linspace(-3, 3, 20).reshape(5, 4))
powers = np.exp(np.linspace(-3, 3, 20).reshape(5, 4))
want = np.log(powers / np.sum(powers, axis=1, keepdims=True))
assert np.allclose(got, want, atol=1e-6), f"Step 2: five rows of -3 to 3 should give {want.tolist()}; they gave {got.tolist()}."
got = _log_softmax(np.array([[5.0], [-2.0]])).tolist()
assert got == [[0], [0]], f"Step 2: with a single class the share is 1, its logarithm 0; it was {got}."
### END HIDDEN TESTS

# %% test="log-softmax-stable" points=7
# Test 2b · 7 points · no overflow
got = _log_softmax(np.array([[0.0, 1000.0]], np.float32)).tolist()
assert got == [[-1000, 0]], (
    f"Step 2: [[0, 1000]] should give [[-1000, 0]]; it gave {got}: subtract each row's "
    "maximum first."
)
got = warnings_of(lambda: _log_softmax(np.array([[0.0, 1000.0]], np.float32)))
assert got == [], f"Step 2: [0, 1000] should not make NumPy warn; it warned of {got}."
### BEGIN HIDDEN TESTS
for row, want in [([1001.0, 1002.0], [-1.31326169, -0.31326169]), ([-2000.0, -2000.0], [-0.69314718, -0.69314718]), ([-1000.0, 1000.0], [-2000, 0])]:
    got = _log_softmax(np.array([row])).tolist()
    assert np.allclose(got, [want]), f"Step 2: {row} should give {want}; it gave {got[0]}."
    got = warnings_of(lambda: _log_softmax(np.array([row])))
    assert got == [], f"Step 2: {row} should not make NumPy warn; it warned of {got}."
### END HIDDEN TESTS

# %% test="log-softmax-rows" points=3
# Test 2c · 3 points · each row by its own maximum
got = _log_softmax(np.array([[1000.0, 1000.0], [-1000.0, -1000.0]])).tolist()
want = [[-0.69314718, -0.69314718]] * 2
assert np.allclose(got, want), (
    f"Step 2: equal logits give log(1/2) = -0.693 in any row; they gave {got}."
)
### BEGIN HIDDEN TESTS
got = _log_softmax(np.array([[900.0, 900.0, 895.0], [0.0, 0.0, 0.0], [-900.0, -900.0, -900.0]])).tolist()
want = [[-0.69651043, -0.69651043, -5.69651043], [-1.09861229] * 3, [-1.09861229] * 3]
assert np.allclose(got, want), f"Step 2: a row should not feel another's maximum: {want}; it gave {got}."
### END HIDDEN TESTS

# %% test="log-softmax-kinds" points=4
# Test 2d · 4 points · shape, dtype, and the input stays
logits = np.array([[1.0, 2.0]], np.float32)
got = _log_softmax(logits)
assert got.dtype == np.float32, (
    f"Step 2: float32 logits should give float32; they gave {got.dtype}."
)
assert logits.tolist() == [[1, 2]], (
    f"Step 2: the logits should stay [1, 2]; they became {logits.tolist()}."
)
### BEGIN HIDDEN TESTS
for shape in [(0, 3), (1, 1), (6, 2)]:
    got = _log_softmax(np.zeros(shape))
    assert got.shape == shape, f"Step 2: logits of the shape {shape} should keep it; they gave {got.shape}."
    assert got.dtype == np.float64, f"Step 2: float64 logits should give float64; they gave {got.dtype}."
### END HIDDEN TESTS

# %% test="log-softmax-ready" points=0
# Nothing to do here. When graded, step 3 may use your _log_softmax if it works, else a stand-in.
### BEGIN HIDDEN TESTS
def _log_softmax_works():
    rows = np.array([[0.0, 1000.0], [1.0, 1.0], [-1000.0, -999.0]], np.float32)
    out = _log_softmax(rows)
    want = [[-1000, 0], [-0.6931472, -0.6931472], [-1.3132617, -0.3132617]]
    same = rows.tolist() == [[0, 1000], [1, 1], [-1000, -999]]
    return same and out.dtype == np.float32 and np.allclose(out, want) and _log_softmax(rows[:0]).shape == (0, 2)

if "_log_softmax" not in globals() or error_of(_log_softmax_works) is not None or not _log_softmax_works():
    def _log_softmax(logits):
        lowered = logits - np.max(logits, axis=1, keepdims=True)
        return lowered - np.log(np.sum(np.exp(lowered), axis=1, keepdims=True))
### END HIDDEN TESTS

# %% [markdown]
# ## Step 3 · CrossEntropyLoss: how surprised by the truth
#
# A class label is an integer: digit 7 is 7. The loss of one sample is -log of the probability that the network gave to the true class.
# Certain and right costs 0. A guess among ten costs log 10:

# %%
-np.log(np.array([1.0, 0.5, 0.1, 0.001]))

# %% tags=["explore"]
logit = np.linspace(-8, 8, 161)
rows = np.stack([logit, 0 * logit, 0 * logit], axis=1)  # three classes, two logits of 0
losses = -_log_softmax(rows)
with plt.rc_context(plots.STYLE):
    figure, panel = plt.subplots(figsize=(8, 3.4), layout="constrained")
    panel.plot(logit, losses[:, 0], color=plots.COLOURS[0], label="the first class is true")
    panel.plot(logit, losses[:, 1], "--", color=plots.COLOURS[1], label="the second class is true")
    panel.plot(0, np.log(3), "o", color=plots.INK)
    panel.annotate("no idea: log 3", (0, np.log(3)), (-0.9, 3.2), arrowprops={"arrowstyle": "-"})
    panel.set(title="What does it cost to be certain, right or wrong?")
    panel.set(xlabel="logit of the first class", ylabel="loss of one sample")
    panel.legend()
plt.show()

# %% [markdown]
# *In words: while the first class is true, the loss falls from almost 9 to 0 as its logit rises; while the second is
# true, the loss rises from 0.7 to 8. They cross at log 3.*

# %% [markdown]
# Picking each row's entry at its label needs no loop, and no table of ones and zeros (a *one-hot* matrix). Two lists of indices
# are read side by side, a row and its column:

# %%
table = np.array([[10, 11, 12], [20, 21, 22]])
table[np.arange(2), np.array([2, 0])]

# %% [markdown]
# But indices are treacherous: label -1 quietly picks the last class, and of 3 classes the last one has label 2, not 3.

# %% [markdown]
# **Your turn.** Write `CrossEntropyLoss`: of logits (N, C) and labels (N,), the mean loss of the N samples as a 0-d Tensor, float64 if the
# logits are, else float32.
#
# - Labels have any integer dtype; logits may be integers too. Logits of ±1000 make NumPy warn of nothing, and stay exact.
# - Other shapes: `ValueError` with both shapes in its message. Labels of floats or bools: `TypeError` with their dtype's name.
# - A label outside 0..C-1: `IndexError` with the label and the number of classes.
# - The inputs stay. At most 2.5 times the bytes of the logits are allocated at once.

# %% [markdown]
# <details><summary>Hint</summary>
#
# Check in that order: shapes, dtype, range. `(labels < 0) | (labels >= classes)` marks what is out of range. Step 2 has the rest.
# </details>

# %% solution="cross-entropy"
#| export
class CrossEntropyLoss(_Loss):
    """The mean of -log(softmax(logits)[label]) over the batch.

    Takes raw logits (N, C) and integer labels (N,).
    Raises `ValueError` with both shapes when they are not these, `TypeError` for labels that are
    not integers, and `IndexError` for a label outside 0..C-1.
    """

    def __call__(self, predictions: Tensor, targets: Tensor) -> Tensor:
        _refuse_others(predictions, targets)
        ### BEGIN SOLUTION
        if predictions.ndim != 2 or targets.shape != predictions.shape[:1]:
            raise ValueError(f"expected logits (N, C) and labels (N,), not {predictions.shape} and {targets.shape}")
        if targets.dtype.kind not in "iu":
            raise TypeError(f"class labels are integers, not {targets.dtype}")
        labels, classes = targets.data, predictions.shape[1]
        wrong = labels[(labels < 0) | (labels >= classes)]
        if wrong.size:
            raise IndexError(f"label {wrong[0]} is not one of {classes} classes, 0 to {classes - 1}")
        log_shares = _log_softmax(_as_floats(predictions))
        return Tensor(-np.mean(log_shares[np.arange(len(labels)), labels]), dtype=log_shares.dtype)
        ### END SOLUTION

# %% test="cross-entropy-values" points=8
# Test 3a · 8 points · the mean of -log of the true classes' shares
loss = CrossEntropyLoss()
got = loss(Tensor([[1.0, 2.0, 4.0], [0.0, 0.0, 0.0]]), Tensor([2, 0]))
assert isinstance(got, Tensor), f"Step 3: CrossEntropyLoss should give a Tensor; it gave {got!r}."
assert got.data.shape == (), (
    f"Step 3: the loss should be 0-d, of the shape (); it had {got.data.shape}."
)
want = (0.16984602 + 1.09861229) / 2
assert np.allclose(got.data, want), (
    f"Step 3: the mean of 0.1698 and log 3 should be {want:.4f}; it was {got.data.tolist()}."
)
### BEGIN HIDDEN TESTS
got = loss(Tensor(np.linspace(-3, 3, 28).reshape(7, 4), dtype=np.float64), Tensor([3, 0, 1, 2, 2, 0, 3])).data
powers = np.exp(np.linspace(-3, 3, 28).reshape(7, 4))
want = -np.mean(np.log((powers / np.sum(powers, axis=1, keepdims=True))[np.arange(7), np.array([3, 0, 1, 2, 2, 0, 3])]))
assert np.allclose(got, want, atol=1e-6), f"Step 3: seven samples of four classes should cost {want:.6f}; they cost {got.tolist()}."
got = loss(Tensor(np.zeros((5, 10))), Tensor([0, 9, 4, 4, 1])).data
assert np.allclose(got, np.log(10)), f"Step 3: equal logits of ten classes cost log 10 = 2.3026; they cost {got.tolist()}."
got = loss(Tensor([[3.0]]), Tensor([0])).data.tolist()
assert got == 0, f"Step 3: one sample of one class costs 0; it cost {got}."
got = loss(Tensor([[0.0, 3.0]]), Tensor([0])).data
assert np.allclose(got, 3.04858735), f"Step 3: logits [0, 3] with label 0 cost 3.0486; they cost {got.tolist()}."
### END HIDDEN TESTS

# %% test="cross-entropy-stable" points=4
# Test 3b · 4 points · large logits
logits, labels = Tensor([[1000.0, 0.0], [0.0, 1000.0]]), Tensor([1, 1])
got = CrossEntropyLoss()(logits, labels).data.tolist()
assert got == 500, f"Step 3: losses of 1000 and 0 have the mean 500; it was {got}."
got = warnings_of(lambda: CrossEntropyLoss()(logits, labels))
assert got == [], f"Step 3: logits of 1000 should not make NumPy warn; it warned of {got}."
### BEGIN HIDDEN TESTS
got = CrossEntropyLoss()(Tensor([[-1000.0, -1000.0], [-1000.0, 1000.0]]), Tensor([0, 0])).data
assert np.allclose(got, (np.log(2) + 2000) / 2), f"Step 3: losses of log 2 and 2000 have the mean 1000.35; it was {got.tolist()}."
got = CrossEntropyLoss()(Tensor([[0.0, 25.0]], dtype=np.float64), Tensor([1])).data.tolist()
assert abs(got / 1.388794386e-11 - 1) < 1e-4, f"Step 3: logits [0, 25], label 1, cost 1.3888e-11 in float64; they cost {got:.5g}."
### END HIDDEN TESTS

# %% test="cross-entropy-kinds" points=4
# Test 3c · 4 points · dtypes of labels and logits
for kind in ["uint8", "int32", "int64"]:
    got = CrossEntropyLoss()(Tensor([[0.0, 3.0], [3.0, 0.0]]), Tensor(np.array([0, 0], kind))).data
    assert np.allclose(got, 1.54858735), (
        f"Step 3: labels 0, 0 of {kind} should cost 1.5486; they cost {got.tolist()}."
    )
    assert got.dtype == np.float32, (
        f"Step 3: float32 logits should give float32; with labels of {kind} they gave {got.dtype}."
    )
### BEGIN HIDDEN TESTS
got = CrossEntropyLoss()(Tensor([[0.0, 3.0]], dtype=np.float64), Tensor([0])).data.dtype
assert got == np.float64, f"Step 3: float64 logits should give float64; they gave {got}."
for kind in ["int64", "uint8", "float16"]:
    got = CrossEntropyLoss()(Tensor(np.array([[0, 3]], kind), dtype=kind), Tensor(np.array([0], np.int8))).data
    assert got.dtype == np.float32, f"Step 3: logits of {kind} should give float32; they gave {got.dtype}."
    assert np.allclose(got, 3.04858735), f"Step 3: logits [0, 3] of {kind} with label 0 cost 3.0486; they cost {got.tolist()}."
### END HIDDEN TESTS

# %% test="cross-entropy-shapes" points=5
# Test 3d · 5 points · shapes that are not (N, C) and (N,)
error = error_of(CrossEntropyLoss(), Tensor(np.zeros((5, 3))), Tensor(np.zeros(4, int)))
assert isinstance(error, ValueError), (
    f"Step 3: logits (5, 3) with labels (4,) should raise ValueError; they raised {raised(error)}."
)
for part in ["(5, 3)", "(4,)"]:
    assert part in str(error), f"Step 3: the message should contain {part}; it was '{error!s:.70}'."
### BEGIN HIDDEN TESTS
for one, other in [((3,), (3,)), ((5, 3), (5, 1)), ((5, 3), (5, 3)), ((5, 3), ()), ((2, 5, 3), (2, 5)), ((5, 3), (1,)), ((1, 3), (7,))]:
    error = error_of(CrossEntropyLoss(), Tensor(np.zeros(one)), Tensor(np.zeros(other, int)))
    assert isinstance(error, ValueError), f"Step 3: logits {one} with labels {other} should raise ValueError; they raised {raised(error)}."
    assert str(one) in str(error), f"Step 3: the message should contain {one}; it was {str(error)!r}."
    assert str(other) in str(error), f"Step 3: the message should contain {other}; it was {str(error)!r}."
### END HIDDEN TESTS

# %% test="cross-entropy-float-labels" points=3
# Test 3e · 3 points · labels that are not integers
error = error_of(CrossEntropyLoss(), Tensor(np.zeros((2, 3))), Tensor([0.0, 1.0]))
assert isinstance(error, TypeError), (
    f"Step 3: labels of float32 should raise TypeError; they raised {raised(error)}."
)
assert "float32" in str(error), (
    f"Step 3: the message should contain 'float32'; it was '{error!s:.70}'."
)
### BEGIN HIDDEN TESTS
for kind in ["float64", "bool", "float16"]:
    error = error_of(CrossEntropyLoss(), Tensor(np.zeros((2, 3))), Tensor(np.zeros(2, kind), dtype=kind))
    assert isinstance(error, TypeError), f"Step 3: labels of {kind} should raise TypeError; they raised {raised(error)}."
    assert kind in str(error), f"Step 3: the message should contain {kind!r}; it was {str(error)!r}."
### END HIDDEN TESTS

# %% test="cross-entropy-range" points=5
# Test 3f · 5 points · labels that no class has
error = error_of(CrossEntropyLoss(), Tensor(np.zeros((2, 7))), Tensor([0, 31]))
assert isinstance(error, IndexError), (
    f"Step 3: label 31 of 7 classes should raise IndexError; it raised {raised(error)}."
)
for part in ["31", "7"]:
    assert part in str(error), f"Step 3: the message should contain {part}; it was '{error!s:.70}'."
### BEGIN HIDDEN TESTS
for labels, wrong in [([-1, 0, 0], "-1"), ([0, 23, 0], "23"), ([0, 0, -23], "-23"), ([0, 22, 24], "24")]:
    error = error_of(CrossEntropyLoss(), Tensor(np.zeros((3, 23))), Tensor(labels))
    assert isinstance(error, IndexError), f"Step 3: label {wrong} of 23 classes should raise IndexError; it raised {raised(error)}."
    assert wrong in str(error), f"Step 3: the message should contain the label {wrong}; it was {str(error)!r}."
    assert "23" in str(error).replace(wrong, "", 1), f"Step 3: the message should contain 23, the classes; it was {str(error)!r}."
### END HIDDEN TESTS

# %% test="cross-entropy-inputs" points=3
# Test 3g · 3 points · the inputs stay
logits, labels = Tensor([[1.0, 2.0], [5.0, 3.0]]), Tensor([1, 0])
CrossEntropyLoss()(logits, labels)
got = [logits.data.tolist(), labels.data.tolist()]
assert got == [[[1, 2], [5, 3]], [1, 0]], (
    f"Step 3: logits and labels should stay; they became {got}."
)
### BEGIN HIDDEN TESTS
logits = Tensor([[1.0, 2.0], [5.0, 3.0]], dtype=np.float64)
labels = Tensor(np.array([1, 0], np.uint8))
CrossEntropyLoss()(logits, labels)
got = [logits.data.tolist(), labels.data.tolist(), str(labels.data.dtype)]
assert got == [[[1, 2], [5, 3]], [1, 0], "uint8"], f"Step 3: logits and labels should stay; they became {got}."
### END HIDDEN TESTS

# %% test="cross-entropy-profile" points=4
# Profile 3 · 4 points · two tables of temporary numbers, and no one-hot matrix
logits, labels = Tensor(np.zeros((1000, 1000), np.float32)), Tensor(np.arange(1000))
peak = peak_bytes(lambda: CrossEntropyLoss()(logits, labels))
print(f"1,000 samples, 1,000 classes, 4,000,000 B of logits: peak {peak:,} B")
assert peak < 10_000_000, (
    "Step 3: for 4 MB of logits the loss should take at most 10 MB; it took "
    f"{peak / 1e6:.1f} MB: table[rows, labels] picks the entries without a one-hot."
)
### BEGIN HIDDEN TESTS
logits, labels = Tensor(np.zeros((20, 25_000), np.float32)), Tensor(np.arange(20))
peak = peak_bytes(lambda: CrossEntropyLoss()(logits, labels))
assert peak < 5_000_000, f"Step 3: logits of 2,000,000 B, 25,000 classes, should allocate at most 5,000,000 B; it took {peak:,} B."
### END HIDDEN TESTS

# %% [markdown]
# What a one-hot matrix would add. Per sample an integer label is 8 bytes, its one-hot row is C numbers:

# %% tags=["explore"]
def by_one_hot(logits, labels):
    "The same loss, picked by a table of ones and zeros."
    one_hot = np.eye(logits.shape[1], dtype=np.float32)[labels]
    return -(one_hot * _log_softmax(logits)).sum(axis=1).mean()

classes = [16, 64, 256, 1024, 4096]
peaks = {"one-hot": [], "integer labels": []}
for count in classes:
    logits, labels = np.zeros((64, count), np.float32), np.arange(64) % count
    ours = peak_bytes(lambda: CrossEntropyLoss()(Tensor(logits), Tensor(labels)))
    peaks["one-hot"].append(peak_bytes(lambda: by_one_hot(logits, labels)))
    peaks["integer labels"].append(ours)
more = peaks["one-hot"][-1] / peaks["integer labels"][-1]
plots.draw_curves(classes, peaks,
                  title=f"{count:,} classes: one-hot takes {more:.0f} times the memory",
                  x_label="classes, for 64 samples", y_label="peak memory", unit="B");

# %% [markdown]
# ## Step 4 · BinaryCrossEntropyLoss: yes or no
#
# With two answers, one probability p is enough: p for yes, 1 - p for no. The target t is 1 or 0, or something in between, such as a share of
# people who said yes:
#
# $$-\left(t \log p + (1 - t) \log(1 - p)\right)$$

# %% tags=["explore"]
p = np.linspace(0.002, 0.998, 250)
with plt.rc_context(plots.STYLE):
    figure, panel = plt.subplots(figsize=(8, 3.4), layout="constrained")
    for t, colour, line in zip([1.0, 0.0, 0.7], plots.COLOURS, ["-", "--", "-."], strict=False):
        losses = -(t * np.log(p) + (1 - t) * np.log(1 - p))
        panel.plot(p, losses, line, color=colour, label=f"target {t:g}")
        assert abs(p[losses.argmin()] - t) < 0.01  # lowest where the probability is the target
    panel.set(title="Lowest where the probability is the target", ylim=(0, 5))
    panel.set(xlabel="predicted probability p", ylabel="loss of one element")
    panel.legend(loc="upper center")
plt.show()

# %% [markdown]
# *In words: for target 1 the loss falls from 5 and more to 0 at p = 1; for target 0 it is the mirror image; for 0.7 it is a bowl whose lowest
# point is at p = 0.7, and not 0 there.*

# %% [markdown]
# A sigmoid in float32 does reach 0 and 1, and the logarithm of 0 is -∞. One such element would make the loss of the whole batch
# infinite. PyTorch's answer: no logarithm counts for less than -100. And a rounding error: for tiny p, 1 - p is exactly 1.
# `np.log1p(x)` is
# log(1 + x), precise near zero:

# %%
np.log(1 - 1e-20), np.log1p(-1e-20)

# %% [markdown]
# **Your turn.** Write `BinaryCrossEntropyLoss`: the mean over all elements, 0-d, float64 if the predictions are, else float32.
#
# - Both inputs have the same shape, any. Targets are floats from 0 to 1, integers or bools. The inputs stay.
# - Each logarithm is at least -100: p = 0 for target 1 costs 100. p = 0 for target 0 costs 0. NumPy warns of nothing.
# - Precise for tiny p: in float64, 1e-20 for target 0 costs 1e-20.
# - Shapes that differ: `ValueError` with both in its message. A probability below 0, above 1, or NaN: `ValueError` (often a
#   sigmoid was forgotten).

# %% [markdown]
# <details><summary>Hint</summary>
#
# `np.maximum(logarithm, -100)` sets the floor, but NumPy has warned by then: `with np.errstate(divide="ignore"):` says that log(0) is meant.
# NaN is neither below 0 nor above 1; ask the question the other way round.
# </details>

# %% solution="binary-cross-entropy"
#| export
class BinaryCrossEntropyLoss(_Loss):
    """The mean of -(t log p + (1 - t) log(1 - p)), for probabilities p and targets t from 0 to 1.

    No logarithm counts for less than -100, so that 0 and 1 cost much and not infinitely much.
    Raises `ValueError` with both shapes when they differ, and for a probability outside 0..1.
    """

    def __call__(self, predictions: Tensor, targets: Tensor) -> Tensor:
        _refuse_others(predictions, targets)
        ### BEGIN SOLUTION
        if predictions.shape != targets.shape:
            raise ValueError(f"predictions {predictions.shape} and targets {targets.shape} must have the same shape")
        p = _as_floats(predictions)
        t = targets.data.astype(p.dtype, copy=False)
        if not ((p >= 0) & (p <= 1)).all():
            raise ValueError(f"probabilities lie between 0 and 1; these lie between {p.min()} and {p.max()}: a sigmoid forgotten?")
        with np.errstate(divide="ignore"):  # log(0) is -inf, and then -100
            log_p, log_q = np.maximum(np.log(p), -100), np.maximum(np.log1p(-p), -100)
        return Tensor(-np.mean(t * log_p + (1 - t) * log_q), dtype=p.dtype)
        ### END SOLUTION

# %% test="binary-values" points=6
# Test 4a · 6 points · the mean over all elements
loss = BinaryCrossEntropyLoss()
got = loss(Tensor([0.9, 0.2, 0.5]), Tensor([1.0, 0.0, 1.0]))
assert isinstance(got, Tensor), (
    f"Step 4: BinaryCrossEntropyLoss should give a Tensor; it gave {got!r}."
)
assert got.data.shape == (), (
    f"Step 4: the loss should be 0-d, of the shape (); it had {got.data.shape}."
)
want = (0.10536052 + 0.22314355 + 0.69314718) / 3
assert np.allclose(got.data, want), (
    f"Step 4: 0.9, 0.2, 0.5 for 1, 0, 1 should cost {want:.4f} on average; they cost "
    f"{got.data.tolist()}."
)
### BEGIN HIDDEN TESTS
p, t = np.linspace(0.05, 0.95, 24), np.linspace(1, 0, 24)
want = -np.mean(t * np.log(p) + (1 - t) * np.log(1 - p))
got = loss(Tensor(np.linspace(0.05, 0.95, 24).reshape(2, 3, 4)), Tensor(np.linspace(1, 0, 24).reshape(2, 3, 4))).data
assert np.allclose(got, want), f"Step 4: targets between 0 and 1, of the shape (2, 3, 4), should cost {want:.4f}; they cost {got.tolist()}."
got = loss(Tensor(0.25), Tensor(1.0)).data
assert np.allclose(got, 1.38629436), f"Step 4: 0.25 for 1 should cost log 4 = 1.3863; it cost {got.tolist()}."
### END HIDDEN TESTS

# %% test="binary-ends" points=5
# Test 4b · 5 points · 0 and 1 as probabilities
got = BinaryCrossEntropyLoss()(Tensor([0.0, 1.0]), Tensor([1.0, 1.0])).data.tolist()
assert got == 50, (
    f"Step 4: costs of 100 and 0 have the mean 50; it was {got}: log(0) counts as -100: "
    "limit the logarithms, not the probabilities."
)
got = warnings_of(lambda: BinaryCrossEntropyLoss()(Tensor([0.0, 1.0]), Tensor([1.0, 1.0])))
assert got == [], (
    f"Step 4: probabilities of 0 and 1 should not make NumPy warn; it warned of {got}."
)
### BEGIN HIDDEN TESTS
for p, t, want in [(0.0, 0.0, 0), (1.0, 0.0, 100), (0.0, 0.5, 50), (1.0, 0.25, 75), (1e-44, 1.0, 100)]:
    got = BinaryCrossEntropyLoss()(Tensor([p]), Tensor([t])).data
    assert np.allclose(got, want), f"Step 4: {p:g} for {t:g} should cost {want}; it cost {got.tolist()}."
    got = warnings_of(lambda: BinaryCrossEntropyLoss()(Tensor([p], dtype=np.float64), Tensor([t])))
    assert got == [], f"Step 4: {p:g} for {t:g} should not make NumPy warn; it warned of {got}."
got = BinaryCrossEntropyLoss()(Tensor([1e-30]), Tensor([1.0])).data
assert np.allclose(got, 69.0775528), f"Step 4: 1e-30 for 1 should cost 69.08; it cost {got.tolist()}."
### END HIDDEN TESTS

# %% test="binary-precise" points=1
# Test 4c · 1 point · tiny probabilities
got = BinaryCrossEntropyLoss()(Tensor([1e-20], dtype=np.float64), Tensor([0.0])).data.tolist()
assert abs(got / 1e-20 - 1) < 1e-6, (
    f"Step 4: 1e-20 for 0 should cost 1e-20 in float64; it cost {got:g}."
)
### BEGIN HIDDEN TESTS
got = BinaryCrossEntropyLoss()(Tensor([3e-10]), Tensor([0.0])).data.tolist()
assert abs(got / 3e-10 - 1) < 1e-4, f"Step 4: 3e-10 for 0 should cost 3e-10 in float32; it cost {got:g}."
### END HIDDEN TESTS

# %% test="binary-kinds" points=4
# Test 4d · 4 points · dtypes, and the inputs stay
for kind in ["bool", "uint8", "int64", "float64"]:
    targets = Tensor(np.array([0, 1], kind), dtype=kind)
    got = BinaryCrossEntropyLoss()(Tensor([0.5, 0.25]), targets).data
    assert np.allclose(got, 1.03972077), (
        f"Step 4: 0.5, 0.25 for 0, 1 of {kind} should cost 1.0397; they cost {got.tolist()}."
    )
    assert got.dtype == np.float32, (
        f"Step 4: float32 predictions should give float32; for targets of {kind} it was "
        f"{got.dtype}."
    )
### BEGIN HIDDEN TESTS
got = BinaryCrossEntropyLoss()(Tensor([0.5], dtype=np.float64), Tensor([1])).data.dtype
assert got == np.float64, f"Step 4: float64 predictions should give float64; they gave {got}."
got = BinaryCrossEntropyLoss()(Tensor([0, 1]), Tensor([0, 1])).data
assert got.dtype == np.float32, f"Step 4: predictions of integers should give float32; they gave {got.dtype}."
p, t = Tensor([0.0, 0.5, 1.0]), Tensor([1, 0, 1])
BinaryCrossEntropyLoss()(p, t)
got = [p.data.tolist(), t.data.tolist()]
assert got == [[0, 0.5, 1], [1, 0, 1]], f"Step 4: the inputs should stay; they became {got}."
### END HIDDEN TESTS

# %% test="binary-shapes" points=2
# Test 4e · 2 points · nothing is broadcast
error = error_of(BinaryCrossEntropyLoss(), Tensor(np.full((5, 1), 0.5)), Tensor(np.zeros(5)))
assert isinstance(error, ValueError), (
    f"Step 4: (5, 1) against (5,) should raise ValueError; it raised {raised(error)}."
)
for part in ["(5, 1)", "(5,)"]:
    assert part in str(error), f"Step 4: the message should contain {part}; it was '{error!s:.70}'."
### BEGIN HIDDEN TESTS
for one, other in [((4, 3), (3,)), ((2, 3), (3, 2)), ((7,), ()), ((8,), (9,))]:
    error = error_of(BinaryCrossEntropyLoss(), Tensor(np.full(one, 0.5)), Tensor(np.ones(other)))
    assert isinstance(error, ValueError), f"Step 4: {one} against {other} should raise ValueError; it raised {raised(error)}."
    assert str(one) in str(error), f"Step 4: the message should contain {one}; it was {str(error)!r}."
    assert str(other) in str(error), f"Step 4: the message should contain {other}; it was {str(error)!r}."
### END HIDDEN TESTS

# %% test="binary-range" points=2
# Test 4f · 2 points · what is not a probability
for wrong in [-0.1, 1.5]:
    error = error_of(BinaryCrossEntropyLoss(), Tensor([0.5, wrong]), Tensor([1.0, 1.0]))
    assert isinstance(error, ValueError), (
        f"Step 4: a probability of {wrong} should raise ValueError; it raised {raised(error)}."
    )
### BEGIN HIDDEN TESTS
for wrong in [float("nan"), 1.0001, -1e-6, 7, float("inf")]:
    error = error_of(BinaryCrossEntropyLoss(), Tensor([[0.5], [wrong]]), Tensor([[1.0], [0.0]]))
    assert isinstance(error, ValueError), f"Step 4: a probability of {wrong} should raise ValueError; it raised {raised(error)}."
### END HIDDEN TESTS

# %% [markdown]
# ## All together
#
# Ten samples, three classes, and random logits in place of a network. Its loss is near log 3, where every classifier begins. If
# yours begins
# elsewhere, look for an error before you train:

# %%
rng = np.random.default_rng(0)
logits, labels = Tensor(0.1 * rng.normal(size=(10, 3))), Tensor(rng.integers(0, 3, size=10))
CrossEntropyLoss()(logits, labels).item(), np.log(3)

# %% [markdown]
# For two classes either loss will do, and both say the same: a sigmoid is a softmax with one logit fixed at 0.

# %%
z = np.array([-2.0, 0.5, 3.0])
two = CrossEntropyLoss()(Tensor(np.stack([0 * z, z], axis=1)), Tensor([0, 1, 1]))
one = BinaryCrossEntropyLoss()(Tensor(1 / (1 + np.exp(-z))), Tensor([0, 1, 1]))
two.item(), one.item()

# %% [markdown]
# ## Beside PyTorch
#
# | here | PyTorch |
# |---|---|
# | `MSELoss()` raises an error for shapes that differ | warns, and broadcasts |
# | `CrossEntropyLoss()` takes logits (N, C), labels (N,) | also more axes, and shares as targets; weights, `ignore_index`, label smoothing |
# | `BinaryCrossEntropyLoss()` | `BCELoss`; `BCEWithLogitsLoss` takes logits and is safer |
# | the mean of the batch | the same by default; `reduction="sum"` or `"none"` on request |

# %% [markdown]
# ## What you take with you
#
# - A loss is one number, and a wrong shape can make it a wrong one without a word.
# - Take logarithms on paper: log-softmax is exact where log of softmax is -∞.
# - An integer label is 8 bytes. Its one-hot row is C numbers.
# - A classifier that knows nothing starts at log C.

# %% [markdown]
# Checklist, can you say it without looking?
#
# - [ ] Why is the sum in log-sum-exp at least 1?
# - [ ] What does label -1 pick, and why is that worse than an error?
# - [ ] What does (5, 1) - (5,) give?
# - [ ] Why does the binary loss stop at 100?

# %% [markdown]
# **Next: 05 · DataLoader.** Who brings the batches? Export this notebook first: `tito export 04`.

# %% [markdown]
# **On Binder?** *File → Download* now. The session is temporary, and your notebook is saved nowhere else.

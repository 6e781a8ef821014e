# %% [markdown]
# # 01 · Tensor
#
# > One NumPy array, plus rules: what becomes float32, what stays, and who owns the memory.

# %% tags=["explore"]
# Run this cell first. From then on it says which steps pass, and how many visible points that is.
from tinytorch.panel import show_panel

show_panel("01")

# %% [markdown]
# The tests that you see are examples: when graded, each also tries other values that follow from the text. *Visible points*
# are those of the tests as you see them, so go by the text, and not by the tests alone.

# %% [markdown]
# **Foundation tier** · difficulty 1 of 4 · 1-2 hours · no prerequisites but Python
#
# You build `Tensor`: one class around one NumPy array. Images, weights, gradients and batches are all Tensors,
# so each later module begins with `from tinytorch import Tensor` and gets yours.
#
# **On Binder?** The session is temporary and forgets everything. Before you close the tab: *File → Download*.

# %% [markdown]
# How to work: run each cell, fill in the ones that say `YOUR CODE HERE`, delete their `raise` line, run the test below.
# The class grows method by method: `@patch` puts a function into the class that `self: Tensor` names.
# If you run the class cell of step 1 again, run all cells after it again too.

# %%
#| default_exp core.tensor

# %% given="imports"
#| export
import numpy as np
from fastcore.basics import patch

# %% given="notebook-imports"
import tracemalloc

# %% [markdown]
# ## Step 1 · Hold an array
#
# NumPy spends 8 bytes on a decimal number unless told otherwise:

# %%
pixels = np.array([[0.1, 0.9], [0.5, 0.3]])
pixels.dtype, pixels.nbytes

# %% [markdown]
# Networks get by with half of that. A million weights, in megabytes, as float64 and as float32:

# %%
weights = np.zeros(1_000_000)
weights.nbytes / 1e6, weights.astype(np.float32).nbytes / 1e6

# %% [markdown]
# So a Tensor turns floats into float32. Other numbers keep their type, which NumPy calls *dtype*: a class label is an integer,
# and an image of bytes should not grow fourfold because we looked at it.

# %%
np.asarray([3, 1]).dtype, np.asarray([True]).dtype, np.zeros(4, dtype=np.uint8).nbytes

# %% [markdown]
# And it *wraps*: an array that already has the right type is not copied. `asarray` does that, `array` does not:

# %%
np.asarray(weights) is weights, np.array(weights) is weights

# %% [markdown]
# **Your turn.** Write `Tensor.__init__`:
#
# - `self.data` is an `ndarray`, made from a number, nested lists, an array, or another Tensor's array;
# - floats of any width become float32, integers and bools stay, and an explicit `dtype` overrides both rules;
# - an array that needs no conversion is wrapped, not copied;
# - what is not made of bools, integers or floats (text, `None`) raises `TypeError`;
# - `requires_grad` is stored as given, and `self.grad` starts as `None`. Module 06 uses both.

# %% [markdown]
# <details><summary>Hint</summary>
#
# `array.dtype.kind` is one letter: `b` bool, `i` and `u` integers, `f` floats, anything else is not for us.
# `astype` has a `copy` argument. For a Tensor as input, start from its `.data`.
# </details>

# %% [markdown]
# Two things that NumPy does without a word are refused by helpers that come ready: reading the gaps of a *masked array* (one
# with entries marked as missing) as data, and turning integers that int64 can't hold into floats.

# %% given="refusals"
#| export
def _refuse_masked(data):
    "Raise `TypeError` if `data` is, or contains, a masked array: NumPy's own or another kind."
    if isinstance(data, np.ndarray) and hasattr(type(data), "mask"):
        raise TypeError("a masked array has gaps: fill them first, with array.filled(value)")
    if isinstance(data, (list, tuple)):
        for part in data:
            _refuse_masked(part)

def _refuse_beyond_int64(data):
    "Raise `OverflowError` if `data` is, or contains, a Python integer that int64 can't hold."
    if isinstance(data, int) and not -(2**63) <= data < 2**63:
        raise OverflowError(f"int64 can't hold {data}: name a dtype that can, such as np.uint64")
    if isinstance(data, (list, tuple)):
        for part in data:
            _refuse_beyond_int64(part)

# %% solution="tensor"
#| export
class Tensor:
    """An array of numbers with any number of axes.

    `data` is a number, nested lists, a NumPy array or another Tensor. Floats become float32,
    integers and bools keep their dtype, and `dtype` overrides both. An array that needs no
    conversion is wrapped, not copied. Raises `TypeError` when `data` is masked, or not made of
    bools, integers or floats, and `OverflowError` for Python integers that int64 can't hold,
    unless a `dtype` is given.
    """

    data: np.ndarray
    requires_grad: bool
    grad: "Tensor | None"
    __array_priority__ = 1000  # with a NumPy array on its left, an operator is still ours (step 3)

    def __init__(self, data, requires_grad: bool = False, dtype=None):
        if type(data) is not np.ndarray:  # a plain array has no mask, and its numbers fit
            _refuse_masked(data)
            if dtype is None:
                _refuse_beyond_int64(data)
        ### BEGIN SOLUTION
        array = np.asarray(data.data if isinstance(data, Tensor) else data, dtype=dtype)
        if array.dtype.kind not in "biuf":
            raise TypeError(f"a Tensor holds bools, integers or floats, not {array.dtype} ({type(data).__name__})")
        if dtype is None and array.dtype.kind == "f":
            array = array.astype(np.float32, copy=False)
        self.data = array
        self.requires_grad = requires_grad
        self.grad = None
        ### END SOLUTION

# %% test="tensor-holds" points=5
# Test 1a · 5 points · holds the numbers
found = Tensor.__init__ is not object.__init__
assert found, (
    "Step 1: class Tensor should have the method __init__; it has none: is its `def` indented?"
)
table = Tensor([[1, 2, 3], [4, 5, 6]])
got = type(table.data).__name__
assert isinstance(table.data, np.ndarray), f"Step 1: .data should be an ndarray; it was {got}."
got = table.data.tolist()
assert got == [[1, 2, 3], [4, 5, 6]], (
    f"Step 1: .data should hold [[1, 2, 3], [4, 5, 6]]; it held {got}."
)
assert table.requires_grad is False, (
    f"Step 1: requires_grad should start as False; it was {table.requires_grad}."
)
assert table.grad is None, f"Step 1: grad should start as None; it was {table.grad}."
### BEGIN HIDDEN TESTS
for given, shape in [(7, ()), ([], (0,)), ([[[2], [3]]], (1, 2, 1)), (np.arange(6).reshape(3, 2), (3, 2))]:
    got = Tensor(given).data
    assert isinstance(got, np.ndarray), f"Step 1: .data should be an ndarray also for {given}; it was {type(got)}."
    assert got.shape == shape, f"Step 1: Tensor({given}).data should have the shape {shape}; it had {got.shape}."
    assert np.array_equal(got, np.array(given)), f"Step 1: Tensor({given}).data held {got.tolist()}."
got = Tensor([1, 2], requires_grad=True).requires_grad
assert got is True, f"Step 1: requires_grad=True should be stored; it was {got}."
got = Tensor(Tensor([5, 6])).data
assert isinstance(got, np.ndarray), f"Step 1: the .data of a Tensor made from a Tensor should be an ndarray; it was {type(got)}."
assert got.tolist() == [5, 6], f"Step 1: Tensor(Tensor([5, 6])).data should hold [5, 6]; it held {got.tolist()}."
### END HIDDEN TESTS

# %% test="tensor-float32" points=5
# Test 1b · 5 points · floats become float32
got = Tensor([0.5, 1.5]).data.dtype
assert got == np.float32, f"Step 1: .data of Tensor([0.5, 1.5]) should be float32; it was {got}."
got = Tensor(np.zeros(3)).data.dtype
assert got == np.float32, f"Step 1: a float64 array should become float32; it stayed {got}."
### BEGIN HIDDEN TESTS
for given in [2.5, np.float64(2.5), [[1, 2.0]], np.zeros((2, 0)), np.ones(2, np.float16), np.ones(2, np.float32)]:
    got = Tensor(given).data.dtype
    assert got == np.float32, f"Step 1: Tensor({given!r}) should hold float32; it held {got}."
### END HIDDEN TESTS

# %% test="tensor-integers" points=4
# Test 1c · 4 points · integers and bools stay
got = Tensor([3, 1]).data.dtype
assert got == np.int64, f"Step 1: Tensor([3, 1]) should hold int64; it held {got}."
got = Tensor(np.array([255, 0], dtype=np.uint8)).data.dtype
assert got == np.uint8, f"Step 1: a uint8 array should stay uint8; it became {got}."
### BEGIN HIDDEN TESTS
for want in [np.bool_, np.uint8, np.int8, np.int32, np.int64]:
    got = Tensor(np.ones((2, 2), dtype=want)).data.dtype
    assert got == want, f"Step 1: an array of {np.dtype(want)} should stay that; it became {got}."
got = Tensor([True, False]).data.dtype
assert got == np.bool_, f"Step 1: Tensor([True, False]) should hold bool; it held {got}."
### END HIDDEN TESTS

# %% test="tensor-dtype" points=3
# Test 1d · 3 points · dtype overrides the rule
got = Tensor([0.5], dtype=np.float64).data.dtype
assert got == np.float64, f"Step 1: dtype=np.float64 should give float64; it gave {got}."
### BEGIN HIDDEN TESTS
for given, want in [([1, 2], np.float32), (np.ones(2, np.uint8), np.float64), ([0.5], np.float16), ([1, 0], np.bool_)]:
    got = Tensor(given, dtype=want).data.dtype
    assert got == want, f"Step 1: Tensor({given!r}, dtype={np.dtype(want)}) should hold {np.dtype(want)}; it held {got}."
### END HIDDEN TESTS

# %% test="tensor-wraps" points=3
# Test 1e · 3 points · wraps without a copy
array = np.zeros(3, dtype=np.float32)
got = Tensor(array).data
assert np.shares_memory(got, array), (
    "Step 1: a float32 array should be wrapped; .data is a copy of it: np.array always "
    "copies, and astype does without copy=False."
)
### BEGIN HIDDEN TESTS
for array in [np.arange(4), np.ones((2, 2), np.uint8), np.ones((3, 4), np.float32)[:, ::2], np.ones(2, np.bool_)]:
    got = Tensor(array).data
    assert np.shares_memory(got, array), f"Step 1: an array of {array.dtype} should be wrapped; .data is a copy of it."
array = np.ones(3)
got = Tensor(array, dtype=np.float64).data
assert np.shares_memory(got, array), "Step 1: with dtype=np.float64 a float64 array should be wrapped; .data is a copy."
### END HIDDEN TESTS

# %% test="tensor-numbers-only" points=2
# Test 1f · 2 points · numbers only
raised = None
try:
    Tensor("seven")
except Exception as error:
    raised = error
got = type(raised).__name__ if raised else "no error"
assert isinstance(raised, TypeError), (
    f'Step 1: Tensor("seven") should raise TypeError; what came was {got}.'
)
### BEGIN HIDDEN TESTS
for given in [None, ["a", "b"], {"x": 1}]:
    raised = None
    try:
        Tensor(given)
    except Exception as error:
        raised = error
    got = type(raised).__name__ if raised else "no error"
    assert isinstance(raised, TypeError), f"Step 1: Tensor({given!r}) should raise TypeError; what came was {got}."
### END HIDDEN TESTS

# %% [markdown]
# **Profile.** Does wrapping stay free when the array is large? `peak_bytes` counts what a call allocates:

# %% given="peak-bytes"
def peak_bytes(call):
    """Give the most bytes that were allocated at any one time during `call()`."""
    tracemalloc.start()
    try:
        result = call()  # kept alive until it is counted
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

# %%
big = np.zeros(2_000_000, dtype=np.float32)
big.nbytes, peak_bytes(lambda: Tensor(big)), peak_bytes(lambda: big.copy())

# %% [markdown]
# Eight million bytes wrapped for well under a thousand; the copy pays in full. A conversion should pay for its result once,
# 4 bytes for each new float32, and make no second copy on the way.

# %% test="tensor-bytes" points=4
# Profile 1 · 4 points · bytes
big = np.zeros(2_000_000, dtype=np.float32)
got = peak_bytes(lambda: Tensor(big))
assert got < 10_000, (
    f"Step 1: wrapping an array of 8,000,000 B should allocate under 10,000 B; it took {got:,} B."
)
double = np.zeros(1_000_000)
got = peak_bytes(lambda: Tensor(double))
assert got < 4_010_000, (
    f"Step 1: making 1,000,000 float32 should allocate 4,000,000 B, once; it took {got:,} B."
)
### BEGIN HIDDEN TESTS
image = np.zeros((1000, 1000, 3), dtype=np.uint8)
got = peak_bytes(lambda: Tensor(image))
assert got < 10_000, f"Step 1: wrapping an image of 3,000,000 B should allocate under 10,000 B; it took {got:,} B."
half = np.zeros(500_000, dtype=np.float16)
got = peak_bytes(lambda: Tensor(half))
assert got < 2_010_000, f"Step 1: making 500,000 float32 should allocate 2,000,000 B, once; it took {got:,} B."
### END HIDDEN TESTS

# %% test="tensor-ready" points=0
# The next steps use your Tensor. When the grader finds it broken it lends a working one.
### BEGIN HIDDEN TESTS
def _holds(array, dtype=None):
    held = Tensor(array) if dtype is None else Tensor(array, dtype=dtype)
    want = dtype or (np.float32 if array.dtype.kind == "f" else array.dtype)
    return (
        isinstance(held.data, np.ndarray)
        and held.data.dtype == want
        and np.array_equal(held.data, array)
        and (array.dtype != want or np.shares_memory(held.data, array))
        and held.requires_grad is False
        and held.grad is None
    )


try:
    _works = (
        all(_holds(np.ones((2, 3), kind)) for kind in ["float16", "float32", "float64", "int64", "uint8", "bool"])
        and _holds(np.ones(2), np.float64)
        and _holds(np.ones(2, np.uint8), np.float32)
        and isinstance(Tensor(2.5).data, np.ndarray)
        and Tensor(Tensor([1, 2])).data.tolist() == [1, 2]
        and Tensor.__array_priority__ > 0
    )
except Exception:
    _works = False

if not _works:
    _theirs = globals().get("Tensor")

    class Tensor(_theirs if isinstance(_theirs, type) else object):
        __array_priority__ = 99

        def __init__(self, data, requires_grad=False, dtype=None):
            held = np.asarray(data.data if isinstance(data, Tensor) else data, dtype=dtype)
            if dtype is None and held.dtype.kind == "f":
                held = held.astype(np.float32, copy=False)
            self.data, self.requires_grad, self.grad = held, requires_grad, None
### END HIDDEN TESTS

# %% [markdown]
# ## Step 2 · Say what it holds
#
# Everything about the layout is already in the array. A batch of 2 images, 3 channels, 4 by 5 pixels:

# %%
batch = np.zeros((2, 3, 4, 5), dtype=np.float32)
batch.shape, batch.ndim, batch.size, batch.dtype

# %% [markdown]
# **Your turn.** Pass these four on, then the rest of this step, method by method. `as_prop=True` makes a method read like an
# attribute: `t.shape`, without brackets.
# `size` is an attribute too, the number of elements; in PyTorch it is a method that gives the shape.

# %% [markdown]
# <details><summary>Hint</summary>
#
# Each body is one line that asks `self.data`. A 0-d Tensor holds a single number and has the shape `()`; its `len` raises
# `TypeError`, as the array's does. For `__array__`, at the end of this step, `np.array` takes the same two arguments.
# </details>

# %% solution="shape"
#| export
@patch(as_prop=True)
def shape(self: Tensor) -> tuple:
    "The length along each axis, as a tuple."
    ### BEGIN SOLUTION
    return self.data.shape
    ### END SOLUTION

@patch(as_prop=True)
def ndim(self: Tensor) -> int:
    "The number of axes."
    ### BEGIN SOLUTION
    return self.data.ndim
    ### END SOLUTION

# %% test="shape-ndim" points=4
# Test 2a · 4 points · shape and ndim
t = Tensor(np.zeros((2, 3)))
assert t.shape == (2, 3), f"Step 2: .shape should be (2, 3); it was {t.shape}."
assert t.ndim == 2, f"Step 2: .ndim should be 2; it was {t.ndim}."
### BEGIN HIDDEN TESTS
for want in [(), (0,), (7,), (4, 3, 2, 1)]:
    t = Tensor(np.ones(want))
    assert isinstance(t.shape, tuple), f"Step 2: .shape should be a tuple; it was {type(t.shape).__name__}."
    assert t.shape == want, f"Step 2: .shape should be {want}; it was {t.shape}."
    assert t.ndim == len(want), f"Step 2: .ndim should be {len(want)} for the shape {want}; it was {t.ndim}."
### END HIDDEN TESTS

# %% solution="size"
#| export
@patch(as_prop=True)
def size(self: Tensor) -> int:
    "The number of elements (an attribute, unlike PyTorch's method)."
    ### BEGIN SOLUTION
    return self.data.size
    ### END SOLUTION

@patch(as_prop=True)
def dtype(self: Tensor) -> np.dtype:
    "The NumPy dtype of the elements."
    ### BEGIN SOLUTION
    return self.data.dtype
    ### END SOLUTION

# %% test="size-dtype" points=3
# Test 2b · 3 points · size and dtype
t = Tensor(np.zeros((2, 3)))
assert t.size == 6, f"Step 2: .size of a 2 by 3 Tensor should be 6; it was {t.size}."
assert t.dtype == np.float32, f"Step 2: .dtype should be float32; it was {t.dtype}."
### BEGIN HIDDEN TESTS
for shape, want in [((), 1), ((0, 4), 0), ((5, 1, 3), 15)]:
    got = Tensor(np.ones(shape)).size
    assert got == want, f"Step 2: .size should be {want} for the shape {shape}; it was {got}."
got = Tensor(np.ones(2, np.uint8)).dtype
assert got == np.uint8, f"Step 2: .dtype of a uint8 Tensor should be uint8; it was {got}."
### END HIDDEN TESTS

# %% [markdown]
# `len(t)` is the length of the first axis: how many samples a batch holds. A single number has none, and NumPy says so:

# %%
try:
    len(np.array(3.0))
except TypeError as error:
    print(error)

# %% solution="len-method"
#| export
@patch
def __len__(self: Tensor) -> int:
    "The length of the first axis. Raises `TypeError` for a 0-d Tensor."
    ### BEGIN SOLUTION
    return len(self.data)
    ### END SOLUTION

# %% test="len" points=2
# Test 2c · 2 points · len
got = len(Tensor(np.zeros((2, 3))))
assert got == 2, f"Step 2: len of a 2 by 3 Tensor should be 2; it was {got}."
### BEGIN HIDDEN TESTS
for shape in [(0,), (9,), (4, 1, 7)]:
    got = len(Tensor(np.ones(shape)))
    assert got == shape[0], f"Step 2: len should be {shape[0]} for the shape {shape}; it was {got}."
raised = None
try:
    len(Tensor(3.0))
except Exception as error:
    raised = error
got = type(raised).__name__ if raised else "no error"
assert isinstance(raised, TypeError), f"Step 2: len of a 0-d Tensor should raise TypeError; what came was {got}."
### END HIDDEN TESTS

# %% [markdown]
# A notebook shows the `repr` of a cell's last value. Ours starts with `Tensor(` and shows the numbers and the name of the dtype.
# `np.array2string` writes the numbers, and shortens long arrays:

# %%
np.array2string(np.array([[1.0, 2.0], [3.0, 4.0]]), separator=", ")

# %% solution="repr-method"
#| export
@patch
def __repr__(self: Tensor) -> str:
    "Such as `Tensor([1., 2.], dtype=float32)`."
    ### BEGIN SOLUTION
    numbers = np.array2string(self.data, separator=", ", prefix="Tensor(")
    gradient = ", requires_grad=True" if self.requires_grad else ""
    return f"Tensor({numbers}, dtype={self.data.dtype}{gradient})"
    ### END SOLUTION

# %% test="repr" points=2
# Test 2d · 2 points · repr
got = repr(Tensor([[1.5, 2.25]]))
assert got.startswith("Tensor("), f"Step 2: repr should start with 'Tensor('; it was {got!r}."
assert "1.5" in got and "2.25" in got, f"Step 2: repr should show 1.5 and 2.25; it was {got!r}."
assert "float32" in got, f"Step 2: repr should name the dtype float32; it was {got!r}."
### BEGIN HIDDEN TESTS
got = repr(Tensor(np.array([[17, 4], [8, 250]], dtype=np.uint8)))
for want in ["Tensor(", "17", "250", "uint8"]:
    assert want in got, f"Step 2: repr should contain {want!r}; it was {got!r}."
got = len(repr(Tensor(np.zeros(100_000))))
assert got < 2000, f"Step 2: the repr of 100,000 numbers should be shortened; it had {got:,} characters."
### END HIDDEN TESTS

# %%
Tensor([[1.5, 2.25], [3.0, 4.0]])

# %% [markdown]
# Two ways out: `numpy()` hands over the array itself, no copy; `item()` turns the only element into a Python number.
# With several elements `item()` raises `ValueError`.

# %% solution="item-methods"
#| export
@patch
def numpy(self: Tensor) -> np.ndarray:
    "The array inside, not a copy: what changes one changes the other."
    ### BEGIN SOLUTION
    return self.data
    ### END SOLUTION

@patch
def item(self: Tensor):
    "The only element as a Python number. Raises `ValueError` unless there is exactly one."
    ### BEGIN SOLUTION
    return self.data.item()
    ### END SOLUTION

# %% test="item" points=3
# Test 2e · 3 points · numpy and item
got = Tensor([[2.5]]).item()
assert type(got) is float and got == 2.5, (
    f"Step 2: item() should give the float 2.5; it gave {got!r}."
)
t = Tensor([1, 2])
assert isinstance(t.numpy(), np.ndarray), (
    f"Step 2: numpy() should give an ndarray; it gave {type(t.numpy())}."
)
assert np.shares_memory(t.numpy(), t.data), (
    "Step 2: numpy() should share the Tensor's memory; it gave a copy."
)
### BEGIN HIDDEN TESTS
for given, kind in [(7, int), (True, bool), (0.25, float), ([[9]], int)]:
    got = Tensor(given).item()
    assert type(got) is kind, f"Step 2: Tensor({given}).item() should be a Python {kind.__name__}; it was {type(got)}."
    assert got == np.ravel(given)[0], f"Step 2: Tensor({given}).item() gave {got!r}."
raised = None
try:
    Tensor([1, 2]).item()
except Exception as error:
    raised = error
got = type(raised).__name__ if raised else "no error"
assert isinstance(raised, ValueError), f"Step 2: item() of two elements should raise ValueError; what came was {got}."
### END HIDDEN TESTS

# %% [markdown]
# Python's own `float(t)` and `int(t)` follow from `item()`; NumPy uses them too, for a list of 0-d Tensors such as an epoch's losses.

# %% given="number"
#| export
@patch
def __float__(self: Tensor) -> float:
    "The only element as a float."
    return float(self.item())

@patch
def __int__(self: Tensor) -> int:
    "The only element as an int."
    return int(self.item())

# %% [markdown]
# Last, let NumPy read a Tensor: `np.asarray(t)` calls `t.__array__`. It asks for a `dtype` or for none, and `copy` says
# whether the result must be a copy (`True`), must not be one (`False`: `ValueError` where NumPy can't avoid it), or is one only
# if needed (`None`).

# %% solution="array-method"
#| export
@patch
def __array__(self: Tensor, dtype=None, copy=None) -> np.ndarray:
    "What NumPy's functions call to read a Tensor; `dtype` and `copy` are those of `np.array`."
    ### BEGIN SOLUTION
    return np.array(self.data, dtype=dtype, copy=copy)
    ### END SOLUTION

# %% test="array" points=2
# Test 2f · 2 points · NumPy reads it
t = Tensor([1.0, 4.0])
got = np.asarray(t)
assert got.tolist() == [1.0, 4.0], (
    f"Step 2: np.asarray(t) should hold [1.0, 4.0]; it held {got.tolist()}."
)
assert np.shares_memory(got, t.data), (
    "Step 2: np.asarray(t) should share the Tensor's memory; it is a copy."
)
### BEGIN HIDDEN TESTS
got = np.asarray(Tensor([1, 2]), dtype=np.float64)
assert got.dtype == np.float64, f"Step 2: np.asarray(t, dtype=np.float64) should be float64; it was {got.dtype}."
got = np.stack([Tensor([1, 2]), Tensor([3, 4])])
assert got.tolist() == [[1, 2], [3, 4]], f"Step 2: np.stack of two Tensors should hold [[1, 2], [3, 4]]; it held {got}."
### END HIDDEN TESTS

# %% test="array-copy" points=2
# Test 2g · 2 points · a copy when NumPy asks for one
t = Tensor([1.0, 4.0])
got = np.array(t)
assert not np.shares_memory(got, t.data), (
    "Step 2: np.array(t) should be a copy; it shares the Tensor's memory."
)
### BEGIN HIDDEN TESTS
got = t.__array__(copy=True)
assert not np.shares_memory(got, t.data), "Step 2: t.__array__(copy=True) should be a copy; it shares memory."
### END HIDDEN TESTS

# %% test="shape-ready" points=0
# The next steps use what step 2 wrote. What the grader finds broken, it lends.
### BEGIN HIDDEN TESTS
def _lend(name, works, stand_in):
    try:
        fine = bool(works(Tensor(np.ones((2, 3), np.float32))))
    except Exception:
        fine = False
    if not fine:
        setattr(Tensor, name, stand_in)


_lend("shape", lambda t: t.shape == (2, 3), property(lambda self: self.data.shape))
_lend("ndim", lambda t: t.ndim == 2, property(lambda self: self.data.ndim))
_lend("size", lambda t: t.size == 6, property(lambda self: self.data.size))
_lend("dtype", lambda t: t.dtype == np.float32, property(lambda self: self.data.dtype))
_lend("__len__", lambda t: len(t) == 2, lambda self: len(self.data))
_lend("__repr__", repr, lambda self: f"Tensor({self.data!r})")
_lend("numpy", lambda t: t.numpy() is t.data, lambda self: self.data)
_lend("item", lambda t: Tensor([2.0]).item() == 2.0, lambda self: self.data.item())
_lend("__array__", lambda t: np.array_equal(np.asarray(t), t.data) and np.array(t, dtype=np.float64).sum() == 6,
      lambda self, dtype=None, copy=None: np.array(self.data, dtype=dtype, copy=copy))
del _lend
### END HIDDEN TESTS

# %% [markdown]
# ## Step 3 · Calculate
#
# NumPy stretches shapes to fit each other: a column of 3 and a row of 4 make a table of 3 by 4. That is *broadcasting*.

# %%
column, row = np.array([[0], [10], [20]]), np.array([[0, 1, 2, 3]])
(column + row).shape

# %% [markdown]
# The rule: line the shapes up at their right ends; two lengths fit if they are equal or one of them is 1.
# The picture shows each operand beside the result. Solid cells lie in memory, pale ones are only read again.

# %% tags=["explore"]
import matplotlib.pyplot as plt
from tinytorch.profiling import plots  # gives each figure words, for who cannot see it

parts = {"column": column, "row": row, "column + row": column + row}
highest = (column + row).max()
figure, panels = plt.subplots(1, 3, figsize=(11, 3.6), layout="constrained")
for panel, (title, part) in zip(panels, parts.items(), strict=True):
    table = np.broadcast_to(part, (column + row).shape)
    stored = (np.indices(table.shape) < np.array(part.shape).reshape(2, 1, 1)).all(axis=0)
    opacity = np.where(stored, 1.0, 0.25)
    colours = panel.imshow(table, cmap="cividis", vmin=0, vmax=highest, alpha=opacity)
    for (i, j), number in np.ndenumerate(table):
        ink = "white" if stored[i, j] and number < highest / 2 else "black"
        panel.text(j, i, number, ha="center", va="center", fontsize=15, color=ink)
    panel.set(title=f"{title}: shape {part.shape}")
    panel.set(xlabel="axis 1 (index)", xticks=range(table.shape[1]))
    panel.set(ylabel="axis 0 (index)", yticks=range(table.shape[0]))
figure.suptitle("Solid: lies in memory. Pale: read again, not stored.")
figure.colorbar(colours, ax=panels, label="value (no unit)")
plt.show()

# %% [markdown]
# *In words: left, a column 0, 10, 20 in full colour, repeated three times in pale; middle, a row 0, 1, 2, 3, repeated twice
# in pale; right, all twelve sums from 0 to 23 in full colour.* Change `column` or `row` and run it again.

# %% [markdown]
# One trap. NumPy answers in float64 where whole numbers are divided, or meet a decimal:

# %%
(np.array([1, 2]) / np.array([2, 2])).dtype, (np.array([1, 2]) * 0.5).dtype

# %% [markdown]
# **Your turn.** Every operator needs the same three moves, so write them once. `_compute(np.add, a, b)`
#
# - takes the array out of each operand that is a Tensor, and leaves numbers, lists and arrays as they are;
# - calls the function on them, with the `options`;
# - wraps the result with the dtype that NumPy gave it. One exception: float64 becomes float32,
#   unless an operand is a Tensor or array of float64. A number alone makes no float64, not even an `np.float64`.

# %% [markdown]
# <details><summary>Hint</summary>
#
# NumPy gives a bare scalar for 0-d results; `np.asarray` turns it back. `Tensor(x)` alone would make every float64 a float32:
# tell it the `dtype`. Look for float64 only in operands that are an `np.ndarray`.
# </details>

# %% solution="compute"
#| export
def _compute(function, *operands, **options):
    "A NumPy function of the operands' arrays; float64 only where a Tensor or array among them is."
    _refuse_masked(operands)
    ### BEGIN SOLUTION
    arrays = [operand.data if isinstance(operand, Tensor) else operand for operand in operands]
    result = np.asarray(function(*arrays, **options))
    has_float64 = any(isinstance(array, np.ndarray) and array.dtype == np.float64 for array in arrays)
    if result.dtype == np.float64 and not has_float64:
        result = result.astype(np.float32)
    return Tensor(result, dtype=result.dtype)
    ### END SOLUTION

# %% [markdown]
# Addition comes ready, as the pattern for the rest. Python calls `__add__` for `t + 2` and `__radd__` for `2 + t`:

# %% given="add"
#| export
@patch
def __add__(self: Tensor, other) -> Tensor:
    "self + other, broadcast."
    return _compute(np.add, self, other)

@patch
def __radd__(self: Tensor, other) -> Tensor:
    "other + self, where `other` is not a Tensor."
    return _compute(np.add, other, self)

# %% test="compute-add" points=4
# Test 3a · 4 points · add
got = Tensor([1.0, 2.0]) + Tensor([10.0, 20.0])
assert isinstance(got, Tensor), (
    f"Step 3: Tensor + Tensor should be a Tensor; it was {type(got).__name__}."
)
assert got.data.tolist() == [11.0, 22.0], (
    f"Step 3: the sum should be [11.0, 22.0]; it was {got.data.tolist()}."
)
got = (2 + Tensor([1, 5])).data.tolist()
assert got == [3, 7], f"Step 3: 2 + Tensor([1, 5]) should be [3, 7]; it was {got}."
### BEGIN HIDDEN TESTS
a, b = Tensor(np.array([[1, -2], [3, 4]])), np.array([[5, 6], [7, -8]])
for got in [a + b, b + a, a + b.tolist(), a + Tensor(b)]:
    assert isinstance(got, Tensor), f"Step 3: with an array or a list, + should give a Tensor; it gave {type(got).__name__}."
    assert got.data.tolist() == [[6, 4], [10, -4]], f"Step 3: the sum should be [[6, 4], [10, -4]]; it was {got.data.tolist()}."
got = Tensor(2.0) + Tensor(3.0)
assert isinstance(got.data, np.ndarray), f"Step 3: the .data of a 0-d sum should be an ndarray; it was {type(got.data)}."
assert a.data.tolist() == [[1, -2], [3, 4]], f"Step 3: + should leave its operand alone; it became {a.data.tolist()}."
### END HIDDEN TESTS

# %% test="compute-dtype" points=4
# Test 3b · 4 points · the operands' dtype stays
double = Tensor([1.0], dtype=np.float64)
got = (double + double).data.dtype
assert got == np.float64, f"Step 3: float64 + float64 should stay float64; it became {got}."
got = (Tensor([1, 2]) + 0.5).data.dtype
assert got == np.float32, f"Step 3: int64 + 0.5 should be float32; it was {got}."
### BEGIN HIDDEN TESTS
single, whole, byte = Tensor([1.0]), Tensor([1]), Tensor(np.ones(1, np.uint8))
for name, got, want in [
    ("float32 + 2.0", single + 2.0, np.float32),
    ("float32 + np.float64(2.0)", single + np.float64(2.0), np.float32),
    ("float32 + float64", single + double, np.float64),
    ("float32 + a float64 array", single + np.ones(1), np.float64),
    ("float64 + 1", double + 1, np.float64),
    ("int64 + int64", whole + whole, np.int64),
    ("int64 + float32", whole + single, np.float32),
    ("uint8 + 2", byte + 2, np.uint8),
    ("uint8 + uint8", byte + byte, np.uint8),
]:
    assert got.data.dtype == want, f"Step 3: {name} should give {np.dtype(want)}; it gave {got.data.dtype}."
### END HIDDEN TESTS

# %% test="compute-broadcast" points=3
# Test 3c · 3 points · broadcasting
got = (Tensor(np.zeros((3, 1))) + Tensor(np.zeros((1, 4)))).data.shape
assert got == (3, 4), f"Step 3: shapes (3, 1) and (1, 4) should give (3, 4); they gave {got}."
### BEGIN HIDDEN TESTS
for one, two, want in [((2, 3), (3,), (2, 3)), ((), (4,), (4,)), ((5, 1, 2), (3, 1), (5, 3, 2))]:
    got = (Tensor(np.ones(one)) + Tensor(np.ones(two))).data
    assert got.shape == want, f"Step 3: shapes {one} and {two} should give {want}; they gave {got.shape}."
    assert (got == 2).all(), f"Step 3: ones of {one} plus ones of {two} should be all 2; it was {got.tolist()}."
raised = None
try:
    Tensor([1, 2, 3]) + Tensor([1, 2])
except Exception as error:
    raised = error
got = type(raised).__name__ if raised else "no error"
assert isinstance(raised, ValueError), f"Step 3: shapes (3,) and (2,) should raise ValueError; what came was {got}."
### END HIDDEN TESTS

# %% test="compute-ready" points=0
# The operators use your _compute. When the grader finds it broken it lends a working one.
### BEGIN HIDDEN TESTS
def _computes(left, right, dtype):
    out = _compute(np.multiply, left, right)
    want = np.multiply(getattr(left, "data", left), getattr(right, "data", right))
    return (
        isinstance(out, Tensor)
        and isinstance(out.data, np.ndarray)
        and out.data.dtype == dtype
        and np.array_equal(out.data, want)
    )


try:
    _single, _whole = Tensor(np.ones((2, 1), np.float32)), Tensor(np.full(3, 7))
    _double = Tensor(np.full(3, 2.0), dtype=np.float64)
    _works = (
        _computes(_single, _whole, np.float32)
        and _computes(_whole, 2, np.int64)
        and _computes(2, _single, np.float32)
        and _computes(_double, _single, np.float64)
        and _computes(_double, 2, np.float64)
        and _computes(np.ones(3), _single, np.float64)
        and _computes(Tensor(2.0), Tensor(3.0), np.float32)
        and _compute(np.less, _whole, 8).data.dtype == np.bool_
        and _compute(np.true_divide, _whole, _whole).data.dtype == np.float32
        and _compute(np.sum, _single, axis=0, keepdims=True).data.shape == (1, 1)
    )
except Exception:
    _works = False

if not _works:

    def _compute(function, *operands, **options):
        values = [value.data if isinstance(value, Tensor) else value for value in operands]
        out = np.asarray(function(*values, **options))
        if out.dtype == np.float64 and not any(isinstance(v, np.ndarray) and v.dtype == out.dtype for v in values):
            out = out.astype(np.float32)
        return Tensor(out, dtype=out.dtype)
### END HIDDEN TESTS

# %% [markdown]
# **Your turn.** The other operators follow addition. For subtraction the order matters: `10 - t` is not `t - 10`.

# %% [markdown]
# <details><summary>Hint</summary>
#
# The functions are called `np.subtract`, `np.negative`, `np.multiply`, `np.true_divide`, `np.power` and `np.matmul`.
# In each `__r…__` method `other` stands on the left.
# </details>

# %% solution="subtract-methods"
#| export
@patch
def __sub__(self: Tensor, other) -> Tensor:
    "self - other, broadcast."
    ### BEGIN SOLUTION
    return _compute(np.subtract, self, other)
    ### END SOLUTION

@patch
def __rsub__(self: Tensor, other) -> Tensor:
    "other - self, where `other` is not a Tensor."
    ### BEGIN SOLUTION
    return _compute(np.subtract, other, self)
    ### END SOLUTION

@patch
def __neg__(self: Tensor) -> Tensor:
    "-self"
    ### BEGIN SOLUTION
    return _compute(np.negative, self)
    ### END SOLUTION

# %% test="subtract" points=3
# Test 3d · 3 points · subtract and negate
t = Tensor([1, 5])
for name, compute, want in [
    ("t - 2", lambda: t - 2, [-1, 3]),
    ("2 - t", lambda: 2 - t, [1, -3]),
    ("-t", lambda: -t, [-1, -5]),
]:
    got = compute()
    assert isinstance(got, Tensor), f"Step 3: {name} should be a Tensor; it was {got!r}."
    got = got.data.tolist()
    assert got == want, f"Step 3: for t = Tensor([1, 5]), {name} should be {want}; it was {got}."
### BEGIN HIDDEN TESTS
a, b = np.array([[4.0, 1.0]], np.float32), np.array([[0.5], [8.0]], np.float32)
for name, got in [("Tensor - Tensor", Tensor(a) - Tensor(b)), ("Tensor - array", Tensor(a) - b), ("array - Tensor", a - Tensor(b))]:
    assert isinstance(got, Tensor), f"Step 3: {name} should be a Tensor; it was {type(got).__name__}."
    assert np.array_equal(got.data, a - b), f"Step 3: {name} should be {(a - b).tolist()}; it was {got.data.tolist()}."
got = (-Tensor(a)).data
assert np.array_equal(got, -a) and got.dtype == a.dtype, f"Step 3: -t should be {(-a).tolist()} in float32; it was {got!r}."
### END HIDDEN TESTS

# %% solution="multiply-methods"
#| export
@patch
def __mul__(self: Tensor, other) -> Tensor:
    "self * other, element by element, broadcast."
    ### BEGIN SOLUTION
    return _compute(np.multiply, self, other)
    ### END SOLUTION

@patch
def __rmul__(self: Tensor, other) -> Tensor:
    "other * self, where `other` is not a Tensor."
    ### BEGIN SOLUTION
    return _compute(np.multiply, other, self)
    ### END SOLUTION

# %% test="multiply" points=2
# Test 3e · 2 points · multiply
t = Tensor([2.0, 3.0])
for name, compute, want in [
    ("t * t", lambda: t * t, [4.0, 9.0]),
    ("10 * t", lambda: 10 * t, [20.0, 30.0]),
]:
    got = compute()
    assert isinstance(got, Tensor), f"Step 3: {name} should be a Tensor; it was {got!r}."
    got = got.data.tolist()
    assert got == want, (
        f"Step 3: for t = Tensor([2.0, 3.0]), {name} should be {want}; it was {got}."
    )
### BEGIN HIDDEN TESTS
a, b = np.array([[4, -1]]), np.array([[5], [8]])
for name, got in [("Tensor * Tensor", Tensor(a) * Tensor(b)), ("Tensor * array", Tensor(a) * b), ("array * Tensor", a * Tensor(b))]:
    assert isinstance(got, Tensor), f"Step 3: {name} should be a Tensor; it was {type(got).__name__}."
    assert np.array_equal(got.data, a * b), f"Step 3: {name} should be {(a * b).tolist()}; it was {got.data.tolist()}."
### END HIDDEN TESTS

# %% solution="divide-methods"
#| export
@patch
def __truediv__(self: Tensor, other) -> Tensor:
    "self / other, broadcast; integers divided give float32."
    ### BEGIN SOLUTION
    return _compute(np.true_divide, self, other)
    ### END SOLUTION

@patch
def __rtruediv__(self: Tensor, other) -> Tensor:
    "other / self, where `other` is not a Tensor."
    ### BEGIN SOLUTION
    return _compute(np.true_divide, other, self)
    ### END SOLUTION

# %% test="divide" points=3
# Test 3f · 3 points · divide
t = Tensor([2, 4])
for name, compute, want in [
    ("t / 4", lambda: t / 4, [0.5, 1.0]),
    ("8 / t", lambda: 8 / t, [4.0, 2.0]),
]:
    got = compute()
    assert isinstance(got, Tensor), f"Step 3: {name} should be a Tensor; it was {got!r}."
    got = got.data.tolist()
    assert got == want, f"Step 3: for t = Tensor([2, 4]), {name} should be {want}; it was {got}."
### BEGIN HIDDEN TESTS
a, b = np.array([[4, -1]]), np.array([[5], [8]])
for name, got in [("Tensor / Tensor", Tensor(a) / Tensor(b)), ("array / Tensor", a / Tensor(b))]:
    assert isinstance(got, Tensor), f"Step 3: {name} should be a Tensor; it was {type(got).__name__}."
    assert np.allclose(got.data, a / b), f"Step 3: {name} should be {(a / b).tolist()}; it was {got.data.tolist()}."
    assert got.data.dtype == np.float32, f"Step 3: int64 / int64 should give float32; {name} gave {got.data.dtype}."
got = (Tensor([1.0], dtype=np.float64) / 3).data.dtype
assert got == np.float64, f"Step 3: float64 / 3 should stay float64; it became {got}."
### END HIDDEN TESTS

# %% solution="power-methods"
#| export
@patch
def __pow__(self: Tensor, other) -> Tensor:
    "self ** other, broadcast."
    ### BEGIN SOLUTION
    return _compute(np.power, self, other)
    ### END SOLUTION

@patch
def __rpow__(self: Tensor, other) -> Tensor:
    "other ** self, where `other` is not a Tensor."
    ### BEGIN SOLUTION
    return _compute(np.power, other, self)
    ### END SOLUTION

# %% test="power" points=2
# Test 3g · 2 points · power
t = Tensor([2.0, 3.0])
for name, compute, want in [
    ("t**2", lambda: t**2, [4.0, 9.0]),
    ("2**t", lambda: 2**t, [4.0, 8.0]),
]:
    got = compute()
    assert isinstance(got, Tensor), f"Step 3: {name} should be a Tensor; it was {got!r}."
    got = got.data.tolist()
    assert got == want, (
        f"Step 3: for t = Tensor([2.0, 3.0]), {name} should be {want}; it was {got}."
    )
### BEGIN HIDDEN TESTS
got = (Tensor([1.0, 4.0, 9.0]) ** 0.5).data
assert got.tolist() == [1.0, 2.0, 3.0], f"Step 3: [1, 4, 9] ** 0.5 should be [1, 2, 3]; it was {got.tolist()}."
got = (Tensor([2, 3]) ** Tensor([[3], [1]])).data.tolist()
assert got == [[8, 27], [2, 3]], f"Step 3: [2, 3] ** [[3], [1]] should be [[8, 27], [2, 3]]; it was {got}."
### END HIDDEN TESTS

# %% [markdown]
# `@` is the matrix product, the work of every linear layer: (rows, inner) @ (inner, columns). Unequal inner lengths raise `ValueError`.

# %% solution="matmul-methods"
#| export
@patch
def __matmul__(self: Tensor, other) -> Tensor:
    "self @ other: (..., n, k) @ (..., k, m) gives (..., n, m); `ValueError` if both k differ."
    ### BEGIN SOLUTION
    return _compute(np.matmul, self, other)
    ### END SOLUTION

@patch
def __rmatmul__(self: Tensor, other) -> Tensor:
    "other @ self, where `other` is not a Tensor."
    ### BEGIN SOLUTION
    return _compute(np.matmul, other, self)
    ### END SOLUTION

# %% test="matmul" points=3
# Test 3h · 3 points · matrix product
a, b = np.array([[1, 2], [3, 4]]), np.array([[5, 6], [7, 8]])
got = Tensor(a) @ Tensor(b)
assert isinstance(got, Tensor), f"Step 3: Tensor @ Tensor should be a Tensor; it was {got!r}."
got = got.data.tolist()
assert got == [[19, 22], [43, 50]], (
    f"Step 3: the matrix product should be [[19, 22], [43, 50]]; it was {got}."
)
### BEGIN HIDDEN TESTS
for one, two, want in [((2, 3), (3, 4), (2, 4)), ((3,), (3,), ()), ((5, 2, 3), (3, 1), (5, 2, 1))]:
    got = (Tensor(np.ones(one)) @ Tensor(np.ones(two))).data
    assert got.shape == want, f"Step 3: {one} @ {two} should have the shape {want}; it had {got.shape}."
    assert (got == 3).all(), f"Step 3: ones of {one} @ ones of {two} should be all 3; it was {got.tolist()}."
got = a @ Tensor(b)
assert isinstance(got, Tensor), f"Step 3: array @ Tensor should be a Tensor; it was {type(got).__name__}."
assert got.data.tolist() == (a @ b).tolist(), f"Step 3: array @ Tensor should be {(a @ b).tolist()}; it was {got.data.tolist()}."
raised = None
try:
    Tensor(np.ones((2, 3))) @ Tensor(np.ones((2, 3)))
except Exception as error:
    raised = error
got = type(raised).__name__ if raised else "no error"
assert isinstance(raised, ValueError), f"Step 3: (2, 3) @ (2, 3) should raise ValueError; what came was {got}."
### END HIDDEN TESTS

# %% [markdown]
# A whole layer is now one line: 2 samples of 3 features, 4 outputs, and a bias that broadcasts over the samples.

# %%
x, w, bias = Tensor(np.ones((2, 3))), Tensor(np.full((3, 4), 0.5)), Tensor([0.0, 1.0, 2.0, 3.0])
x @ w + bias

# %% [markdown]
# **Your turn.** Comparisons work element by element too and give a Tensor of bools; counting hits needs just that.
# The functions are `np.equal`, `np.not_equal`, `np.less`, `np.less_equal`, `np.greater`, `np.greater_equal`.

# %% solution="equal-methods"
#| export
@patch
def __eq__(self: Tensor, other):
    "self == other, element by element: a Tensor of bools."
    ### BEGIN SOLUTION
    return _compute(np.equal, self, other)
    ### END SOLUTION

@patch
def __ne__(self: Tensor, other):
    "self != other, element by element: a Tensor of bools."
    ### BEGIN SOLUTION
    return _compute(np.not_equal, self, other)
    ### END SOLUTION

# %% test="equal" points=2
# Test 3i · 2 points · equal and unequal
labels = Tensor([3, 1, 2])
guesses = Tensor([3, 0, 2])
for name, compute in [
    ("labels == guesses", lambda: labels == guesses),
    ("labels != 1", lambda: labels != 1),
]:
    got = compute()
    assert isinstance(got, Tensor), f"Step 3: {name} should be a Tensor of bools; it was {got!r}."
    assert got.data.dtype == np.bool_, (
        f"Step 3: {name} should be of bools; it was of {got.data.dtype}."
    )
    got = got.data.tolist()
    assert got == [True, False, True], (
        f"Step 3: for labels [3, 1, 2], guesses [3, 0, 2], "
        f"{name} should be [True, False, True]; it was {got}."
    )
### BEGIN HIDDEN TESTS
a, b = np.array([[1.0, 2.0]], np.float32), np.array([[1.0], [2.0]], np.float32)
for name, got, want in [("==", Tensor(a) == Tensor(b), a == b), ("!=", Tensor(a) != Tensor(b), a != b)]:
    assert isinstance(got, Tensor), f"Step 3: {name} should give a Tensor; it gave {type(got).__name__}."
    assert np.array_equal(got.data, want), f"Step 3: {name} should give {want.tolist()}; it gave {got.data.tolist()}."
    assert got.data.dtype == np.bool_, f"Step 3: {name} should give bools; it gave {got.data.dtype}."
### END HIDDEN TESTS

# %% solution="order-methods"
#| export
@patch
def __lt__(self: Tensor, other) -> Tensor:
    "self < other, element by element: a Tensor of bools."
    ### BEGIN SOLUTION
    return _compute(np.less, self, other)
    ### END SOLUTION

@patch
def __le__(self: Tensor, other) -> Tensor:
    "self <= other, element by element: a Tensor of bools."
    ### BEGIN SOLUTION
    return _compute(np.less_equal, self, other)
    ### END SOLUTION

@patch
def __gt__(self: Tensor, other) -> Tensor:
    "self > other, element by element: a Tensor of bools."
    ### BEGIN SOLUTION
    return _compute(np.greater, self, other)
    ### END SOLUTION

@patch
def __ge__(self: Tensor, other) -> Tensor:
    "self >= other, element by element: a Tensor of bools."
    ### BEGIN SOLUTION
    return _compute(np.greater_equal, self, other)
    ### END SOLUTION

# %% test="order" points=2
# Test 3j · 2 points · less and greater
t = Tensor([1, 2, 3])
for name, compute, want in [
    ("t < 2", lambda: t < 2, [True, False, False]),
    ("t <= 2", lambda: t <= 2, [True, True, False]),
    ("t > 2", lambda: t > 2, [False, False, True]),
    ("t >= 2", lambda: t >= 2, [False, True, True]),
]:
    got = compute()
    assert isinstance(got, Tensor), f"Step 3: {name} should be a Tensor; it was {got!r}."
    got = got.data.tolist()
    assert got == want, f"Step 3: for t = Tensor([1, 2, 3]), {name} should be {want}; it was {got}."
### BEGIN HIDDEN TESTS
a, b = np.array([[0.5, 2.0]], np.float32), np.array([[0.5], [1.0]], np.float32)
one, two = Tensor(a), Tensor(b)
for name, got, want in [("<", one < two, a < b), ("<=", one <= two, a <= b), (">", one > two, a > b), (">=", one >= two, a >= b)]:
    assert isinstance(got, Tensor), f"Step 3: {name} should give a Tensor; it gave {type(got).__name__}."
    assert np.array_equal(got.data, want), f"Step 3: {name} should give {want.tolist()}; it gave {got.data.tolist()}."
    assert got.data.dtype == np.bool_, f"Step 3: {name} should give bools; it gave {got.data.dtype}."
### END HIDDEN TESTS

# %% [markdown]
# Now `==` no longer answers "is it the same Tensor?", yet sets and dictionaries need that: an optimizer keeps one entry per parameter.
# A class that writes `__eq__` in its body even loses its *hash*, the number by which they find a key:

# %%
class Loses:
    def __eq__(self, other):
        return True

Loses.__hash__

# %% [markdown]
# **Your turn.** Hash by identity, so that every Tensor is its own key whatever numbers it holds. And let `if t:` work for one
# element only: `bool(t)` of several raises `ValueError`, because "all of them?" and "any of them?" are different questions.

# %% [markdown]
# <details><summary>Hint</summary>
#
# `id(x)` is the same number as long as `x` lives. `bool` of an array with several elements raises the right error by itself.
# </details>

# %% solution="hash-methods"
#| export
@patch
def __hash__(self: Tensor) -> int:
    "By identity: each Tensor is its own key, whatever it holds."
    ### BEGIN SOLUTION
    return id(self)
    ### END SOLUTION

@patch
def __bool__(self: Tensor) -> bool:
    "The truth of the only element. Raises `ValueError` when there are several."
    ### BEGIN SOLUTION
    return bool(self.data)
    ### END SOLUTION

# %% test="hash" points=2
# Test 3k · 2 points · hash by identity
a, b = Tensor([1.0]), Tensor([1.0])
assert hash(a) == hash(a), (
    f"Step 3: a Tensor's hash should stay the same; it was {hash(a)}, then {hash(a)}."
)
assert hash(a) != hash(b), (
    f"Step 3: two Tensors should be two keys although they hold the same; both hash to {hash(a)}."
)
### BEGIN HIDDEN TESTS
parameters = [Tensor(np.zeros((2, 2))) for _ in range(20)]
entries = {parameter: place for place, parameter in enumerate(parameters)}
got = [entries[parameter] for parameter in parameters]
assert got == list(range(20)), f"Step 3: 20 Tensors as keys should give back 0 to 19; they gave {got}."
before = hash(parameters[0])
parameters[0].data[:] = 7
got = hash(parameters[0])
assert got == before, f"Step 3: changing the numbers should not change the hash; it went from {before} to {got}."
### END HIDDEN TESTS

# %% test="truth" points=1
# Test 3l · 1 point · truth of one element
got = (bool(Tensor([2.0])), bool(Tensor([0.0])))
assert got == (True, False), (
    f"Step 3: bool of Tensors holding 2.0 and 0.0 should be (True, False); it was {got}."
)
### BEGIN HIDDEN TESTS
assert bool(Tensor(0)) is False, f"Step 3: bool(Tensor(0)) should be False; it was {bool(Tensor(0))}."
raised = None
try:
    bool(Tensor([True, True]))
except Exception as error:
    raised = error
got = type(raised).__name__ if raised else "no error"
assert isinstance(raised, ValueError), f"Step 3: bool of two elements should raise ValueError; what came was {got}."
### END HIDDEN TESTS

# %% test="operators-ready" points=0
# The next steps may use your operators. What the grader finds broken, it lends.
### BEGIN HIDDEN TESTS
def _operator(function, swapped=False):
    def operator(self, *other):
        operands = (*other, self) if swapped else (self, *other)
        return _compute(function, *operands)

    return operator


_a, _b = np.array([[1.0, 2.0], [3.0, 4.0]], np.float32), np.array([[2.0, 3.0], [1.0, 2.0]], np.float32)
for _name, _function in {
    "add": np.add, "sub": np.subtract, "mul": np.multiply, "truediv": np.true_divide, "pow": np.power, "matmul": np.matmul
}.items():
    for _method, _swapped in [(f"__{_name}__", False), (f"__r{_name}__", True)]:
        try:
            _got = getattr(Tensor, _method)(Tensor(_a), Tensor(_b)).data
            _fine = np.array_equal(_got, _function(_b, _a) if _swapped else _function(_a, _b))
        except Exception:
            _fine = False
        if not _fine:
            setattr(Tensor, _method, _operator(_function, _swapped))
try:
    _fine = np.array_equal((-Tensor(_a)).data, -_a)
except Exception:
    _fine = False
if not _fine:
    Tensor.__neg__ = _operator(np.negative)
### END HIDDEN TESTS

# %% [markdown]
# ## Step 4 · Look inside
#
# A row of an array is not a copy. It is a *view*, a second name for the same memory:

# %%
table = np.zeros((3, 4), dtype=np.float32)
second = table[1]
second[:] = 5
table.sum(), np.shares_memory(second, table)

# %% [markdown]
# That is why a dataset of 50,000 images can hand out one image at a time for free. A list of indices or a *mask*, an array of
# bools, is another matter: what they pick lies apart in memory, so NumPy has to copy.

# %%
np.shares_memory(table[[0, 2]], table), np.shares_memory(table[table > 1], table)

# %% [markdown]
# **Your turn.** `t[index]` gives a Tensor of whatever `t.data[index]` is: same dtype, a view where NumPy gives a view.
#
# - an index may itself be a Tensor, as in `t[t > 1]`;
# - one number out of a 1-d Tensor is a 0-d Tensor; an index out of range raises `IndexError`;
# - `for row in t` gives `t[0]`, `t[1]`, …; over a 0-d Tensor it raises `TypeError`.
#
# Assigning, `t[0] = 1`, is left out on purpose: where you must, write to `t.data`. Module 06 shows why that is dangerous.

# %% [markdown]
# <details><summary>Hint</summary>
#
# Only `Tensor(array, dtype=array.dtype)` leaves a float64 as it is. `__iter__` has to *return* an iterator:
# a generator expression over `range(len(self))` is one.
# </details>

# %% solution="getitem-method"
#| export
@patch
def __getitem__(self: Tensor, index) -> Tensor:
    "What `index` names: a view for integers and slices, a copy for masks and lists of indices."
    _refuse_masked(index)
    ### BEGIN SOLUTION
    part = self.data[index.data if isinstance(index, Tensor) else index]
    return Tensor(part, dtype=part.dtype)
    ### END SOLUTION

# %% test="index" points=4
# Test 4a · 4 points · index
t = Tensor(np.arange(12).reshape(3, 4))
got = t[1]
assert isinstance(got, Tensor), f"Step 4: t[1] should be a Tensor; it was {type(got).__name__}."
assert got.data.tolist() == [4, 5, 6, 7], (
    f"Step 4: t[1] should hold [4, 5, 6, 7]; it held {got.data.tolist()}."
)
got = t[0:2, 3].data.tolist()
assert got == [3, 7], f"Step 4: t[0:2, 3] should hold [3, 7]; it held {got}."
### BEGIN HIDDEN TESTS
array = np.arange(24, dtype=np.float64).reshape(2, 3, 4)
t = Tensor(array, dtype=np.float64)
for index in [-1, np.int64(1), (0, 2), (slice(None), 1), (..., 0), slice(None, None, -1), [1, 0], (0, 1, 2), None]:
    got = t[index]
    assert isinstance(got, Tensor), f"Step 4: t[{index}] should be a Tensor; it was {type(got).__name__}."
    assert isinstance(got.data, np.ndarray), f"Step 4: the .data of t[{index}] should be an ndarray; it was {type(got.data)}."
    assert got.data.dtype == np.float64, f"Step 4: t[{index}] of a float64 Tensor should be float64; it was {got.data.dtype}."
    assert np.array_equal(got.data, array[index]), f"Step 4: t[{index}] held {got.data.tolist()}."
got = Tensor([5, 6])[1].data
assert got.shape == () and got == 6, f"Step 4: Tensor([5, 6])[1] should be a 0-d Tensor holding 6; it held {got!r}."
raised = None
try:
    Tensor([5, 6])[2]
except Exception as error:
    raised = error
got = type(raised).__name__ if raised else "no error"
assert isinstance(raised, IndexError), f"Step 4: index 2 of two elements should raise IndexError; what came was {got}."
### END HIDDEN TESTS

# %% test="view" points=3
# Test 4b · 3 points · a view, not a copy
t = Tensor(np.zeros((3, 4)))
assert np.shares_memory(t[1].data, t.data), (
    "Step 4: t[1] should share the memory of t; it is a copy."
)
### BEGIN HIDDEN TESTS
t = Tensor(np.zeros((5, 6), np.uint8))
for index in [0, slice(1, 4), (slice(None), 2), (slice(None, None, 2), slice(3, None))]:
    assert np.shares_memory(t[index].data, t.data), f"Step 4: t[{index}] should share the memory of t; it is a copy."
t[3].data[:] = 9
got = int(t.data[3].sum())
assert got == 54, f"Step 4: writing 9 to the six elements of t[3].data should show in t as 54; t had {got}."
### END HIDDEN TESTS

# %% [markdown]
# **Profile.** What it costs to cut 64 images out of 10,000 should not grow with the images:

# %% test="view-bytes" points=2
# Profile 4 · 2 points · bytes of a slice
images = Tensor(np.zeros((10_000, 28, 28), dtype=np.uint8))
got = peak_bytes(lambda: images[:64])
assert got < 10_000, (
    f"Step 4: a slice of 64 images (50,176 B) should allocate under 10,000 B; it took {got:,} B."
)
### BEGIN HIDDEN TESTS
photos = Tensor(np.zeros((100, 224, 224), dtype=np.uint8))
got = peak_bytes(lambda: [photos[i] for i in range(100)])
assert got < 200_000, f"Step 4: 100 single images (5,017,600 B) should allocate under 200,000 B as views; they took {got:,} B."
got = peak_bytes(lambda: images[1:])
assert got < 10_000, f"Step 4: a slice of 9,999 images should allocate under 10,000 B; it took {got:,} B."
### END HIDDEN TESTS

# %% test="index-tensor" points=2
# Test 4c · 2 points · a Tensor as index
t = Tensor([10.0, 20.0, 30.0])
got = t[Tensor([True, False, True])].data.tolist()
assert got == [10.0, 30.0], (
    f"Step 4: the mask True, False, True should pick [10.0, 30.0]; it picked {got}."
)
### BEGIN HIDDEN TESTS
got = Tensor(np.arange(6).reshape(3, 2))[Tensor([2, 0])].data.tolist()
assert got == [[4, 5], [0, 1]], f"Step 4: the index Tensor([2, 0]) should pick [[4, 5], [0, 1]]; it picked {got}."
### END HIDDEN TESTS

# %% solution="iter-method"
#| export
@patch
def __iter__(self: Tensor):
    "Give `self[0]`, `self[1]`, … Raises `TypeError` for a 0-d Tensor."
    ### BEGIN SOLUTION
    return (self[i] for i in range(len(self)))
    ### END SOLUTION

# %% test="iterate" points=2
# Test 4d · 2 points · iterate
rows = [row for row in Tensor([[1, 2], [3, 4]])]
assert all(isinstance(row, Tensor) for row in rows), (
    f"Step 4: a loop should give Tensors; it gave {[type(r) for r in rows]}."
)
got = [row.data.tolist() for row in rows]
assert got == [[1, 2], [3, 4]], (
    f"Step 4: a loop should give the rows [1, 2] and [3, 4]; it gave {got}."
)
### BEGIN HIDDEN TESTS
first, second, third = Tensor([7, 8, 9])
got = [first.data.tolist(), second.data.tolist(), third.data.tolist()]
assert got == [7, 8, 9], f"Step 4: Tensor([7, 8, 9]) should unpack into 7, 8, 9; it gave {got}."
got = len(list(Tensor(np.zeros((0, 3)))))
assert got == 0, f"Step 4: a Tensor of the shape (0, 3) has no rows; a loop gave {got}."
raised = None
try:
    list(Tensor(5.0))
except Exception as error:
    raised = error
got = type(raised).__name__ if raised else "no error"
assert isinstance(raised, TypeError), f"Step 4: a loop over a 0-d Tensor should raise TypeError; what came was {got}."
### END HIDDEN TESTS

# %% [markdown]
# ## Step 5 · Sum up and rearrange
#
# To *reduce* along an axis is to squeeze it away. `keepdims` leaves it behind with length 1, ready to broadcast:

# %%
scores = np.array([[1.0, 3.0], [5.0, 7.0], [2.0, 2.0]])
scores.sum(axis=0), scores.sum(axis=1).shape, scores.sum(axis=1, keepdims=True).shape

# %% [markdown]
# Small integers need care, a sum of bytes soon passes 255. NumPy widens them, bytes to *unsigned* 64 bits; we take int64, as PyTorch does:

# %%
np.full(3, 200, dtype=np.uint8).sum().dtype, np.array([True, True, False]).sum()

# %% [markdown]
# **Your turn.** `axis` is an integer, a tuple of them, or `None` for all.
#
# - `sum` of bools and of integers is int64; of floats it keeps the dtype;
# - `mean` keeps a float dtype; of bools and integers it is float32 (PyTorch raises an error there);
# - `max` keeps the dtype and gives the values alone (PyTorch adds their places when there is an axis).
#
# PyTorch calls them `dim` and `keepdim`, but takes `axis`, too.

# %% [markdown]
# <details><summary>Hint</summary>
#
# `_compute` passes options on: `axis`, `keepdims`, and for `np.sum` also a `dtype`; `None` there means NumPy's own choice.
# </details>

# %% solution="sum-method"
#| export
@patch
def sum(self: Tensor, axis=None, keepdims=False) -> Tensor:
    "The sum along `axis`, or of all elements; of bools and integers as int64."
    ### BEGIN SOLUTION
    wide = np.int64 if self.data.dtype.kind in "biu" else None
    return _compute(np.sum, self, axis=axis, keepdims=keepdims, dtype=wide)
    ### END SOLUTION

# %% test="sum" points=3
# Test 5a · 3 points · sum
t = Tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
got = t.sum()
assert isinstance(got, Tensor), f"Step 5: t.sum() should be a Tensor; it was {got!r}."
got = got.data.tolist()
assert got == 21.0, f"Step 5: the sum of 1 to 6 should be 21.0; it was {got}."
got = t.sum(axis=0).data.tolist()
assert got == [5.0, 7.0, 9.0], f"Step 5: sum(axis=0) should be [5.0, 7.0, 9.0]; it was {got}."
### BEGIN HIDDEN TESTS
array = np.arange(24, dtype=np.float64).reshape(2, 3, 4)
for axis, keepdims in [(None, False), (None, True), (1, False), (-1, True), ((0, 2), False), ((0, 2), True)]:
    got, want = Tensor(array, dtype=np.float64).sum(axis=axis, keepdims=keepdims), array.sum(axis=axis, keepdims=keepdims)
    assert isinstance(got, Tensor), f"Step 5: sum should give a Tensor; it gave {type(got).__name__}."
    assert got.data.shape == want.shape, f"Step 5: sum({axis=}, {keepdims=}) should have the shape {want.shape}; it had {got.data.shape}."
    assert np.array_equal(got.data, want), f"Step 5: sum({axis=}, {keepdims=}) should be {want.tolist()}; it was {got.data.tolist()}."
    assert got.data.dtype == np.float64, f"Step 5: the sum of float64 should stay float64; it became {got.data.dtype}."
### END HIDDEN TESTS

# %% test="sum-integers" points=1
# Test 5b · 1 point · sum of integers and bools
got = Tensor(np.full(3, 200, dtype=np.uint8)).sum()
assert isinstance(got, Tensor), f"Step 5: the sum of bytes should be a Tensor; it was {got!r}."
got = got.data
assert got == 600 and got.dtype == np.int64, (
    f"Step 5: the sum of three bytes 200 should be 600 as int64; it was {got!r}."
)
### BEGIN HIDDEN TESTS
for dtype in [np.bool_, np.int8, np.int32, np.int64]:
    got = Tensor(np.ones((150, 2), dtype)).sum(axis=0).data
    assert got.tolist() == [150, 150], f"Step 5: the sum of 150 ones of {np.dtype(dtype)} should be 150; it was {got.tolist()}."
    assert got.dtype == np.int64, f"Step 5: the sum of {np.dtype(dtype)} should be int64; it was {got.dtype}."
### END HIDDEN TESTS

# %% solution="mean-method"
#| export
@patch
def mean(self: Tensor, axis=None, keepdims=False) -> Tensor:
    "The mean along `axis`, or of all elements; of bools and integers as float32."
    ### BEGIN SOLUTION
    return _compute(np.mean, self, axis=axis, keepdims=keepdims)
    ### END SOLUTION

# %% test="mean" points=2
# Test 5c · 2 points · mean
got = Tensor([[1.0, 2.0], [3.0, 6.0]]).mean(axis=1)
assert isinstance(got, Tensor), f"Step 5: mean(axis=1) should be a Tensor; it was {got!r}."
got = got.data.tolist()
assert got == [1.5, 4.5], (
    f"Step 5: the rows [1, 2] and [3, 6] have the means [1.5, 4.5]; mean(axis=1) was {got}."
)
### BEGIN HIDDEN TESTS
for given, want in [(np.float32, np.float32), (np.float64, np.float64), (np.int64, np.float32), (np.bool_, np.float32)]:
    array = np.array([[0, 1, 1], [1, 0, 0]], dtype=given)
    for axis, keepdims in [(None, False), (0, True), ((0, 1), True), (-1, False)]:
        got, right = Tensor(array, dtype=given).mean(axis=axis, keepdims=keepdims).data, array.mean(axis=axis, keepdims=keepdims)
        assert got.shape == right.shape, f"Step 5: mean({axis=}, {keepdims=}) should have the shape {right.shape}; it had {got.shape}."
        assert np.allclose(got, right), f"Step 5: mean({axis=}, {keepdims=}) should be {right.tolist()}; it was {got.tolist()}."
        assert got.dtype == want, f"Step 5: the mean of {np.dtype(given)} should be {np.dtype(want)}; it was {got.dtype}."
got = Tensor([[1.0, 2.0], [3.0, 6.0]]).mean().data.tolist()
assert got == 3.0, f"Step 5: mean() without an axis is that of all elements, 3.0 here; it was {got}."
### END HIDDEN TESTS

# %% solution="max-method"
#| export
@patch
def max(self: Tensor, axis=None, keepdims=False) -> Tensor:
    "The largest value along `axis`, or of all elements: the values alone, unlike PyTorch."
    ### BEGIN SOLUTION
    return _compute(np.max, self, axis=axis, keepdims=keepdims)
    ### END SOLUTION

# %% test="max" points=2
# Test 5d · 2 points · max
got = Tensor([[1, 9], [7, 3]]).max(axis=0)
assert isinstance(got, Tensor), f"Step 5: max(axis=0) should be a Tensor; it was {got!r}."
got = got.data.tolist()
assert got == [7, 9], f"Step 5: max(axis=0) should be [7, 9]; it was {got}."
### BEGIN HIDDEN TESTS
array = np.array([[[-1.0, -9.0], [-7.0, -3.0]]])
for axis, keepdims in [(None, False), (1, False), (2, True), ((0, 1), False), (None, True)]:
    got, want = Tensor(array, dtype=np.float64).max(axis=axis, keepdims=keepdims).data, array.max(axis=axis, keepdims=keepdims)
    assert got.shape == want.shape, f"Step 5: max({axis=}, {keepdims=}) should have the shape {want.shape}; it had {got.shape}."
    assert np.array_equal(got, want), f"Step 5: max({axis=}, {keepdims=}) should be {want.tolist()}; it was {got.tolist()}."
    assert got.dtype == np.float64, f"Step 5: the max of float64 should stay float64; it became {got.dtype}."
got = Tensor([[1, 9], [7, 3]]).max().data.tolist()
assert got == 9, f"Step 5: max() without an axis is the largest of all elements, 9 here; it was {got}."
### END HIDDEN TESTS

# %% [markdown]
# Rearranging moves no numbers. NumPy changes only the *strides*: how many bytes lie between neighbours along each axis.

# %%
small = np.arange(12, dtype=np.float32).reshape(3, 4)
small.strides, small.swapaxes(0, 1).strides

# %% [markdown]
# **Your turn.** Both keep the dtype and share memory where NumPy does.
#
# - `reshape` takes the lengths one by one or as one tuple; a single -1 stands for "whatever is left", and a shape that does not fit raises `ValueError`;
# - `transpose(dim0, dim1)` swaps two axes as PyTorch's does; without arguments, the last two.

# %% [markdown]
# <details><summary>Hint</summary>
#
# The array's own `reshape` takes both spellings. For the other one, look at what was called just above; axes may be negative.
# </details>

# %% solution="reshape-methods"
#| export
@patch
def reshape(self: Tensor, *shape) -> Tensor:
    "The same elements in another shape, `(2, -1)` or `2, -1`; `ValueError` if it does not fit."
    ### BEGIN SOLUTION
    return Tensor(self.data.reshape(*shape), dtype=self.data.dtype)
    ### END SOLUTION

@patch
def transpose(self: Tensor, dim0=-2, dim1=-1) -> Tensor:
    "Two axes swapped, the last two unless named: a view. `ValueError` if there is no such axis."
    ### BEGIN SOLUTION
    return Tensor(self.data.swapaxes(dim0, dim1), dtype=self.data.dtype)
    ### END SOLUTION

# %% test="reshape" points=2
# Test 5e · 2 points · reshape
t = Tensor([1, 2, 3, 4, 5, 6])
got = t.reshape(2, 3)
assert isinstance(got, Tensor), f"Step 5: reshape(2, 3) should give a Tensor; it gave {got!r}."
got = got.data.tolist()
assert got == [[1, 2, 3], [4, 5, 6]], (
    f"Step 5: reshape(2, 3) should give [[1, 2, 3], [4, 5, 6]]; it gave {got}."
)
### BEGIN HIDDEN TESTS
array = np.arange(24, dtype=np.float64).reshape(4, 6)
t = Tensor(array, dtype=np.float64)
for arguments, want in [((2, -1), (2, 12)), (((3, 8),), (3, 8)), ((-1,), (24,)), (((2, 3, -1),), (2, 3, 4))]:
    got = t.reshape(*arguments).data
    assert got.shape == want, f"Step 5: reshape{arguments} of 24 elements should have the shape {want}; it had {got.shape}."
    assert np.array_equal(got, array.reshape(want)), f"Step 5: reshape{arguments} changed the order of the elements."
    assert got.dtype == np.float64, f"Step 5: reshape of float64 should stay float64; it became {got.dtype}."
    assert np.shares_memory(got, array), f"Step 5: reshape{arguments} should share memory here; it is a copy."
raised = None
try:
    t.reshape(5, 5)
except Exception as error:
    raised = error
got = type(raised).__name__ if raised else "no error"
assert isinstance(raised, ValueError), f"Step 5: 24 elements as (5, 5) should raise ValueError; what came was {got}."
### END HIDDEN TESTS

# %% test="transpose" points=2
# Test 5f · 2 points · transpose
got = Tensor([[1, 2, 3], [4, 5, 6]]).transpose()
assert isinstance(got, Tensor), f"Step 5: transpose() should give a Tensor; it gave {got!r}."
got = got.data.tolist()
assert got == [[1, 4], [2, 5], [3, 6]], (
    f"Step 5: transpose() should give [[1, 4], [2, 5], [3, 6]]; it gave {got}."
)
### BEGIN HIDDEN TESTS
array = np.arange(24, dtype=np.float64).reshape(2, 3, 4)
t = Tensor(array, dtype=np.float64)
for arguments, axes in [((), (1, 2)), ((0, 1), (0, 1)), ((2, 0), (0, 2)), ((-1, 0), (0, 2))]:
    got, want = t.transpose(*arguments).data, array.swapaxes(*axes)
    assert got.shape == want.shape, f"Step 5: transpose{arguments} of (2, 3, 4) should be {want.shape}; it was {got.shape}."
    assert np.array_equal(got, want), f"Step 5: transpose{arguments} should give {want.tolist()}; it gave {got.tolist()}."
    assert got.dtype == np.float64, f"Step 5: transpose of float64 should stay float64; it became {got.dtype}."
    assert np.shares_memory(got, array), f"Step 5: transpose{arguments} should share memory; it is a copy."
### END HIDDEN TESTS

# %% [markdown]
# Four Tensors, one memory of twelve numbers, 48 bytes. Coloured cells are read, in the order of the digits:

# %% tags=["explore"]
import matplotlib.pyplot as plt

t = Tensor(np.arange(12, dtype=np.float32)).reshape(3, 4)  # each number is its own place in memory
readings = {"t": t, "t[1]": t[1], "t[:, 1]": t[:, 1], "t.transpose()": t.transpose()}
figure, strips = plt.subplots(4, 1, figsize=(11, 5), sharex=True, layout="constrained")
colours = ["#56B4E9", "#E69F00", "#009E73", "#F0E442"]
for strip, (name, view), colour in zip(strips, readings.items(), colours, strict=True):
    order = {int(place): turn for turn, place in enumerate(view.data.ravel(), start=1)}
    for place in range(12):
        fill = colour if place in order else "white"
        strip.bar(4 * place, 1, width=4, align="edge", edgecolor="black", color=fill)
        strip.text(4 * place + 2, 0.5, order.get(place, ""), ha="center", va="center", fontsize=14)
    strip.set(title=f"{name}: shape {view.shape}, strides {view.data.strides} bytes")
    strip.set(yticks=[], ylim=(0, 1), xlim=(0, 48))
    assert np.shares_memory(view.data, t.data)
strips[-1].set(xlabel="offset in memory (bytes)", xticks=range(0, 49, 4))
plt.show()

# %% [markdown]
# *In words: four strips of twelve cells. `t` reads all from left to right; `t[1]` the middle four; `t[:, 1]` three cells, every
# fourth; `t.transpose()` all twelve, but jumping 16 bytes at a time: 1, 4, 7, 10 in the first four cells.*

# %% [markdown]
# ## All together
#
# Three images of 2 by 2 bytes, with nothing but your class: which of them show anything? Where all pixels are equal, the spread
# is 0.

# %%
pixels = [[[0, 10], [20, 30]], [[90, 80], [70, 60]], [[5, 5], [5, 5]]]
images = Tensor(np.array(pixels, dtype=np.uint8))
flat = images.reshape(3, -1) / 255
centred = flat - flat.mean(axis=1, keepdims=True)
images.dtype, centred.dtype, centred.shape

# %%
spread = (centred**2).mean(axis=1)
flat[spread > 0].shape

# %% [markdown]
# ## PyTorch's other names
#
# Code that you will read calls methods you have not written. They come ready, and most are made of yours. Two read like attributes:
# `t.T`, and `t.mT` for the last two axes.

# %% given="shape-names"
#| export
@patch
def view(self: Tensor, *shape) -> Tensor:
    "The same as `reshape`."
    return self.reshape(*shape)

def _axis(dim, ndim):
    "The number of an axis, counted from the front. Raises `IndexError` if there is none."
    if not -ndim <= dim < ndim:
        raise IndexError(f"there is no axis {dim} where there are {ndim}")
    return range(ndim)[dim]

@patch
def flatten(self: Tensor, start_dim: int = 0, end_dim: int = -1) -> Tensor:
    "The axes from `start_dim` to `end_dim` as one: `images.flatten(1)` gives a row for each image."
    shape = self.shape or (1,)
    start, end = (_axis(dim, len(shape)) for dim in (start_dim, end_dim))
    if start > end:
        raise ValueError(f"start_dim={start_dim} comes after end_dim={end_dim}")
    return self.reshape(*shape[:start], int(np.prod(shape[start : end + 1])), *shape[end + 1 :])

@patch
def unsqueeze(self: Tensor, dim: int) -> Tensor:
    "With one axis more, of length 1, at `dim`."
    return self.reshape(np.expand_dims(self.data, dim).shape)

@patch
def squeeze(self: Tensor, dim=None) -> Tensor:
    "Without the axes of length 1; with `dim`, only without that one, if its length is 1."
    dropped = range(self.ndim) if dim is None else [_axis(dim, self.ndim)]
    kept = [n for axis, n in enumerate(self.shape) if n != 1 or axis not in dropped]
    return self.reshape(tuple(kept))

# %%
Tensor(np.zeros((2, 3, 4))).flatten(1).shape, Tensor([1, 2]).unsqueeze(-1).shape

# %% given="order-names"
#| export
@patch
def permute(self: Tensor, *dims) -> Tensor:
    "The axes in another order, `t.permute(2, 0, 1)` or `t.permute((2, 0, 1))`: a view."
    order = dims[0] if len(dims) == 1 and np.iterable(dims[0]) else dims
    return _compute(np.transpose, self, axes=order)

@patch(as_prop=True)
def T(self: Tensor) -> Tensor:
    "The axes from last to first: a view."
    return self.permute(range(self.ndim)[::-1])

@patch(as_prop=True)
def mT(self: Tensor) -> Tensor:
    "The last two axes swapped: a view."
    return self.transpose()

@patch
def contiguous(self: Tensor) -> Tensor:
    "This Tensor if its elements lie in memory in order, else a copy of which they do."
    return self if self.data.flags.c_contiguous else _compute(np.ascontiguousarray, self)

# %%
photo = Tensor(np.zeros((32, 48, 3), dtype=np.uint8))  # height, width, channels
photo.permute(2, 0, 1).shape, photo.permute(2, 0, 1).contiguous().data.strides

# %% given="number-names"
#| export
@patch
def matmul(self: Tensor, other) -> Tensor:
    "The same as `self @ other`."
    return self @ other

@patch
def sqrt(self: Tensor) -> Tensor:
    "The square root of each element."
    return self**0.5

@patch
def exp(self: Tensor) -> Tensor:
    "e to the power of each element."
    return _compute(np.exp, self)

@patch
def log(self: Tensor) -> Tensor:
    "The natural logarithm of each element."
    return _compute(np.log, self)

@patch
def abs(self: Tensor) -> Tensor:
    "Each element without its sign."
    return _compute(np.abs, self)

# %% given="choice-names"
#| export
@patch
def clamp(self: Tensor, min=None, max=None) -> Tensor:
    "Each element, but none below `min` and none above `max`."
    return _compute(np.clip, self, min, max)

@patch
def masked_fill(self: Tensor, mask, value) -> Tensor:
    "A copy with `value` where `mask`, of bools, is True; the mask broadcasts."
    _refuse_masked([mask, value])
    if np.asarray(mask).dtype != bool:
        raise TypeError(f"a mask is made of bools, not {np.asarray(mask).dtype}")
    return _compute(np.where, mask, self.dtype.type(value), self)

@patch
def min(self: Tensor, axis=None, keepdims=False) -> Tensor:
    "The smallest value along `axis`, or of all elements."
    return _compute(np.min, self, axis=axis, keepdims=keepdims)

@patch
def argmax(self: Tensor, axis=None, keepdims=False) -> Tensor:
    "The place of the largest value along `axis`, or among all elements; of equal ones the first."
    return _compute(np.argmax, self, axis=axis, keepdims=keepdims)

@patch
def all(self: Tensor, axis=None, keepdims=False) -> Tensor:
    "Whether all are true."
    return _compute(np.all, self, axis=axis, keepdims=keepdims)

@patch
def any(self: Tensor, axis=None, keepdims=False) -> Tensor:
    "Whether any is true."
    return _compute(np.any, self, axis=axis, keepdims=keepdims)

# %%
scores, labels = Tensor([[0.1, 0.9], [0.8, 0.2]]), Tensor([1, 1])
scores.argmax(axis=1) == labels, (scores.argmax(axis=1) == labels).mean()

# %% given="copy-names"
#| export
@patch
def clone(self: Tensor) -> Tensor:
    "A copy with memory of its own."
    return _compute(np.array, self)

@patch
def detach(self: Tensor) -> Tensor:
    "The same memory in a Tensor that wants no gradient."
    return Tensor(self.data, dtype=self.dtype)

@patch
def tolist(self: Tensor):
    "Nested lists of Python numbers; a single number from a 0-d Tensor."
    return self.data.tolist()

@patch
def numel(self: Tensor) -> int:
    "The number of elements, as `size` says here."
    return self.size

@patch
def dim(self: Tensor) -> int:
    "The number of axes, as `ndim`."
    return self.ndim

# %% [markdown]
# ## Beside PyTorch
#
# | here | PyTorch |
# |---|---|
# | `Tensor(array)` shares the array, float64 becomes float32 | `torch.tensor` copies, `torch.from_numpy` shares; both keep float64 arrays |
# | `t.size` is a number | `t.numel()`; `t.size()` is the shape |
# | `t.max(axis=0)` gives values | `t.max(dim=0)` gives values and their places |
# | `mean` of integers is float32 | an error |
# | `t.transpose()` swaps the last two axes | needs both axes; `t.mT` swaps the last two |
# | `t.view(6)` is `t.reshape(6)` | an error where that would copy |
# | a masked array is refused | its gaps become data |
# | no `t[0] = …` | allowed, and tracked |

# %% [markdown]
# ## What you take with you
#
# - A Tensor is an array plus rules: what becomes float32, what stays, who owns the memory.
# - float32 halves the bytes of float64. A view costs a few hundred bytes, however much it shows.
# - Broadcasting reads the same numbers again instead of storing them twice.
# - Shape and strides describe memory; changing them moves nothing.

# %% [markdown]
# Checklist, can you say it without looking?
#
# - [ ] Why does `Tensor([1, 2]) * 0.5` not become float64?
# - [ ] Which of `t[0]`, `t[[0]]`, `t.reshape(-1)` share memory with `t`?
# - [ ] What shape do (5, 1, 2) and (3, 1) give together?
# - [ ] Why does an optimizer need Tensors that hash by identity?

# %% [markdown]
# **Next: 02 · Activations.** ReLU and its relatives take one of these Tensors and bend it.

# %% [markdown]
# **On Binder?** *File → Download* now. The session is temporary, and your notebook is saved nowhere else.

# %% [markdown]
# # 09 · Convolutions
#
# > A small window looks at the image, place after place, always with the same eyes.
#
# **Core tier · difficulty 4 of 4 · 3 to 4 hours · after 01 to 08**
#
# On Binder this session is temporary. Whatever you write here goes when it ends, so download your notebook
# (*File → Download*) before you leave.

# %% tags=["explore"]
# Run this cell first. From then on it says which steps pass, and how many visible points that is.
from tinytorch.panel import show_panel

show_panel("09")

# %% [markdown]
# The tests that you see are examples: when graded, each also tries other values that follow from the text. *Visible points*
# are those of the tests as you see them, so go by the text, and not by the tests alone.

# %%
#| default_exp core.convolutions

# %% given="imports"
#| export
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from tinytorch.core.autograd import _differentiable
from tinytorch.core.layers import Layer
from tinytorch.core.tensor import Tensor

# %% given="tools"
import sys

from tinytorch.core.autograd import _gradient_error, _gradients
from tinytorch.profiling import kept_bytes, peak_bytes, seconds_per_call

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
# The model of module 08, an MLP (Linear, ReLU, Linear), sees 64 numbers in a row. Shuffle the pixels of all digits in the same
# way, and it learns just as well: it
# does not know which pixels are neighbours. A *convolution* does.

# %% tags=["explore"]
import matplotlib.pyplot as plt
from tinytorch.profiling import plots

frame = {"axes.spines.top": True, "axes.spines.right": True}  # around images
plt.rcParams.update(plots.STYLE | frame)
chain = {"Image": "(N, C, H, W)", "Conv2d": "what is where?", "ReLU": "",
         "MaxPool2d": "the strongest", "Flatten": "(N, features)", "Linear": "which digit?"}
yours = ["Conv2d", "MaxPool2d", "Flatten"]
plots.draw_chain(chain, title="You build the blue boxes", highlight=yours);

# %% [markdown]
# | step | you write | the idea |
# |---|---|---|
# | 1 | `_output_size`, `_slow_convolution` | what a convolution is, in loops |
# | 2 | `_windows`, `_columns` | every window at once, without a copy; then as a matrix |
# | 3 | `Conv2d` | the loops become one matrix product |
# | 4 | `_fold`, Conv2d's rule | backward: where windows overlap, add |
# | 5, 6 | `MaxPool2d`, `AvgPool2d` | smaller images, their rules |
# | 7 | `Flatten` | from images to rows |

# %% [markdown]
# Then a small *CNN*, a convolutional neural network, reads the digits. The MLP of module 08 read about 98 of 100 test digits;
# the CNN makes about half as many mistakes.

# %% [markdown]
# ## Step 1 · A window slides over the image
#
# A *kernel* is a small table of weights. Lay it on the image, multiply, add up: one number of the result. Move it by one pixel, and again.
# This kernel asks "more ink to the right?":

# %% tags=["explore"]
from tinytorch.datasets import load_digits

images, labels = load_digits()
digit, edge = images[0], np.array([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]])
answer = np.array([[(digit[i:i + 3, j:j + 3] * edge).sum() for j in range(6)] for i in range(6)])
figure, panels = plt.subplots(1, 3, figsize=(10, 3.4), layout="constrained", width_ratios=[8, 3, 6])
panels[0].imshow(digit, cmap="Greys", vmin=0, vmax=1)
for panel, table in zip(panels[1:], [edge, answer]):
    panel.imshow(table, cmap="PuOr", vmin=-4, vmax=4)
for panel, title in zip(panels, ["image, 8 x 8", "kernel", "result, 6 x 6"]):
    panel.set(title=title, xticks=[], yticks=[])
panels[0].add_patch(plt.Rectangle((1.5, 0.5), 3, 3, fill=False, color="#56B4E9", lw=4))
panels[2].add_patch(plt.Rectangle((1.5, 0.5), 1, 1, fill=False, color="#56B4E9", lw=4))
for (row, column), weight in np.ndenumerate(edge):
    panels[1].text(column, row, f"{weight:g}", ha="center", va="center")
plt.show()

# %% [markdown]
# *In words: a zero, a kernel, the result: purple (positive) where ink begins from left to right, orange (negative) where it ends.*
# The window of nine pixels in the blue frame makes the framed pixel of the result.

# %% [markdown]
# Two numbers say how the window moves. *Padding* puts rows of zeros around the image first. *Stride* is how far it moves at a time. So along one axis
#
# result = (length + 2 · padding - kernel) // stride + 1
#
# windows fit in; what is left over at the end is not seen.

# %% [markdown]
# Sizes come as an int, or as a pair (height, width). This makes pairs of both:

# %% given="pair"
#| export
def _pair(value):
    "An int n as (n, n); a pair as a tuple."
    return tuple(value) if isinstance(value, (tuple, list)) else (value, value)

# %% [markdown]
# An array or a list in the place of a Tensor is refused by a line that each layer comes with:

# %% given="refuse-others"
#| export
def _refuse_others(x):
    "Raise `TypeError` if the images are no Tensor."
    if not isinstance(x, Tensor):
        raise TypeError(f"images come as a Tensor, not {type(x).__name__}: write Tensor(...)")

# %% [markdown]
# **Your turn.** `_output_size(size, kernel, stride, padding)` takes four pairs and gives the pair (height, width) of the result, two ints.
#
# - A kernel that is larger than the padded image, in either direction: `ValueError` whose message holds `kernel` and `size`, such as
#   `(3, 3)` and `(2, 8)`.
# - A stride below 1: `ValueError`.

# %% [markdown]
# <details><summary>Hint</summary>
#
# `zip(size, kernel, stride, padding)` gives the four numbers of each axis together. A kernel does not fit when
# `length + 2 * padding - kernel` is negative.
# </details>

# %% solution="output-size"
#| export
def _output_size(size, kernel, stride=(1, 1), padding=(0, 0)):
    "Height and width of the result. `ValueError` if a kernel does not fit or a stride is below 1."
    ### BEGIN SOLUTION
    if min(stride) < 1:
        raise ValueError(f"a stride is at least 1; it was {stride}")
    spare = [length + 2 * pad - reach for length, reach, pad in zip(size, kernel, padding)]
    if min(spare) < 0:
        raise ValueError(f"a kernel of {kernel} does not fit into an image of {size} with padding {padding}")
    return tuple(left // step + 1 for left, step in zip(spare, stride))
    ### END SOLUTION

# %% test="size-values" points=3
# Test 1a · 3 points · how many windows fit
got = [
    _output_size((8, 8), (3, 3)),
    _output_size((8, 8), (3, 3), (1, 1), (1, 1)),
    _output_size((8, 8), (2, 2), (2, 2)),
]
kinds = sorted({type(number).__name__ for size in got for number in size})
assert kinds == ["int"], (
    f"Step 1: height and width should be ints; they were {kinds}: // divides without a rest."
)
assert got == [(6, 6), (8, 8), (4, 4)], (
    f"Step 1: expected (6, 6), with padding 1 (8, 8), by twos (4, 4); got {got}."
)
### BEGIN HIDDEN TESTS
for size, kernel, stride, padding, want in [((9, 8), (2, 2), (2, 2), (0, 0), (4, 4)), ((5, 9), (3, 2), (1, 3), (0, 1), (3, 4)), ((4, 4), (4, 4), (7, 7), (0, 0), (1, 1)),
                                            ((1, 2), (3, 6), (1, 1), (1, 2), (1, 1)), ((28, 30), (5, 3), (2, 4), (2, 0), (14, 7))]:
    got = _output_size(size, kernel, stride, padding)
    assert got == want, f"Step 1: {size=}, {kernel=}, {stride=}, {padding=} should give {want}; it gave {got}."
### END HIDDEN TESTS

# %% test="size-errors" points=2
# Test 1b · 2 points · what does not fit
error = error_of(_output_size, (2, 8), (3, 3))
assert isinstance(error, ValueError), (
    f"Step 1: a kernel of (3, 3) in (2, 8) should raise ValueError; it raised {raised(error)}."
)
for part in ["(3, 3)", "(2, 8)"]:
    assert part in str(error), f"Step 1: the message should contain {part}; it was '{error!s:.70}'."
### BEGIN HIDDEN TESTS
error = error_of(_output_size, (11, 6), (2, 9), (1, 1), (5, 1))
assert isinstance(error, ValueError), f"Step 1: (2, 9) in (11, 6) with padding (5, 1) should raise ValueError; it raised {raised(error)}."
for part in ["(2, 9)", "(11, 6)"]:
    assert part in str(error), f"Step 1: the message should contain {part}; it was {str(error)!r}."
for stride in [(0, 1), (2, -1)]:
    error = error_of(_output_size, (8, 8), (3, 3), stride)
    assert isinstance(error, ValueError), f"Step 1: a stride of {stride} should raise ValueError; it raised {raised(error)}."
### END HIDDEN TESTS

# %% test="size-ready" points=0
# Nothing to do here. When graded, what follows uses your _output_size if it works, else a stand-in.
### BEGIN HIDDEN TESTS
def _size_works():
    given = [((8, 7), (3, 2), (1, 2), (1, 0)), ((4, 4), (4, 4), (7, 7), (0, 0)), ((1, 2), (3, 6), (1, 1), (1, 2))]
    refused = [error_of(_output_size, (2, 8), (3, 3)), error_of(_output_size, (8, 2), (3, 3)), error_of(_output_size, (8, 8), (3, 3), (0, 1))]
    return [_output_size(*each) for each in given] == [(8, 3), (1, 1), (1, 1)] and all(
        isinstance(each, ValueError) for each in refused) and "(3, 3)" in str(refused[1]) and "(8, 2)" in str(refused[1])

if "_output_size" not in globals() or error_of(_size_works) is not None or not _size_works():
    def _output_size(size, kernel, stride=(1, 1), padding=(0, 0)):
        fitting = [len(range(0, size[a] + 2 * padding[a] - kernel[a] + 1, max(stride[a], 1))) for a in (0, 1)]
        if 0 in fitting or 0 in np.sign(stride) or -1 in np.sign(stride):
            raise ValueError(f"kernel {kernel}, size {size}, stride {stride}, padding {padding}")
        return fitting[0], fitting[1]
### END HIDDEN TESTS

# %% [markdown]
# Images come in batches of shape (N, C, H, W): N images of C *channels*, such as red, green and blue. A kernel has C channels too, and adds
# up over all of them. Several kernels, each with its own question, have the shape (out, C, kernel height, kernel width); the result has
# (N, out, height, width).

# %% [markdown]
# **Your turn.** `_slow_convolution(x, weight, stride, padding)`, on arrays, with as many loops as you like. Nothing has to be fast here.
#
# result[n, o, i, j] is the sum of weight[o] times the window of image n at place (i, j), which begins at row i · stride and
# column j · stride of the padded image.

# %% [markdown]
# <details><summary>Hint</summary>
#
# `np.pad(x, [(0, 0), (0, 0), (top, bottom), (left, right)])` pads with zeros. With four loops, over n, o, i and j, the window is one slice:
# `padded[n, :, row:row + kernel_height, column:column + kernel_width]`.
#
# (Mathematicians turn the kernel around first. In deep learning nobody does: the weights are learned anyway.)
# </details>

# %% solution="slow-convolution"
#| export
def _slow_convolution(x, weight, stride=(1, 1), padding=(0, 0)):
    "Images (N, C, H, W) and kernels (out, C, height, width) give an array (N, out, height, width)."
    ### BEGIN SOLUTION
    kernel = weight.shape[2:]
    height, width = _output_size(x.shape[2:], kernel, stride, padding)
    x = np.pad(x, [(0, 0), (0, 0), (padding[0],) * 2, (padding[1],) * 2])
    result = np.zeros((len(x), len(weight), height, width), np.result_type(x, weight))
    for n, o, i, j in np.ndindex(result.shape):
        row, column = i * stride[0], j * stride[1]
        result[n, o, i, j] = (x[n, :, row:row + kernel[0], column:column + kernel[1]] * weight[o]).sum()
    return result
    ### END SOLUTION

# %% test="slow-values" points=4
# Test 1c · 4 points · one image, one kernel
got = _slow_convolution(np.arange(16.0).reshape(1, 1, 4, 4), np.array([[[[1.0, 2], [3, 4]]]]))
assert isinstance(got, np.ndarray), (
    f"Step 1: _slow_convolution should return an array; it gave {got}."
)
got = got.tolist()
first = np.ravel(got)[0]
assert first == 34, (
    f"Step 1: the upper left number is 0 · 1 + 1 · 2 + 4 · 3 + 5 · 4 = 34; it was {first}: is the "
    f"kernel turned around?"
)
want = [[[[34, 44, 54], [74, 84, 94], [114, 124, 134]]]]
assert got == want, (
    f"Step 1: 0 to 15 in rows of 4, with the kernel [[1, 2], [3, 4]], should give "
    f"{want}; it gave {got}."
)
### BEGIN HIDDEN TESTS
got = _slow_convolution(np.arange(20.0).reshape(1, 1, 4, 5), np.array([[[[1.0, -2, 5]]]])).tolist()
want = [[[[8, 12, 16], [28, 32, 36], [48, 52, 56], [68, 72, 76]]]]
assert got == want, f"Step 1: 0 to 19 in rows of 5, with the kernel [[1, -2, 5]], should give {want}; it gave {got}."
got = _slow_convolution(np.ones((1, 1, 3, 3)), np.full((1, 1, 3, 3), 2.0)).tolist()
assert got == [[[[18]]]], f"Step 1: a kernel as large as the image gives one number, 18; it gave {got}."
### END HIDDEN TESTS

# %% test="slow-channels" points=4
# Test 1d · 4 points · batches, channels, several kernels
got = _slow_convolution(
    np.arange(16.0).reshape(2, 2, 2, 2),
    np.array([[[[1.0]], [[10.0]]], [[[0.0]], [[1.0]]], [[[1.0]], [[-1.0]]]]),
)
assert got.shape == (2, 3, 2, 2), (
    f"Step 1: 2 images of 2 channels with 3 kernels of 1 x 1 give (2, 3, 2, 2); it was "
    f"{got.shape}."
)
first, last = got[0].tolist(), got[1].tolist()
want = [[[40, 51], [62, 73]], [[4, 5], [6, 7]], [[-4, -4], [-4, -4]]]
assert first == want, (
    f"Step 1: each kernel adds up over the channels: the first image should give "
    f"{want}; it gave {first}."
)
### BEGIN HIDDEN TESTS
want = [[[128, 139], [150, 161]], [[12, 13], [14, 15]], [[-4, -4], [-4, -4]]]
assert last == want, f"Step 1: the second image should give {want}; it gave {last}."
x, w = np.cos(np.arange(120)).reshape(2, 3, 4, 5), np.sin(np.arange(72)).reshape(4, 3, 2, 3)
want = sum(np.einsum("nchw,oc->nohw", x[:, :, i:i + 3, j:j + 3], w[:, :, i, j]) for i in range(2) for j in range(3))
got = _slow_convolution(np.cos(np.arange(120)).reshape(2, 3, 4, 5), np.sin(np.arange(72)).reshape(4, 3, 2, 3))
assert got.shape == (2, 4, 3, 3), f"Step 1: (2, 3, 4, 5) with kernels of (4, 3, 2, 3) should give (2, 4, 3, 3); it gave {got.shape}."
assert np.allclose(got, want), f"Step 1: kernels of 2 x 3 on three channels should give {want[0].tolist()} first; they gave {got[0].tolist()}."
### END HIDDEN TESTS

# %% test="slow-steps" points=3
# Test 1e · 3 points · stride and padding
got = _slow_convolution(
    np.arange(16.0).reshape(1, 1, 4, 4), np.ones((1, 1, 2, 2)), stride=(2, 2)
).tolist()
assert got == [[[[10, 18], [42, 50]]]], (
    "Step 1: with stride 2, windows begin at rows and columns 0 and 2: "
    f"expected [[[[10, 18], [42, 50]]]]; got {got}."
)
got = _slow_convolution(np.ones((1, 1, 2, 2)), np.ones((1, 1, 3, 3)), padding=(1, 1)).tolist()
assert got == [[[[4, 4], [4, 4]]]], (
    f"Step 1: four ones, padded by 1, should give 4 everywhere; they gave {got}."
)
### BEGIN HIDDEN TESTS
got = _slow_convolution(np.arange(15.0).reshape(1, 1, 3, 5), np.array([[[[1.0, 10.0]]]]), stride=(1, 3), padding=(0, 1)).tolist()
assert got == [[[[0, 32], [50, 87], [100, 142]]]], f"Step 1: stride (1, 3), padding (0, 1) should give [[0, 32], [50, 87], [100, 142]]; it gave {got}."
got = _slow_convolution(np.arange(6.0).reshape(1, 1, 3, 2), np.array([[[[1.0], [10.0]]]]), stride=(2, 1), padding=(2, 0)).tolist()
assert got == [[[[0, 0], [20, 31], [4, 5]]]], f"Step 1: stride (2, 1), padding (2, 0) should give [[0, 0], [20, 31], [4, 5]]; it gave {got}."
### END HIDDEN TESTS

# %% [markdown]
# Yours at work: four kernels, four questions.

# %% tags=["explore"]
questions = {"ink begins": edge, "ink ends below": -edge.T, "blur": np.ones((3, 3)) / 9,
             "a dot": np.array([[-1.0, -1, -1], [-1, 8, -1], [-1, -1, -1]])}
kernels = np.stack(list(questions.values()))[:, None]
answers = _slow_convolution(images[[0]][:, None], kernels, padding=(1, 1))[0]
figure, panels = plt.subplots(1, 5, figsize=(11, 2.8), layout="constrained")
for panel, table, title in zip(panels, [images[0], *answers], ["image", *questions]):
    panel.imshow(table, cmap="PuOr", vmin=-abs(table).max(), vmax=abs(table).max())
    panel.set(title=title, xticks=[], yticks=[])
plt.show()

# %% [markdown]
# *In words: five small images. The first two answers are purple (positive) along left edges and along lower edges, blur smears
# the zero, the last one is purple where a pixel has more ink than its neighbours.* A CNN learns its questions by itself.

# %% [markdown]
# ## Step 2 · All windows at once
#
# The loops take windows one by one. But all of them lie in memory already. An array is memory plus *strides*: how many bytes to go on for
# the next index. With other strides the same 16 numbers are nine overlapping windows:

# %%
table = np.arange(16.0, dtype=np.float32).reshape(4, 4)
windows = sliding_window_view(table, (2, 2))
table.strides, windows.shape, windows.strides, np.shares_memory(table, windows)

# %% [markdown]
# Four axes, the last two inside a window; the strides (16, 4) come twice: one window further is one pixel further. No number was copied. `windows[i, j]` is the
# window at (i, j):

# %%
windows[0, 0], windows[2, 1]

# %% [markdown]
# **Your turn.** `_windows(x, kernel, stride, padding)`: of images (N, C, H, W), all windows, as an array (N, C, height, width, kernel height, kernel width).
#
# - Without padding it is a view: nothing is copied. With padding the image is copied once, the windows are not. The dtype stays.
# - An `x` without four axes: `ValueError` whose message holds its shape. A kernel that does not fit: the `ValueError` of `_output_size`.
# - N = 0, a batch of no images, works here and in all that follows.

# %% [markdown]
# <details><summary>Hint</summary>
#
# `sliding_window_view(x, kernel, axis=(2, 3))` gives windows at every place, for stride 1. A slice with a step, `[:, :, ::2, ::2]`, takes every second one, and
# is a view as well. Call `_output_size` for its error alone.
# </details>

# %% solution="windows"
#| export
def _windows(x, kernel, stride=(1, 1), padding=(0, 0)):
    "All windows of images (N, C, H, W), as a view (N, C, height, width, kernel height, its width)."
    ### BEGIN SOLUTION
    if x.ndim != 4:
        raise ValueError(f"images come as (N, C, H, W), but the input has the shape {x.shape}")
    _output_size(x.shape[2:], kernel, stride, padding)  # raises where it does not fit
    if any(padding):
        x = np.pad(x, [(0, 0), (0, 0), (padding[0], padding[0]), (padding[1], padding[1])])
    return sliding_window_view(x, kernel, axis=(2, 3))[:, :, ::stride[0], ::stride[1]]
    ### END SOLUTION

# %% test="windows-values" points=4
# Test 2a · 4 points · every window in its place
got = _windows(np.arange(16.0).reshape(1, 1, 4, 4), (2, 2), (2, 2))
assert isinstance(got, np.ndarray), f"Step 2: _windows should return an array; it gave {got}."
assert got.shape == (1, 1, 2, 2, 2, 2), (
    f"Step 2: windows of (2, 2) by twos of (1, 1, 4, 4) have the shape (1, 1, 2, 2, 2, 2); it was "
    f"{got.shape}."
)
numbers = got[0, 0].tolist()
want = [[[[0, 1], [4, 5]], [[2, 3], [6, 7]]], [[[8, 9], [12, 13]], [[10, 11], [14, 15]]]]
assert numbers == want, f"Step 2: they should be {want}; they were {numbers}."
### BEGIN HIDDEN TESTS
x = np.arange(2 * 3 * 5 * 6).reshape(2, 3, 5, 6)
got = _windows(np.zeros((1, 2, 4, 5)), (2, 2)).shape
assert got == (1, 2, 3, 4, 2, 2), f"Step 2: with no stride and padding given, windows of (2, 2) on (1, 2, 4, 5) are (1, 2, 3, 4, 2, 2); they were {got}."
for kernel, stride, shape in [((3, 2), (1, 1), (3, 5)), ((1, 4), (2, 1), (3, 3)), ((2, 2), (3, 4), (2, 2)), ((5, 6), (1, 1), (1, 1))]:
    got = _windows(np.arange(2 * 3 * 5 * 6).reshape(2, 3, 5, 6), kernel, stride)
    assert got.shape == (2, 3, *shape, *kernel), f"Step 2: {kernel=}, {stride=} of (2, 3, 5, 6) should give {(2, 3, *shape, *kernel)}; it gave {got.shape}."
    right = [np.array_equal(got[:, :, i, j], x[:, :, i * stride[0]:i * stride[0] + kernel[0], j * stride[1]:j * stride[1] + kernel[1]])
             for i in range(shape[0]) for j in range(shape[1])]
    assert all(right), f"Step 2: {kernel=}, {stride=}: windows that are right, in order: {right}."
### END HIDDEN TESTS

# %% test="windows-padding" points=3
# Test 2b · 3 points · padding
got = _windows(np.array([[[[1.0, 2], [3, 4]]]]), (2, 2), (1, 1), (0, 1))[0, 0].tolist()
want = [[[[0, 1], [0, 3]], [[1, 2], [3, 4]], [[2, 0], [4, 0]]]]
assert got == want, (
    f"Step 2: [[1, 2], [3, 4]], one column of zeros on each side, has the windows {want}; they "
    f"were {got}."
)
### BEGIN HIDDEN TESTS
got = _windows(np.array([[[[1.0, 2], [3, 4]]]]), (2, 1), (2, 1), (2, 0))[0, 0].tolist()
want = [[[[0], [0]], [[0], [0]]], [[[1], [3]], [[2], [4]]], [[[0], [0]], [[0], [0]]]]
assert got == want, f"Step 2: kernel (2, 1), stride (2, 1), padding (2, 0) should give {want}; it gave {got}."
got = str(_windows(np.ones((1, 1, 2, 2), np.float32), (3, 3), (1, 1), (1, 1)).dtype)
assert got == "float32", f"Step 2: windows of float32 should be float32; they were {got}."
got = _windows(np.ones((0, 2, 4, 4)), (3, 3), (1, 1), (1, 1)).shape
assert got == (0, 2, 4, 4, 3, 3), f"Step 2: a batch of no images should have windows of (0, 2, 4, 4, 3, 3); it was {got}."
### END HIDDEN TESTS

# %% test="windows-view" points=3
# Test 2c · 3 points · a view
x = np.zeros((1, 2, 6, 6))
shared = np.shares_memory(x, _windows(x, (3, 3)))
assert shared, "Step 2: without padding the windows should share the image's memory; it is a copy."
### BEGIN HIDDEN TESTS
x = np.zeros((2, 1, 6, 7))
views = [_windows(x, (2, 3), (2, 1)), _windows(x, (1, 1), (1, 1), (0, 0))]
x[1, 0, 2, 3] = 5.0
got = [float(view.sum()) for view in views]
assert got == [15.0, 5.0], f"Step 2: a 5 put into the image shows in 3 windows and in 1, sums 15 and 5; the sums were {got}."
### END HIDDEN TESTS

# %% test="windows-errors" points=2
# Test 2d · 2 points · what is not a batch of images
error = error_of(_windows, np.zeros((8, 8)), (3, 3))
assert isinstance(error, ValueError), (
    f"Step 2: an array of (8, 8) should raise ValueError; it raised {raised(error)}."
)
assert "(8, 8)" in str(error), f"Step 2: the message should contain (8, 8); it was '{error!s:.70}'."
### BEGIN HIDDEN TESTS
for shape in [(3, 9, 9), (1, 2, 3, 4, 5), ()]:
    error = error_of(_windows, np.zeros(shape), (1, 1))
    assert isinstance(error, ValueError), f"Step 2: an array of {shape} should raise ValueError; it raised {raised(error)}."
    assert str(shape) in str(error), f"Step 2: the message should contain {shape}; it was {str(error)!r}."
error = error_of(_windows, np.zeros((1, 1, 2, 7)), (3, 3))
assert isinstance(error, ValueError), f"Step 2: a kernel of (3, 3) in (2, 7) should raise ValueError; it raised {raised(error)}."
for part in ["(3, 3)", "(2, 7)"]:
    assert part in str(error), f"Step 2: _output_size's message holds {part}; it was {str(error)!r}."
### END HIDDEN TESTS

# %% [markdown]
# Now lay each window flat, as one column of its image's matrix: *im2col*, image to columns. A kernel laid flat has the same length, so a
# convolution becomes a matrix product: rows of weights times columns of pixels.

# %% tags=["explore"]
small = np.arange(1.0, 10).reshape(3, 3)
side_by_side = sliding_window_view(small, (2, 2)).reshape(4, 4).T
figure, panels = plt.subplots(1, 2, figsize=(8, 3.2), layout="constrained")
titles = ["image, 3 x 3", "2 x 2 windows as columns"]
for panel, numbers, title in zip(panels, [small, side_by_side], titles):
    panel.imshow(numbers, cmap="cividis")
    for (row, column), number in np.ndenumerate(numbers):
        colour = "black" if number > 5 else "white"
        panel.text(column, row, f"{number:g}", ha="center", va="center", fontsize=14, color=colour)
    panel.set(title=title, xticks=[], yticks=[])
plt.show()

# %% [markdown]
# *In words: the numbers 1 to 9 in a square become the columns 1 2 4 5, 2 3 5 6, 4 5 7 8 and 5 6 8 9. The 5 in the middle is in all four.*

# %% [markdown]
# **Your turn.** `_columns(windows)` makes of windows, shaped as `_windows` gives them, a matrix for each image, as PyTorch's `unfold`: (N, C · kernel height · kernel width, height · width).
#
# - Columns in the order of places, from the upper left to the lower right, row by row. Down a column: channel, then the window row by row.
# - Here numbers are copied, at most twice.

# %% [markdown]
# <details><summary>Hint</summary>
#
# The axes that count down a column have to come first, those that count columns behind them: `transpose(0, 1, 4, 5, 2, 3)`, then `reshape`. Write all lengths out: with `-1` an
# empty batch fails.
# </details>

# %% solution="columns"
#| export
def _columns(windows):
    "Windows (N, C, height, width, kh, kw) as columns: (N, C * kh * kw, height * width)."
    ### BEGIN SOLUTION
    count, channels, height, width, kernel_height, kernel_width = windows.shape
    length = channels * kernel_height * kernel_width
    return windows.transpose(0, 1, 4, 5, 2, 3).reshape(count, length, height * width)
    ### END SOLUTION

# %% test="columns-values" points=4
# Test 2e · 4 points · one window a column
got = _columns(np.arange(32.0).reshape(1, 2, 2, 2, 2, 2))
shape, first = np.shape(got), np.ravel(np.asarray(got)[..., 0]).tolist()
assert shape == (1, 8, 4), (
    f"Step 2: windows of (1, 2, 2, 2, 2, 2) make matrices of (1, 8, 4); they were {shape}."
)
assert first == [0, 1, 2, 3, 16, 17, 18, 19], (
    f"Step 2: the first column is the first window, 0 to 3 of channel 0, 16 to 19 of channel 1; it "
    f"was {first}."
)
got = got.tolist()
want = [[
    [0, 4, 8, 12], [1, 5, 9, 13], [2, 6, 10, 14], [3, 7, 11, 15],
    [16, 20, 24, 28], [17, 21, 25, 29], [18, 22, 26, 30], [19, 23, 27, 31],
]]
assert got == want, (
    f"Step 2: two channels of 2 x 2 windows, 0 to 31, make the matrix {want}; they made {got}."
)
### BEGIN HIDDEN TESTS
w = np.arange(2 * 3 * 4 * 5 * 2 * 1).reshape(2, 3, 4, 5, 2, 1)
got = _columns(np.arange(2 * 3 * 4 * 5 * 2 * 1).reshape(2, 3, 4, 5, 2, 1))
assert got.shape == (2, 6, 20), f"Step 2: windows of (2, 3, 4, 5, 2, 1) make matrices of (2, 6, 20); it was {got.shape}."
right = [got[n, :, 5 * i + j].tolist() == w[n, :, i, j].ravel().tolist() for n in (0, 1) for i in range(4) for j in range(5)]
assert all(right), f"Step 2: columns that are right, in order: {right}."
got = _columns(np.zeros((0, 2, 3, 3, 2, 2))).shape
assert got == (0, 8, 9), f"Step 2: windows of no images make no matrices, (0, 8, 9); it was {got}."
### END HIDDEN TESTS

# %% test="windows-profile" points=3
# Profile 2 · 3 points · windows cost nothing, columns cost their size
big = np.ones((4, 8, 32, 32), np.float32)
view_bytes = peak_bytes(lambda: _windows(big, (3, 3)))
matrix_bytes = peak_bytes(lambda: _columns(sliding_window_view(big, (3, 3), axis=(2, 3))))
print(
    f"an image batch of 131,072 B: its windows take {view_bytes:,} B, "
    f"its columns {matrix_bytes:,} B"
)
assert view_bytes < 10_000, (
    f"Step 2: windows without padding should allocate under 10,000 B; they took {view_bytes:,} B."
)
assert 1_036_000 < matrix_bytes < 2_200_000, (
    f"Step 2: 3,600 columns of 72 float32 are 1,036,800 B, and at most twice that; it took "
    f"{matrix_bytes:,} B."
)

# %% test="windows-ready" points=0
# Nothing to do here. When graded, what follows uses your _windows and
# _columns if they work, else stand-ins.
### BEGIN HIDDEN TESTS
def _windows_work():
    pixels = np.arange(60.0).reshape(1, 2, 5, 6)
    cut = _windows(pixels, (3, 2), (2, 3), (1, 1))
    framed = np.pad(pixels, [(0, 0), (0, 0), (1, 1), (1, 1)])
    return (cut.shape == (1, 2, 3, 3, 3, 2) and np.array_equal(cut[0, :, 1, 2], framed[0, :, 2:5, 6:8])
            and np.array_equal(cut[0, :, 2, 0], framed[0, :, 4:7, 0:2]) and isinstance(error_of(_windows, pixels[0], (1, 1)), ValueError)
            and isinstance(error_of(_windows, pixels, (9, 9)), ValueError) and _windows(pixels, (5, 6)).shape == (1, 2, 1, 1, 5, 6))

def _columns_work():
    probe = np.arange(96.0).reshape(2, 3, 2, 2, 2, 2)
    laid = _columns(probe)
    return laid.shape == (2, 12, 4) and np.array_equal(laid[1, :, 2], probe[1, :, 1, 0].ravel())

if "_windows" not in globals() or error_of(_windows_work) is not None or not _windows_work():
    def _windows(x, kernel, stride=(1, 1), padding=(0, 0)):
        if np.ndim(x) != 4:
            raise ValueError(f"{np.shape(x)} is no (N, C, H, W)")
        places = _output_size(x.shape[2:], kernel, stride, padding)
        framed = np.pad(x, [(edge, edge) for edge in (0, 0, *padding)])
        a, b, c, d = framed.strides
        steps = (a, b, c * stride[0], d * stride[1], c, d)
        return np.lib.stride_tricks.as_strided(framed, (*x.shape[:2], *places, *kernel), steps, writeable=False)

if "_columns" not in globals() or error_of(_columns_work) is not None or not _columns_work():
    def _columns(windows):
        moved = np.moveaxis(windows, (4, 5), (2, 3))
        return moved.reshape(len(moved), int(np.prod(moved.shape[1:4])), int(np.prod(moved.shape[4:])))
### END HIDDEN TESTS

# %% [markdown]
# ## Step 3 · Conv2d: one matrix product
#
# kernels @ columns + bias, for all images in one `@`. Each row of a product is one kernel's answers, each column one place of the image:
#
# | | shape |
# |---|---|
# | kernels, laid flat | (out, C · kh · kw) |
# | columns | (N, C · kh · kw, height · width) |
# | product | (N, out, height · width) |
# | result | (N, out, height, width) |

# %% [markdown]
# The kernels have no axis for images: `@` broadcasts them (module 01). From product to result is a reshape.

# %% [markdown]
# **Your turn.** `Conv2d(in_channels, out_channels, kernel_size, stride=1, padding=0, bias=True)`, as `torch.nn.Conv2d`.
#
# - `weight` (out, in, kernel height, kernel width) and `bias` (out,) are parameters, drawn from `np.random` in this order,
#   uniform in ±1/√(in · kernel height · kernel width). With `bias=False`, `bias` is None.
# - `in_channels`, `out_channels` are kept; `kernel_size`, `stride` and `padding` are kept as pairs.

# %% [markdown]
# - `_convolve(x, weight, bias)` computes the result, by one `@`. All Tensors that want a gradient are arguments of it, so that
#   step 4 can give it a rule. It keeps nothing of the call.
# - An input that is not (N, in_channels, H, W): `ValueError` whose message holds `in_channels` and the input's shape.
# - dtypes are those of module 01: float64 stays, integers as images give float32.

# %% [markdown]
# <details><summary>Hint</summary>
#
# Multiply as Tensors and dtypes take care of themselves: `weight.reshape(len(weight), -1) @ Tensor(columns, dtype=x.dtype)`. The bias, where there is one, belongs to rows:
# `bias.reshape(-1, 1)`.
# </details>

# %% solution="conv2d"
#| export
class Conv2d(Layer):
    """Kernels that slide over images (N, in_channels, H, W), as `torch.nn.Conv2d`.

    Sizes are ints or pairs. Raises `ValueError` when the input's shape does not fit.
    """

    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0, bias=True):
        ### BEGIN SOLUTION
        self.in_channels, self.out_channels = in_channels, out_channels
        self.kernel_size, self.stride, self.padding = _pair(kernel_size), _pair(stride), _pair(padding)
        shape = (out_channels, in_channels, *self.kernel_size)
        bound = 1 / np.sqrt(np.prod(shape[1:]))
        self.weight = Tensor(np.random.uniform(-bound, bound, shape), requires_grad=True)
        self.bias = Tensor(np.random.uniform(-bound, bound, out_channels), requires_grad=True) if bias else None
        ### END SOLUTION

    def forward(self, x: Tensor) -> Tensor:
        _refuse_others(x)
        return self._convolve(x, self.weight, self.bias)

    def _convolve(self, x, weight, bias):
        "The convolution of x with these kernels, plus bias where there is one."
        ### BEGIN SOLUTION
        if x.ndim != 4 or x.shape[1] != self.in_channels:
            raise ValueError(f"Conv2d takes (N, {self.in_channels}, H, W), but the input has the shape {x.shape}")
        windows = _windows(x.data, self.kernel_size, self.stride, self.padding)
        product = weight.reshape(len(weight), -1) @ Tensor(_columns(windows), dtype=x.dtype)
        if bias is not None:
            product = product + bias.reshape(-1, 1)
        count, _, height, width = windows.shape[:4]
        return product.reshape(count, len(weight), height, width)
        ### END SOLUTION

# %% test="conv-parameters" points=3
# Test 3a · 3 points · what it holds
layer = Conv2d(3, 5, 2)
for name in ["weight", "bias"]:
    got = getattr(layer, name)
    assert isinstance(got, Tensor), f"Step 3: {name} should be a Tensor; it was {got!r}."
    asked = got.requires_grad
    assert asked is True, f"Step 3: {name} should have requires_grad=True; it has {asked!r}."
got = [
    layer.weight.data.shape, layer.bias.data.shape, layer.kernel_size, layer.stride, layer.padding
]
want = [(5, 3, 2, 2), (5,), (2, 2), (1, 1), (0, 0)]
assert got == want, (
    f"Step 3: Conv2d(3, 5, 2): shapes of weight and bias, kernel_size, stride, padding should be "
    f"{want}; they were {got}."
)
### BEGIN HIDDEN TESTS
layer = Conv2d(2, 4, (1, 3), stride=(2, 1), padding=(0, 4), bias=False)
got = [layer.weight.data.shape, layer.kernel_size, layer.stride, layer.padding, layer.in_channels, layer.out_channels, len(layer.parameters())]
want = [(4, 2, 1, 3), (1, 3), (2, 1), (0, 4), 2, 4, 1]
assert got == want, f"Step 3: Conv2d(2, 4, (1, 3), (2, 1), (0, 4), bias=False) should hold {want}; it held {got}."
got = str(layer.weight.data.dtype)
assert got == "float32", f"Step 3: weights should be float32; they were {got}."
assert layer.bias is None, f"Step 3: with bias=False, bias should be None; it was {layer.bias!r}."
### END HIDDEN TESTS

# %% test="conv-chance" points=3
# Test 3b · 3 points · the numbers to begin with
np.random.seed(4)
weights = np.abs(Conv2d(16, 200, 5).weight.data)
most, mean = float(weights.max()), float(weights.mean())
assert most <= 0.0500001, (
    f"Step 3: 16 channels of 5 x 5: no weight should be beyond ±1/√400 = ±0.05; the largest was "
    f"{most:.4f}."
)
assert 0.024 < mean < 0.026, (
    f"Step 3: spread evenly up to 0.05, weights are 0.025 from zero on average; it was {mean:.4f}."
)
### BEGIN HIDDEN TESTS
np.random.seed(5)
layer = Conv2d(25, 3000, (1, 4))
for name in ["weight", "bias"]:
    values = getattr(layer, name).data
    most, mean, middle = float(abs(values).max()), float(abs(values).mean()), float(values.mean())
    assert 0.099 < most < 0.1000001, f"Step 3: 25 channels of 1 x 4: {name} should reach up to ±0.1; it reached {most:.4f}."
    assert 0.047 < mean < 0.053, f"Step 3: {name} should be spread evenly, 0.05 from zero on average; it was {mean:.4f}."
    assert abs(middle) < 0.006, f"Step 3: {name} should be 0 on average; it was {middle:.4f}."
drawn = []
for seed in [6, 6, 7]:
    np.random.seed(seed)
    drawn.append(Conv2d(1, 1, 2).weight.data.tolist())
assert drawn[0] == drawn[1], f"Step 3: np.random.seed should repeat the weights; they were {drawn[0]}, then {drawn[1]}."
assert drawn[0] != drawn[2], f"Step 3: another seed should give other weights; they were {drawn[0]} again."
### END HIDDEN TESTS

# %% given="convolved"
def convolved(x, weight, bias=None, stride=1, padding=0):
    "Images through a Conv2d with these weights, given as Tensors or arrays; gives a Tensor."
    weight = weight if isinstance(weight, Tensor) else Tensor(weight)
    out, channels, *size = weight.shape
    layer = Conv2d(channels, out, tuple(size), stride, padding, bias is not None)
    layer.weight = weight
    layer.bias = bias if bias is None or isinstance(bias, Tensor) else Tensor(bias)
    return layer(x if isinstance(x, Tensor) else Tensor(x))

# %% test="conv-values" points=5
# Test 3c · 5 points · what it computes
got = convolved(
    np.arange(16.0).reshape(1, 1, 4, 4),
    [[[[1.0, 2], [3, 4]]], [[[0.0, 1], [0, 0]]]],
    [0.5, 100],
)
assert isinstance(got, Tensor), (
    f"Step 3: Conv2d should return a Tensor; it gave {type(got).__name__}."
)
shape = got.data.shape
assert shape == (1, 2, 3, 3), (
    f"Step 3: the product should be brought into the shape (1, 2, 3, 3), N, out, height, width; it "
    f"was {shape}."
)
want = [[
    [[34.5, 44.5, 54.5], [74.5, 84.5, 94.5], [114.5, 124.5, 134.5]],
    [[101, 102, 103], [105, 106, 107], [109, 110, 111]],
]]
assert np.array_equal(got.data, want), (
    f"Step 3: two kernels and the bias [0.5, 100] should give {want}; they gave "
    f"{got.data.tolist()}."
)
### BEGIN HIDDEN TESTS
x, w = np.cos(np.arange(168)).reshape(2, 3, 4, 7), np.sin(np.arange(72)).reshape(4, 3, 2, 3)
want = sum(np.einsum("nchw,oc->nohw", x[:, :, i:i + 3, j:j + 5], w[:, :, i, j]) for i in range(2) for j in range(3))
got = convolved(np.cos(np.arange(168)).reshape(2, 3, 4, 7), np.sin(np.arange(72)).reshape(4, 3, 2, 3), [1.0, -1.0, 0.0, 2.0]).data
assert got.shape == (2, 4, 3, 5), f"Step 3: (2, 3, 4, 7) with kernels of (4, 3, 2, 3) should give (2, 4, 3, 5); it gave {got.shape}."
want = want + np.reshape([1.0, -1.0, 0.0, 2.0], (4, 1, 1))
far = float(np.max(np.abs(got - want)))
assert far < 1e-5, f"Step 3: kernels of 2 x 3 on two images of three channels: the result should be as in step 1; it is off by up to {far:.3g}."
layer = Conv2d(1, 1, 2)
layer.weight, layer.bias = Tensor(np.ones((1, 1, 2, 2))), Tensor([0.5])
kept = sorted(vars(layer))
first = layer(Tensor(np.ones((3, 1, 2, 2)))).data.tolist(), layer(Tensor(np.zeros((0, 1, 4, 4)))).data.shape
assert first == ([[[[4.5]]]] * 3, (0, 1, 3, 3)), f"Step 3: three images give 4.5 each, then none give (0, 1, 3, 3); they gave {first}."
same = sorted(vars(layer)) == kept
assert same, "Step 3: a call should leave nothing in the layer; it has new attributes."
### END HIDDEN TESTS

# %% test="conv-options" points=3
# Test 3d · 3 points · stride and padding
got = convolved(np.arange(16.0).reshape(1, 1, 4, 4), np.ones((1, 1, 2, 2)), stride=2).data.tolist()
assert got == [[[[10, 18], [42, 50]]]], (
    f"Step 3: stride 2 should give [[10, 18], [42, 50]]; it gave {got}."
)
got = convolved(np.ones((1, 1, 2, 2)), np.ones((1, 1, 3, 3)), padding=1).data.tolist()
assert got == [[[[4, 4], [4, 4]]]], (
    f"Step 3: four ones, padded by 1, should give 4 everywhere; they gave {got}."
)
### BEGIN HIDDEN TESTS
got = convolved(np.arange(15.0).reshape(1, 1, 3, 5), [[[[1.0, 10.0]]]], stride=(1, 3), padding=(0, 1)).data.tolist()
assert got == [[[[0, 32], [50, 87], [100, 142]]]], f"Step 3: stride (1, 3), padding (0, 1) should give [[0, 32], [50, 87], [100, 142]]; it gave {got}."
got = convolved(np.arange(6.0).reshape(1, 1, 3, 2), [[[[1.0], [10.0]]]], [1.0], stride=(2, 1), padding=(2, 0)).data.tolist()
assert got == [[[[1, 1], [21, 32], [5, 6]]]], f"Step 3: stride (2, 1), padding (2, 0), bias 1 should give [[1, 1], [21, 32], [5, 6]]; it gave {got}."
### END HIDDEN TESTS

# %% test="conv-errors" points=3
# Test 3e · 3 points · an input that does not fit
error = error_of(Conv2d(7, 2, 3), Tensor(np.ones((5, 4, 8, 8))))
assert isinstance(error, ValueError), (
    f"Step 3: (5, 4, 8, 8) into Conv2d(7, 2, 3) should raise ValueError; it raised {raised(error)}."
)
for part in ["7", "(5, 4, 8, 8)"]:
    assert part in str(error), (
        f"Step 3: the message should contain {part!r}; it was '{error!s:.70}'."
    )
### BEGIN HIDDEN TESTS
for shape in [(31, 8, 8), (2, 8, 8, 31), (31,), (1, 31, 5, 5, 5)]:
    error = error_of(Conv2d(31, 2, 3), Tensor(np.ones(shape)))
    assert isinstance(error, ValueError), f"Step 3: {shape} into Conv2d(31, 2, 3) should raise ValueError; it raised {raised(error)}."
    assert "31" in str(error).replace(str(shape), ""), f"Step 3: for {shape} the message should contain 31; it was {str(error)!r}."
    assert str(shape) in str(error), f"Step 3: the message should contain the shape {shape}; it was {str(error)!r}."
error = error_of(Conv2d(1, 2, 5), Tensor(np.ones((1, 1, 4, 6))))
assert isinstance(error, ValueError), f"Step 3: a kernel of 5 in (4, 6) should raise ValueError; it raised {raised(error)}."
### END HIDDEN TESTS

# %% test="conv-dtype" points=2
# Test 3f · 2 points · dtypes
layer = Conv2d(1, 2, 3)
got = str(layer(Tensor(np.ones((1, 1, 4, 4)))).data.dtype)
assert got == "float32", f"Step 3: a layer as it is made gives float32; it gave {got}."
layer.weight = Tensor(layer.weight.data, requires_grad=True, dtype=np.float64)
got = str(layer(Tensor(np.ones((1, 1, 4, 4)))).data.dtype)
assert got == "float64", f"Step 3: weights of float64 should give float64; they gave {got}."
### BEGIN HIDDEN TESTS
got = [str(Conv2d(1, 2, 3)(Tensor(np.ones((1, 1, 4, 4)), dtype=dtype)).data.dtype) for dtype in ("float64", "int64", "uint8")]
assert got == ["float64", "float32", "float32"], f"Step 3: images of float64, int64, uint8 should give float64, float32, float32; they gave {got}."
### END HIDDEN TESTS

# %% [markdown]
# **Profile.** What did that gain? The multiplications are the same, but in the loops Python takes each step itself. So count
# the *lines of Python that run*: larger images, and more of them, should need no more than one small image.

# %% given="lines-run"
def lines_run(call):
    "How many lines of Python a call runs, in all functions. The same count on every machine."
    count, before = 0, sys.gettrace()

    def trace(frame, event, argument):
        nonlocal count
        count += event in ("line", "call")
        return trace

    call()  # whatever runs only the first time
    sys.settrace(trace)
    try:
        call()
    finally:
        sys.settrace(before)
    return count

def lines_of_conv(count, size):
    "The lines that a forward of Conv2d runs for `count` images of `size` x `size`."
    layer, x = Conv2d(2, 4, 3, padding=1), Tensor(np.ones((count, 2, size, size)))
    return lines_run(lambda: layer(x))

# %% test="conv-profile" points=3
# Profile 3 · 3 points · lines of Python
lines = [lines_of_conv(1, 8), lines_of_conv(1, 24), lines_of_conv(30, 8)]
print(
    f"lines for 8 x 8 pixels: {lines[0]}; for 24 x 24: {lines[1]}; "
    f"for thirty images of 8 x 8: {lines[2]}"
)
assert lines[0] > 0, f"Step 3: lines should run, and be counted; there were {lines[0]}."
assert lines[1] <= 1.2 * lines[0], (
    f"Step 3: an image of 24 x 24 should run no more lines than one of 8 x 8, {lines[0]}; it ran "
    f"{lines[1]}."
)
assert lines[2] <= 1.2 * lines[0], (
    f"Step 3: thirty images should run no more lines than one, {lines[0]}; they ran {lines[2]}."
)

# %% test="conv-ready" points=0
# Nothing to do here. When graded, the next step uses your Conv2d if it works, else a stand-in.
### BEGIN HIDDEN TESTS
def _conv_works():
    layer = Conv2d(2, 3, (2, 1), stride=(1, 2), padding=(0, 1))
    pixels = np.arange(36.0).reshape(2, 2, 3, 3)
    framed, out = np.pad(pixels, [(0, 0), (0, 0), (0, 0), (1, 1)]), layer(Tensor(pixels))
    want = np.einsum("ncij,ocij->no", framed[:, :, 1:3, 2:3], layer.weight.data) + layer.bias.data
    again = layer._convolve(Tensor(pixels), Tensor(2 * layer.weight.data), None).data / 2 + layer.bias.data[:, None, None]
    return (out.data.shape == (2, 3, 2, 3) and np.allclose(out.data[:, :, 1, 1], want, atol=1e-4) and np.allclose(again, out.data, atol=1e-4)
            and layer.kernel_size == (2, 1) and layer.stride == (1, 2) and layer.padding == (0, 1) and len(layer.parameters()) == 2
            and Conv2d(2, 3, 1, bias=False).bias is None and layer(Tensor(pixels, dtype=np.float64)).data.dtype == np.float64)

def _lent_conv():
    def begin(self, in_channels, out_channels, kernel_size, stride=1, padding=0, bias=True):
        vars(self).update(in_channels=in_channels, out_channels=out_channels, kernel_size=_pair(kernel_size), stride=_pair(stride), padding=_pair(padding))
        reach = (in_channels * self.kernel_size[0] * self.kernel_size[1]) ** -0.5
        drawn = [np.random.uniform(-reach, reach, size) for size in [(out_channels, in_channels, *self.kernel_size), (out_channels,)]]
        self.weight, self.bias = (Tensor(numbers, requires_grad=True) for numbers in drawn)
        self.bias = self.bias if bias else None
    def convolve(self, x, weight, bias):
        cut = _windows(x.data, self.kernel_size, self.stride, self.padding)
        summed = np.tensordot(cut, weight.data, axes=([1, 4, 5], [1, 2, 3])) + (0 if bias is None else bias.data)
        return Tensor(np.moveaxis(summed, 3, 1), dtype=summed.dtype)
    return type("Conv2d", (Layer,), {"__init__": begin, "_convolve": convolve, "forward": lambda self, x: self._convolve(x, self.weight, self.bias)})

if "Conv2d" not in globals() or error_of(_conv_works) is not None or not _conv_works():
    Conv2d = _lent_conv()
### END HIDDEN TESTS

# %% tags=["explore"]
sizes, kernels = [4, 8, 16, 32], np.ones((4, 2, 3, 3))
looped = [lines_run(lambda: _slow_convolution(np.ones((1, 2, size, size)), kernels))
          for size in sizes]
lines = {"loops": looped, "one product": [lines_of_conv(1, size) for size in sizes]}
plots.draw_curves(sizes, lines, title="How many lines run for larger images?",
                  x_label="height and width, pixels", y_label="lines of Python");

# %% [markdown]
# The price is memory: the columns hold each pixel up to kernel height · kernel width times. And in time? Both measured on this
# machine, the same 2.3 million multiplications:

# %% tags=["explore"]
x, layer = Tensor(np.random.normal(size=(8, 8, 16, 16))), Conv2d(8, 16, 3, padding=1)
def loops():
    return _slow_convolution(x.data, layer.weight.data, padding=(1, 1))

cost_s = {"loops": seconds_per_call(loops, calls=1),
          "one product": seconds_per_call(lambda: layer(x), calls=10)}
times = cost_s["loops"] / cost_s["one product"]
plots.draw_bars(cost_s, title=f"The loops take {times:.0f} times as long here",
                x_label="time for one forward", unit="s");

# %% tags=["explore"]
columns = _columns(_windows(x.data, (3, 3), (1, 1), (1, 1)))
held = {"images": x.data.nbytes, "columns": columns.nbytes, "result": layer(x).data.nbytes}
times = columns.nbytes / x.data.nbytes
plots.draw_bars(held, title=f"Columns have {times:.1f} times the bytes of the images",
                x_label="memory", unit="B");

# %% [markdown]
# ## Step 4 · Backward: where windows overlap, add
#
# A pixel that lies in nine windows was used nine times. Each use is a path to the loss, and paths add. So the way back puts each number where
# it came from, and adds up.

# %% [markdown]
# How many paths has each pixel? Windows full of ones, put back:

# %% tags=["explore"]
paths = np.zeros((6, 6))
for row in range(4):
    for column in range(4):
        paths[row:row + 3, column:column + 3] += 1
figure, ax = plt.subplots(figsize=(4, 3.6), layout="constrained")
ax.imshow(paths, cmap="cividis")
for (row, column), number in np.ndenumerate(paths):
    colour = "white" if number < 5 else "black"
    ax.text(column, row, f"{number:g}", ha="center", va="center", color=colour)
ax.set(title="Windows of 3 x 3 on each pixel", xticks=[], yticks=[])
plt.show()

# %% [markdown]
# *In words: a 6 x 6 table, 1 in the corners, 9 in the middle: corners lie in one window, the middle in nine.*

# %% [markdown]
# **Your turn.** `_fold(windows, shape, stride, padding)` is the way back of `_windows` (*col2im*): windows (N, C, height, width, kernel height, kernel width) become an array of `shape`, that of
# the images (N, C, H, W).
#
# - Each number is added to the pixel that it was taken from. What falls on the padding is dropped. A pixel in no window gets 0.
# - The dtype is that of `windows`.

# %% [markdown]
# <details><summary>Hint</summary>
#
# Loop over the few places *inside* a window, not over the many windows: the numbers `windows[..., i, j]` of all windows go to
# `padded[:, :, i : i + stride · height : stride, j : ...]`, in one `+=`, as no two of them meet. At the end cut the padding off.
# </details>

# %% solution="fold"
#| export
def _fold(windows, shape, stride=(1, 1), padding=(0, 0)):
    "The way back of `_windows`: images of `shape`, each pixel the sum of what windows have there."
    ### BEGIN SOLUTION
    count, channels, height, width, *kernel = windows.shape
    padded = np.zeros((count, channels, shape[2] + 2 * padding[0], shape[3] + 2 * padding[1]), windows.dtype)
    for i, j in np.ndindex(*kernel):
        rows = slice(i, i + stride[0] * height, stride[0])
        columns = slice(j, j + stride[1] * width, stride[1])
        padded[:, :, rows, columns] += windows[..., i, j]
    return padded[:, :, padding[0]:padding[0] + shape[2], padding[1]:padding[1] + shape[3]]
    ### END SOLUTION

# %% test="fold-values" points=4
# Test 4a · 4 points · back in place
got = _fold(np.ones((1, 1, 2, 2, 2, 2)), (1, 1, 3, 3))
assert isinstance(got, np.ndarray), f"Step 4: _fold should return an array; it gave {got}."
got = got.tolist()
want = [[[[1, 2, 1], [2, 4, 2], [1, 2, 1]]]]
assert got == want, (
    f"Step 4: four windows of ones in 3 x 3, added where they overlap, should give {want}; they "
    f"gave {got}."
)
got = _fold(np.arange(8.0).reshape(1, 1, 1, 2, 2, 2), (1, 1, 2, 4), (2, 2)).tolist()
assert got == [[[[0, 1, 4, 5], [2, 3, 6, 7]]]], (
    f"Step 4: two windows side by side should give [[0, 1, 4, 5], [2, 3, 6, 7]]; they gave {got}."
)
### BEGIN HIDDEN TESTS
got = _fold(np.ones((1, 1, 2, 2, 2, 2)), (1, 1, 6, 5), (3, 3)).tolist()
want = [[[[1, 1, 0, 1, 1], [1, 1, 0, 1, 1], [0, 0, 0, 0, 0], [1, 1, 0, 1, 1], [1, 1, 0, 1, 1], [0, 0, 0, 0, 0]]]]
assert got == want, f"Step 4: stride 3 leaves gaps of 0: expected {want}; got {got}."
got = _fold(np.ones((2, 3, 2, 4, 3, 3), np.float32), (2, 3, 2, 4), (1, 1), (1, 1))
assert got.shape == (2, 3, 2, 4), f"Step 4: the result should have the shape asked for, (2, 3, 2, 4); it had {got.shape}."
kind, numbers = str(got.dtype), got[1, 2].tolist()
assert numbers == [[4, 6, 6, 4], [4, 6, 6, 4]], f"Step 4: with padding 1 expected [[4, 6, 6, 4], [4, 6, 6, 4]]; got {numbers}."
assert kind == "float32", f"Step 4: windows of float32 should fold into float32; it was {kind}."
### END HIDDEN TESTS

# %% [markdown]
# A test for such pairs needs no known answer. `_windows` and `_fold` are *adjoint*: for any images x and windows w, the sum of w times the
# windows of x equals the sum of the folded w times x. Whole numbers make both sums exact.

# %% given="adjoint-sums"
def adjoint_sums(shape, kernel, stride, padding):
    "The two sums, of windows and of pixels, for images of a shape and whole numbers."
    random = np.random.default_rng(0)
    x = random.integers(-9, 10, shape).astype(float)
    cut = _windows(x, kernel, stride, padding)
    w = random.integers(-9, 10, cut.shape).astype(float)
    return float((cut * w).sum()), float((x * _fold(w, shape, stride, padding)).sum())

# %% test="fold-adjoint" points=4
# Test 4b · 4 points · the adjoint of _windows
of_windows, of_pixels = adjoint_sums((1, 1, 5, 5), (3, 3), (1, 1), (0, 0))
assert of_windows == of_pixels, (
    f"Step 4: for 5 x 5 both sums should be equal: {of_windows} of windows, {of_pixels} of pixels."
)
### BEGIN HIDDEN TESTS
for shape, kernel, stride, padding in [((2, 3, 6, 5), (2, 3), (1, 2), (0, 0)), ((1, 2, 7, 4), (3, 1), (2, 1), (1, 0)), ((2, 1, 5, 6), (2, 4), (3, 1), (0, 3)),
                                       ((3, 2, 4, 4), (2, 2), (2, 2), (1, 1)), ((1, 1, 9, 9), (2, 2), (4, 3), (0, 0))]:
    of_windows, of_pixels = adjoint_sums(shape, kernel, stride, padding)
    assert of_windows == of_pixels, f"Step 4: {shape=}, {kernel=}, {stride=}, {padding=}: {of_windows} of windows, {of_pixels} of pixels."
### END HIDDEN TESTS

# %% test="fold-ready" points=0
# Nothing to do here. When graded, what follows uses your _fold if it works, else a stand-in.
### BEGIN HIDDEN TESTS
def _fold_works():
    given = [((1, 2, 7, 4), (3, 1), (2, 1), (1, 0)), ((2, 1, 5, 6), (2, 4), (3, 1), (0, 3)), ((2, 3, 6, 5), (2, 3), (1, 2), (0, 0))]
    sums = [adjoint_sums(*each) for each in given]
    return all(one == other for one, other in sums) and _fold(np.ones((1, 1, 1, 1, 2, 2)), (1, 1, 3, 3)).tolist() == [[[[1, 1, 0], [1, 1, 0], [0, 0, 0]]]]

if "_fold" not in globals() or error_of(_fold_works) is not None or not _fold_works():
    def _fold(windows, shape, stride=(1, 1), padding=(0, 0)):
        numbered = np.arange(1.0, np.prod(shape, dtype=int) + 1).reshape(shape)  # 0 is the padding
        places = _windows(numbered, windows.shape[4:], stride, padding).astype(int)
        sums = np.bincount(places.ravel(), windows.ravel(), numbered.size + 1)[1:]
        return sums.reshape(shape).astype(windows.dtype)
### END HIDDEN TESTS

# %% [markdown]
# Now the rule. Forward was product = W @ columns + bias, with W the kernels laid flat. Let G be the gradient, for each image a matrix
# (out, height · width) like the product. Then, by module 06:
#
# | | its gradient |
# |---|---|
# | W | G @ columnsᵀ, summed over the images |
# | columns | Wᵀ @ G |
# | bias | the sums of G's rows, over all images |
#
# Turn the gradient of the columns into windows again and fold it: the gradient of x.

# %% [markdown]
# **Your turn.** The rule of `Conv2d._convolve`. As in module 06 it gets `gradient`, `output`, then the arguments of the forward call: the layer,
# and arrays (`bias` may be None). It gives a gradient for each; for the layer None.

# %% [markdown]
# <details><summary>Hint</summary>
#
# Make the columns once more from x. G is `gradient`, reshaped to (N, out, height · width). `swapaxes(1, 2)` transposes each matrix. Windows from columns: reshape to
# (N, C, kh, kw, height, width), then `transpose(0, 1, 4, 5, 2, 3)`.
# </details>

# %% solution="conv-rule"
#| export
@_differentiable(Conv2d, "_convolve")
def _convolve_backward(gradient, output, layer, x, weight, bias):
    "Gradients of the layer (None), of x, of the weights and of the bias."
    ### BEGIN SOLUTION
    windows = _windows(x, layer.kernel_size, layer.stride, layer.padding)
    count, channels, height, width, *kernel = windows.shape
    rows, flat = gradient.reshape(count, len(weight), height * width), weight.reshape(len(weight), -1)
    back = (flat.T @ rows).reshape(count, channels, *kernel, height, width).transpose(0, 1, 4, 5, 2, 3)
    x_gradient = _fold(back, x.shape, layer.stride, layer.padding)
    weight_gradient = (rows @ _columns(windows).swapaxes(1, 2)).sum(axis=0).reshape(weight.shape)
    return None, x_gradient, weight_gradient, gradient.sum(axis=(0, 2, 3))
    ### END SOLUTION

# %% [markdown]
# The tests start `backward` with the gradient 1, 2, 3, … in the order of the result.

# %% test="conv-gradient-weight" points=4
# Test 4c · 4 points · weight and bias
got = [gradient.tolist() for gradient in _gradients(
    convolved, np.arange(9.0).reshape(1, 1, 3, 3), np.ones((1, 1, 2, 2)), np.zeros(1)
)]
assert got[1] == [[[[27, 37], [57, 67]]]], (
    f"Step 4: for 0 to 8 in rows of 3 the kernel's gradient is "
    f"[[27, 37], [57, 67]]; it was {got[1]}."
)
assert got[2] == [10], (
    f"Step 4: the bias gets the whole gradient, 1 + 2 + 3 + 4 = 10; it was {got[2]}."
)
### BEGIN HIDDEN TESTS
x, g = np.cos(np.arange(120)).reshape(2, 2, 5, 6), np.arange(1.0, 37).reshape(2, 3, 2, 3)
want = np.stack([np.stack([np.einsum("nchw,nohw->oc", np.pad(x, [(0, 0), (0, 0), (0, 0), (1, 1)])[:, :, i:i + 4:2, j:j + 5:2], g)
                           for j in range(4)], axis=-1) for i in range(2)], axis=2)
call = lambda x, w, b: convolved(x, w, b, stride=2, padding=(0, 1))
got = _gradients(call, np.cos(np.arange(120)).reshape(2, 2, 5, 6), np.ones((3, 2, 2, 4)), np.zeros(3))
assert got[1].shape == (3, 2, 2, 4), f"Step 4: the gradient of weights (3, 2, 2, 4) should have their shape; it had {got[1].shape}."
far = float(np.max(np.abs(got[1] - want)))
assert far < 1e-8, f"Step 4: stride 2, padding (0, 1), three kernels: the weights' gradient is off by up to {far:.3g}."
summed = got[2].tolist()
assert summed == [150, 222, 294], f"Step 4: the bias of three kernels should get 150, 222, 294; it got {summed}."
### END HIDDEN TESTS

# %% test="conv-gradient-input" points=5
# Test 4d · 5 points · the images
got = _gradients(
    convolved, np.zeros((1, 1, 3, 3)), np.array([[[[1.0, 2], [3, 4]]]]), np.zeros(1)
)[0].tolist()
want = [[[[1, 4, 4], [6, 20, 16], [9, 24, 16]]]]
assert got == want, (
    f"Step 4: with the kernel [[1, 2], [3, 4]] the gradient of 3 x 3 pixels is "
    f"{want}; it was {got}."
)
### BEGIN HIDDEN TESTS
cases = [((2, 2, 4, 4), (3, 2, 3, 3), 1, 0), ((1, 2, 5, 4), (2, 2, 2, 3), (2, 1), (0, 1)), ((2, 1, 5, 5), (2, 1, 2, 2), 3, 1)]
random, errors = np.random.default_rng(0), []
for shape, kernels, stride, padding in cases:
    call = lambda x, w, b: convolved(x, w, b, stride, padding)
    errors.append(_gradient_error(call, random.normal(size=shape), random.normal(size=kernels), random.normal(size=kernels[0])))
worst = max(errors)
assert worst < 1e-6, f"Step 4: backward and measured slopes should agree to 0.000001; for three layers they differ by {errors}."
alone = Conv2d(1, 2, 2, bias=False)
alone(Tensor(np.ones((1, 1, 2, 2)))).sum().backward()
got = alone.weight.grad.data.tolist()
assert got == [[[[1, 1], [1, 1]]]] * 2, f"Step 4: without a bias the kernels still get their gradient, ones here; they got {got}."
### END HIDDEN TESTS

# %% [markdown]
# **Profile.** The columns are large, so nobody keeps them: between forward and backward the graph holds what went in and what came out.

# %% test="conv-held" points=2
# Profile 4 · 2 points · what waits for backward
layer, x = Conv2d(8, 4, 3), Tensor(np.ones((4, 8, 32, 32)), requires_grad=True)
held = kept_bytes(lambda: layer(x))
layer(x).sum().backward()
arrived = x.grad is not None
print(f"the result has 57,600 B, the columns had 1,036,800 B; held until backward: {held:,} B")
assert 57_000 < held < 250_000, (
    f"Step 4: the result and its graph should hold the result, 57,600 B, and no columns; they hold "
    f"{held:,} B."
)
assert arrived, "Step 4: and still backward should find a gradient for the images; there was none."

# %% [markdown]
# ## Step 5 · MaxPool2d: the strongest answer counts
#
# Whether an edge is here or one pixel further matters little. *Pooling* takes one number from each window: a quarter of the size, less to
# compute, and a wider view for the next kernel.

# %% tags=["explore"]
answer = _slow_convolution(images[[0]][:, None], edge[None, None], padding=(1, 1))[0, 0]
answer = np.maximum(answer, 0)
pooled = answer.reshape(4, 2, 4, 2).max(axis=(1, 3))
figure, panels = plt.subplots(1, 2, figsize=(7, 3.2), layout="constrained")
titles = ["where ink begins, 8 x 8", "the largest of each 2 x 2"]
for panel, numbers, title in zip(panels, [answer, pooled], titles):
    panel.imshow(numbers, cmap="Greys")
    panel.set(title=title, xticks=[], yticks=[])
for edge_of_window in (1.5, 3.5, 5.5):
    panels[0].axhline(edge_of_window, color="#D55E00")
    panels[0].axvline(edge_of_window, color="#D55E00")
plt.show()

# %% [markdown]
# *In words: left an 8 x 8 image of edges with a grid of 2 x 2 windows over it, right the same shape in 4 x 4 pixels.*

# %% [markdown]
# Pools have a kernel size and a stride, but no weights. Unless given, the stride is the kernel size: then windows do not
# overlap.

# %% given="pool"
#| export
class _Pool2d(Layer):
    "What both pools share: `kernel_size` and `stride`, as pairs."

    def __init__(self, kernel_size, stride=None):
        self.kernel_size = _pair(kernel_size)
        self.stride = self.kernel_size if stride is None else _pair(stride)

# %% [markdown]
# **Your turn.** `MaxPool2d` as in PyTorch: the largest number of each window, each channel for itself; (N, C, H, W) becomes (N, C, height, width), the dtype stays.

# %% [markdown]
# Backward, the gradient goes only to the largest pixel. Of equal ones, the **first** in reading order gets all of it, as in
# PyTorch. (In module 06 `max` shared it.) Its rule is in the same cell. Where windows overlap,
# gradients add up.

# %% [markdown]
# <details><summary>Hint</summary>
#
# Your `_windows`, and `.max(axis=(-2, -1))` of NumPy. Backward: lay the windows' last two axes flat; `argmax(axis=-1)` gives the first of equal ones. Compare it with `np.arange(...)` and you have a 1 in its place
# and 0 elsewhere; times the gradient, back in the windows' shape, `_fold`.
# </details>

# %% solution="max-pool"
#| export
class MaxPool2d(_Pool2d):
    "The largest number of each window, as `torch.nn.MaxPool2d`. `ValueError` if none fits."

    def forward(self, x: Tensor) -> Tensor:
        _refuse_others(x)
        ### BEGIN SOLUTION
        windows = _windows(x.data, self.kernel_size, self.stride)
        largest = np.max([windows[..., i, j] for i, j in np.ndindex(*self.kernel_size)], axis=0)
        return Tensor(largest, dtype=largest.dtype)
        ### END SOLUTION

@_differentiable(MaxPool2d, "forward")
def _max_pool_backward(gradient, output, pool, x):
    "Gradients of the pool itself (None) and of x."
    ### BEGIN SOLUTION
    windows = _windows(x, pool.kernel_size, pool.stride)
    flat = windows.reshape(*output.shape, np.prod(pool.kernel_size))
    chosen = np.arange(flat.shape[-1]) == flat.argmax(axis=-1)[..., None]
    return None, _fold((chosen * gradient[..., None]).reshape(windows.shape), x.shape, pool.stride)
    ### END SOLUTION

# %% test="max-values" points=4
# Test 5a · 4 points · the largest of each window
got = MaxPool2d(2)(Tensor([[[[1.0, 5, 2, 0], [3, 4, 8, 1], [-1, -2, 0, 0], [-3, -4, 0, 9]]]]))
assert isinstance(got, Tensor), (
    f"Step 5: MaxPool2d should return a Tensor; it gave {type(got).__name__}."
)
numbers = got.data.tolist()
assert numbers == [[[[5, 8], [-1, 9]]]], (
    f"Step 5: the largest of four windows are [[5, 8], [-1, 9]]; they were {numbers}."
)
### BEGIN HIDDEN TESTS
x = np.reshape(np.arange(210) * 37 % 211, (2, 3, 5, 7))
got = MaxPool2d((2, 3))(Tensor(np.reshape(np.arange(210) * 37 % 211, (2, 3, 5, 7)))).data
want = [[[[x[n, c, 2 * i:2 * i + 2, 3 * j:3 * j + 3].max() for j in (0, 1)] for i in (0, 1)] for c in (0, 1, 2)] for n in (0, 1)]
assert got.shape == (2, 3, 2, 2), f"Step 5: windows of (2, 3) on (2, 3, 5, 7): expected (2, 3, 2, 2); got {got.shape}."
assert np.array_equal(got, want), f"Step 5: each channel for itself: expected {want}; got {got.tolist()}."
got = [str(MaxPool2d(2)(Tensor(np.ones((1, 1, 2, 2)), dtype=dtype)).data.dtype) for dtype in ("float32", "float64", "uint8")]
assert got == ["float32", "float64", "uint8"], f"Step 5: the dtype stays: float32, float64, uint8; they were {got}."
### END HIDDEN TESTS

# %% test="max-stride" points=2
# Test 5b · 2 points · a stride of its own
got = MaxPool2d(2, stride=1)(Tensor([[[[1.0, 5, 2], [3, 4, 8]]]])).data.tolist()
assert got == [[[[5, 8]]]], (
    f"Step 5: windows of 2 by steps of 1 should give [[5, 8]]; they gave {got}."
)
### BEGIN HIDDEN TESTS
got = MaxPool2d((1, 2), stride=(1, 3))(Tensor([[[[1.0, 5, 9, 3, 4, 8], [7, 2, 0, 6, 1, 3]]]])).data.tolist()
assert got == [[[[5, 4], [7, 6]]]], f"Step 5: kernel (1, 2), stride (1, 3) should give [[5, 4], [7, 6]]; it gave {got}."
for shape in [(1, 4, 4), (1, 1, 1, 9)]:
    error = error_of(MaxPool2d(2), Tensor(np.ones(shape)))
    assert isinstance(error, ValueError), f"Step 5: an input of {shape} should raise ValueError; it raised {raised(error)}."
### END HIDDEN TESTS

# %% test="max-gradient" points=4
# Test 5c · 4 points · backward
got = _gradients(MaxPool2d(2), [[[[1.0, 5, 2, 0], [3, 4, 8, 1]]]])[0].tolist()
assert got == [[[[0, 1, 0, 0], [0, 0, 2, 0]]]], (
    f"Step 5: the gradients 1 and 2 go to 5 and to 8: [[0, 1, 0, 0], [0, 0, 2, 0]]; "
    f"they went {got}."
)
### BEGIN HIDDEN TESTS
got = _gradients(MaxPool2d(2, stride=1), [[[[1.0, 5, 2], [3, 4, 0], [0, 9, 1]]]])[0].tolist()
assert got == [[[[0, 3, 0], [0, 0, 0], [0, 7, 0]]]], f"Step 5: windows that overlap add up: [[0, 3, 0], [0, 0, 0], [0, 7, 0]]; it was {got}."
got = _gradients(MaxPool2d((2, 3), stride=(2, 1)), np.reshape(np.arange(60.0) * 7 % 61, (2, 2, 3, 5)))[0].tolist()
want = [[[[0, 0, 0, 0, 0], [0, 0, 1, 5, 0], [0, 0, 0, 0, 0]], [[0, 0, 15, 0, 0], [0, 0, 0, 0, 0], [0, 0, 0, 0, 0]]], [[[0, 0, 7, 8, 9], [0, 0, 0, 0, 0], [0, 0, 0, 0, 0]], [[0, 0, 0, 0, 0], [0, 0, 33, 0, 0], [0, 0, 0, 0, 0]]]]
assert got == want, f"Step 5: kernel (2, 3), stride (2, 1) on two images of two channels: expected {want}; got {got}."
### END HIDDEN TESTS

# %% test="max-ties" points=2
# Test 5d · 2 points · equal ones: the first
got = _gradients(MaxPool2d(2), [[[[7.0, 7, 0, 4], [7, 7, 4, 0]]]])[0].tolist()
assert got == [[[[1, 0, 0, 2], [0, 0, 0, 0]]]], (
    f"Step 5: of equal ones the first gets it all: [[1, 0, 0, 2], [0, 0, 0, 0]]; it was {got}."
)
### BEGIN HIDDEN TESTS
got = _gradients(MaxPool2d((2, 2), stride=1), np.zeros((1, 1, 3, 3)))[0].tolist()
assert got == [[[[1, 2, 0], [3, 4, 0], [0, 0, 0]]]], f"Step 5: of zeros each window's upper left one: [[1, 2, 0], [3, 4, 0], [0, 0, 0]]; it was {got}."
### END HIDDEN TESTS

# %% [markdown]
# ## Step 6 · AvgPool2d: all have a say
#
# The mean instead of the largest. Every pixel of a window gets its share of the gradient.

# %% [markdown]
# **Your turn.** `AvgPool2d`, the mean of each window, and its rule. The dtype stays; integers give float32, as a `mean` of
# module 01 does. Where windows overlap, gradients add up.

# %% [markdown]
# <details><summary>Hint</summary>
#
# `Tensor(windows, dtype=x.dtype).mean(axis=(-2, -1))` has the right dtype. Backward: `np.broadcast_to(share[..., None, None], windows.shape)`, then `_fold`.
# </details>

# %% solution="avg-pool"
#| export
class AvgPool2d(_Pool2d):
    "The mean of each window, as `torch.nn.AvgPool2d`. `ValueError` if none fits."

    def forward(self, x: Tensor) -> Tensor:
        _refuse_others(x)
        ### BEGIN SOLUTION
        return Tensor(_windows(x.data, self.kernel_size, self.stride), dtype=x.dtype).mean(axis=(-2, -1))
        ### END SOLUTION

@_differentiable(AvgPool2d, "forward")
def _avg_pool_backward(gradient, output, pool, x):
    "Gradients of the pool itself (None) and of x."
    ### BEGIN SOLUTION
    share = gradient / np.prod(pool.kernel_size)
    spread = np.broadcast_to(share[..., None, None], (*share.shape, *pool.kernel_size))
    return None, _fold(spread, x.shape, pool.stride)
    ### END SOLUTION

# %% test="avg-values" points=3
# Test 6a · 3 points · the mean of each window
got = AvgPool2d(2)(Tensor([[[[1.0, 5, 2, 0], [3, 7, 8, 2]]]]))
assert isinstance(got, Tensor), (
    f"Step 6: AvgPool2d should return a Tensor; it gave {type(got).__name__}."
)
numbers = got.data.tolist()
assert numbers == [[[[4, 3]]]], (
    f"Step 6: the means of two windows are [[4, 3]]; they were {numbers}."
)
### BEGIN HIDDEN TESTS
x = np.reshape(np.arange(210) * 37 % 211, (2, 3, 5, 7))
got = AvgPool2d((2, 3), stride=(3, 2))(Tensor(np.reshape(np.arange(210) * 37.0 % 211, (2, 3, 5, 7)), dtype=np.float64)).data
want = [[[[x[n, c, 3 * i:3 * i + 2, 2 * j:2 * j + 3].mean() for j in (0, 1, 2)] for i in (0, 1)] for c in (0, 1, 2)] for n in (0, 1)]
assert got.shape == (2, 3, 2, 3), f"Step 6: windows of (2, 3), stride (3, 2), on (2, 3, 5, 7): expected (2, 3, 2, 3); got {got.shape}."
assert np.allclose(got, want), f"Step 6: each channel for itself: expected {want}; got {got.tolist()}."
### END HIDDEN TESTS

# %% test="avg-dtype" points=1
# Test 6b · 1 point · dtypes
got = [
    str(AvgPool2d(2)(Tensor(np.ones((1, 1, 2, 2)), dtype=dtype)).data.dtype)
    for dtype in ("float32", "float64")
]
assert got == ["float32", "float64"], f"Step 6: the dtype stays: float32, float64; they were {got}."
### BEGIN HIDDEN TESTS
got = AvgPool2d((1, 2))(Tensor([[[[1, 2, 4, 5]]]]))
got = got.data.tolist(), str(got.data.dtype)
assert got == ([[[[1.5, 4.5]]]], "float32"), f"Step 6: integers give means in float32, [[1.5, 4.5]]; they gave {got}."
### END HIDDEN TESTS

# %% test="avg-gradient" points=3
# Test 6c · 3 points · backward
got = _gradients(AvgPool2d(2), np.zeros((1, 1, 2, 4)))[0].tolist()
assert got == [[[[0.25, 0.25, 0.5, 0.5]] * 2]], (
    f"Step 6: the gradients 1 and 2 are shared by four: 0.25 and 0.5; they were {got}."
)
### BEGIN HIDDEN TESTS
got = _gradients(AvgPool2d((1, 2), stride=1), np.zeros((1, 1, 2, 3)))[0].tolist()
assert got == [[[[0.5, 1.5, 1], [1.5, 3.5, 2]]]], f"Step 6: windows that overlap add up: [[0.5, 1.5, 1], [1.5, 3.5, 2]]; it was {got}."
error = _gradient_error(AvgPool2d((2, 3), stride=(2, 1)), np.cos(np.arange(140.0)).reshape(2, 2, 5, 7))
assert error < 1e-6, f"Step 6: backward and measured slopes should agree to 0.000001; they differ by {error:.3g}."
### END HIDDEN TESTS

# %% [markdown]
# Both pools, of two neighbours each, on a stripe that moves to the right pixel by pixel:

# %% tags=["explore"]
stripes = np.eye(8, dtype=np.float32)[:, None, None, :] * np.ones((8, 1, 2, 8), np.float32)
figure, panels = plt.subplots(1, 3, figsize=(11, 3), layout="constrained")
tables = {"stripe": stripes, "MaxPool2d(2)": MaxPool2d(2)(Tensor(stripes)).data,
          "AvgPool2d(2)": AvgPool2d(2)(Tensor(stripes)).data}
for panel, (title, table) in zip(panels, tables.items()):
    panel.imshow(table[:, 0, 0], cmap="Greys", vmin=0, vmax=1, aspect="auto")
    panel.set(title=title, xlabel="column", ylabel="moved by (pixels)" if title == "stripe" else "")
plt.show()

# %% [markdown]
# *In words: a diagonal from the upper left; behind both pools it moves in steps of two. Max keeps it black, the mean makes it half as dark.*

# %% [markdown]
# ## Step 7 · Flatten: from images to rows
#
# A `Linear` at the end wants rows. **Your turn.** `Flatten()` makes rows (N, C · H · W) of (N, C, H, W), or of anything with a batch in front.
# An empty batch becomes (0, C · H · W). Does it need a rule of its own?

# %% [markdown]
# <details><summary>Hint</summary>
#
# `Tensor.reshape` has its rule since module 06, so use it, and not `.data`. With `-1` NumPy cannot know the length of a row when there are none: multiply
# `x.shape[1:]` yourself, `np.prod` does it, and `int(...)` makes an int of it.
# </details>

# %% solution="flatten"
#| export
class Flatten(Layer):
    "(N, ...) becomes (N, the number of elements of each sample), as `torch.nn.Flatten()`."

    def forward(self, x: Tensor) -> Tensor:
        ### BEGIN SOLUTION
        return x.reshape(len(x), int(np.prod(x.shape[1:])))
        ### END SOLUTION

# %% test="flatten-values" points=2
# Test 7a · 2 points · rows
got = Flatten()(Tensor(np.arange(12.0).reshape(2, 3, 1, 2))).data.tolist()
assert got == [[0, 1, 2, 3, 4, 5], [6, 7, 8, 9, 10, 11]], (
    f"Step 7: 0 to 11 of (2, 3, 1, 2) make two rows in order; they were {got}."
)
### BEGIN HIDDEN TESTS
for shape, want in [((4, 1, 8, 8), (4, 64)), ((3, 5), (3, 5)), ((1, 2, 3), (1, 6))]:
    got = Flatten()(Tensor(np.zeros(shape))).data.shape
    assert got == want, f"Step 7: {shape} should become {want}; it became {got}."
### END HIDDEN TESTS

# %% test="flatten-empty" points=1
# Test 7b · 1 point · a batch of nothing
got = Flatten()(Tensor(np.zeros((0, 2, 3, 3)))).data.shape
assert got == (0, 18), f"Step 7: (0, 2, 3, 3) should become (0, 18); it became {got}."

# %% test="flatten-gradient" points=2
# Test 7c · 2 points · backward
knows = Flatten()(Tensor(np.zeros((1, 2, 1, 2)), requires_grad=True)).requires_grad
assert knows, (
    "Step 7: the rows should know the images that they came from, and requires_grad was False: "
    "x.reshape, not x.data.reshape."
)
got = _gradients(Flatten(), np.zeros((1, 2, 1, 2)))[0].tolist()
assert got == [[[[1, 2]], [[3, 4]]]], (
    f"Step 7: the gradient 1 to 4 comes back as [[[[1, 2]], [[3, 4]]]]; it came as {got}."
)
### BEGIN HIDDEN TESTS
got = _gradients(lambda x: Flatten()(x * x), np.arange(8.0).reshape(2, 2, 2, 1))[0]
assert got.shape == (2, 2, 2, 1), f"Step 7: the gradient should have the shape of the images, (2, 2, 2, 1); it had {got.shape}."
numbers = got.ravel().tolist()
assert numbers == [0, 4, 12, 24, 40, 60, 84, 112], f"Step 7: through x * x expected 0, 4, 12, 24, 40, 60, 84, 112; got {numbers}."
### END HIDDEN TESTS

# %% [markdown]
# ## All together: a CNN reads the digits
#
# Two convolutions, one pool, one `Linear`. And every time a digit is fetched, `RandomCrop` of module 05 moves it by up to one pixel: a shifted three is still a three.

# %% tags=["explore"]
from tinytorch import Adam, CrossEntropyLoss, DataLoader, Dataset, Linear, RandomCrop
from tinytorch import ReLU, Sequential, Trainer, no_grad
from tinytorch.datasets import split_digits

class Digits(Dataset):
    "Images of (1, 8, 8) with their labels; `change` is applied each time an image is fetched."
    def __init__(self, images, labels, change):
        self.images, self.labels, self.change = images[:, None], labels, change
    def __len__(self):
        return len(self.images)
    def __getitem__(self, index):
        return self.change(self.images[index]), self.labels[index]

train_images, train_labels, test_images, test_labels = split_digits()

# %% tags=["explore"]
def make_cnn():
    return Sequential(Conv2d(1, 16, 3, padding=1), ReLU(), Conv2d(16, 32, 3, padding=1), ReLU(),
                      MaxPool2d(2), Flatten(), Linear(512, 10))

np.random.seed(0)
cnn = make_cnn()
x = Tensor(test_images[:32, None])
for layer in cnn:
    x = layer(x)
    own = layer.parameters() if isinstance(layer, Layer) else []
    weights = sum(parameter.size for parameter in own)
    print(f"{type(layer).__name__:10} {x.shape!s:16} {weights:6,} parameters")
print(sum(parameter.size for parameter in cnn.parameters()), "in all")

# %% [markdown]
# More than half of the parameters sit in the last layer; the 16 kernels of the first have only 160. A `Linear` from 64 pixels to 16 · 64 numbers would have 66,560.

# %% tags=["explore"]
def train(model, order=None, padding=1):
    "20 epochs, with smaller steps at the end; `order` shuffles the pixels of all images alike."
    random = np.random.default_rng(0)
    place = lambda image: image if order is None else image.reshape(-1)[order].reshape(image.shape)
    crop = RandomCrop(8, padding, generator=random)
    train_set = Digits(train_images, train_labels, lambda image: place(crop(image)))
    loader = DataLoader(train_set, batch_size=32, shuffle=True, generator=random)
    test_loader = DataLoader(Digits(test_images, test_labels, place), batch_size=359)
    trainer = Trainer(model, Adam(model.parameters()), CrossEntropyLoss())
    for epochs, lr in [(12, 3e-3), (5, 1e-3), (3, 3e-4)]:
        trainer.optimizer.lr = lr
        history = trainer.fit(loader, test_loader, epochs)
    return history

# %% tags=["explore"]
history = train(cnn)

# %% tags=["explore"]
figure, panels = plt.subplots(1, 2, figsize=(11, 3.4), layout="constrained")
for panel, kind in zip(panels, ["loss", "accuracy"]):
    train_curve, test_curve = history[f"train_{kind}"], history[f"val_{kind}"]
    panel.plot(range(1, 21), train_curve, color="#0072B2", label="training, moved about")
    panel.plot(range(1, 21), test_curve, color="#D55E00", ls="--", label="test digits")
    panel.set(title=f"{kind} of test digits, at the end {test_curve[-1]:.3g}")
    panel.set(xlabel="epoch", ylabel=f"mean {kind}" if kind == "loss" else kind)
    panel.set_xticks([5, 10, 15, 20])
panels[0].set_ylim(0, 0.5)
panels[1].set_ylim(0.9, 1)
panels[0].legend()
plt.show()

# %% [markdown]
# *In words: loss falls and accuracy rises within a few epochs, restlessly; after epoch 12, with smaller steps, both become calm.* Test digits do better than training digits: nobody moves them. They decide nothing: the epochs were fixed before.

# %% [markdown]
# Is it the convolution? Compare an MLP of as many parameters: trained in the same way, and once with digits that stay in place.
# And train both models with the pixels shuffled, in one order for all images:

# %% tags=["explore"]
import io
from contextlib import redirect_stdout

order = np.random.default_rng(1).permutation(64)
runs = {"MLP": {}, "MLP, digits stay": {"padding": 0},
        "MLP, pixels shuffled": {"order": order}, "CNN, pixels shuffled": {"order": order}}
shares = {"CNN": history["val_accuracy"][-1]}
for name, options in runs.items():
    np.random.seed(0)
    mlp, fresh = Sequential(Flatten(), Linear(64, 132), ReLU(), Linear(132, 10)), make_cnn()
    with redirect_stdout(io.StringIO()):  # no progress bars
        shares[name] = train(mlp if "MLP" in name else fresh, **options)["val_accuracy"][-1]

# %% tags=["explore"]
size = sum(parameter.size for parameter in mlp.parameters())
errors = {name: 100 * (1 - share) for name, share in shares.items()}
plots.draw_bars(errors, title=f"CNN of 9,930 parameters, MLP of {size:,}",
                x_label="test digits read wrongly, percent");

# %% [markdown]
# The MLP does not notice that pixels were shuffled. The CNN makes several times as many mistakes, because the pixels in a
# window are no longer neighbours. And moving the digits costs the MLP most: it has to learn each of them anew in each place,
# while the CNN's windows find it anywhere.

# %% [markdown]
# What did it learn to ask? Its first kernels, and what each answers to a digit:

# %% tags=["explore"]
kernels = cnn[0].weight.data[:, 0]
with no_grad():
    maps = ReLU()(cnn[0](Tensor(test_images[:1, None]))).data[0]
figure, grid = plt.subplots(4, 9, figsize=(11, 5), layout="constrained")
for number, (left, right) in enumerate(zip(grid[:, :4].flat, grid[:, 5:].flat)):
    left.imshow(kernels[number], cmap="PuOr", vmin=-abs(kernels).max(), vmax=abs(kernels).max())
    right.imshow(maps[number], cmap="Greys", vmin=0, vmax=maps.max())
grid[1, 4].imshow(test_images[0], cmap="Greys")
grid[1, 4].text(3.5, -1, "digit", ha="center", fontsize=12).set_in_layout(False)
for panel in grid.flat:
    panel.set(xticks=[], yticks=[])
for panel in grid[[0, 2, 3], 4]:
    panel.axis("off")
title = "16 kernels (orange: less, purple: more), and where each finds what it looks for"
figure.suptitle(title, fontweight="bold", x=0.01, ha="left")
plt.show()

# %% [markdown]
# *In words: left 16 tables of 3 x 3, many with one dark side; right 16 pictures of the same six, each with other strokes of it, a few empty.*
# Edges again, of many directions: nobody told it to.

# %% [markdown]
# What does it still get wrong?

# %% tags=["explore"]
with no_grad():
    scores = cnn(Tensor(test_images[:, None])).data
guesses = scores.argmax(axis=1)
confusion = np.zeros((10, 10), int)
np.add.at(confusion, (test_labels, guesses), 1)
figure, ax = plt.subplots(figsize=(5.4, 4.8), layout="constrained")
ax.imshow(np.sqrt(confusion), cmap="Blues")
for (row, column), number in np.ndenumerate(confusion):
    colour = "white" if number > 20 else "#D55E00" if row != column else "black"
    ax.text(column, row, number or "", ha="center", va="center", color=colour)
ax.set(title=f"{(guesses != test_labels).sum()} of 359 wrong", xlabel="read as", ylabel="is")
ax.set(xticks=range(10), yticks=range(10))
plt.show()

# %% tags=["explore"]
right = scores[np.arange(359), test_labels]
others = np.where(np.arange(10) == test_labels[:, None], -np.inf, scores).max(axis=1)
hardest = np.argsort(right - others)[:20]  # wrong where this is negative
captions = [f"{label}, not {guess}" if label != guess else f"{label}"
            for label, guess in zip(test_labels[hardest], guesses[hardest])]
plots.draw_images(test_images[hardest], captions,
                  title="The wrong ones, then those that it was least sure of");

# %% [markdown]
# Would you have read them all?

# %% [markdown]
# ## Beside PyTorch
#
# | here | PyTorch |
# |---|---|
# | `Conv2d`, `MaxPool2d`, `AvgPool2d`, `Flatten` | the same names, shapes, starting weights |
# | sizes as ints or pairs | also `padding="same"`, dilation, groups, pools with padding |
# | batches of (N, C, H, W) only | a single (C, H, W) too |
# | columns made in every forward and backward | kernels that read windows in place |
# | the first layer's x gets a gradient, wanted or not | asks first |

# %% [markdown]
# ## What you take with you
#
# - A convolution is a matrix product over windows: few weights, used everywhere.
# - Windows are a view, columns a copy: memory bought the speed.
# - The way back of taking windows is putting them back and adding. One test, the adjoint's, needs no known answer.
# - A model that knows what its data looks like needs to learn less.

# %% [markdown]
# Checklist, can you say it without looking?
#
# - [ ] What becomes of 32 x 32 pixels under a kernel of 5, stride 2, padding 2?
# - [ ] How many parameters has `Conv2d(16, 32, 3)`, and how many if the image were twice as large?
# - [ ] Why does `_fold` add, and `_windows` not divide?
# - [ ] Which pixel of a flat area gets the gradient of `MaxPool2d`?

# %% [markdown]
# ## Further reading
#
# - K. Fukushima, *Neocognitron*, 1980: windows and pools, before backpropagation.
# - Y. LeCun and others, *Gradient-based learning applied to document recognition*, 1998: a CNN that read cheques.
# - A. Krizhevsky, I. Sutskever, G. Hinton, *ImageNet classification with deep convolutional neural networks*, 2012.
# - V. Dumoulin, F. Visin, *A guide to convolution arithmetic for deep learning*, 2016, arXiv:1603.07285: all sizes, drawn.

# %% [markdown]
# **The end, and a beginning.** Tensor, layers, autograd, optimizers, training, convolutions: all of it is yours. Export it: `tito export 09`. And on Binder, **download this
# notebook**: the session, and all you wrote in it, ends when you leave.

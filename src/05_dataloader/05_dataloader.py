# %% [markdown]
# # 05 · DataLoader
#
# > One iterator that feeds a training loop, whatever the data is and wherever it lies.
#
# **Foundation tier · difficulty 2 of 4 · 3 to 5 hours · after 01 tensor, 02 activations, 03 layers, 04 losses**
#
# On Binder this session is temporary. Whatever you write here goes when it ends, so download your notebook
# (*File → Download*) before you leave.

# %% tags=["explore"]
# Run this cell first. From then on it says which steps pass, and how many visible points that is.
from tinytorch.panel import show_panel

show_panel("05")

# %% [markdown]
# The tests that you see are examples: when graded, each also tries other values that follow from the text. *Visible points*
# are those of the tests as you see them, so go by the text, and not by the tests alone. There are 110 points in all: 100 of
# tests, and 10 for question 5, which a person grades.

# %% [markdown]
# At the end you can read data from any storage through two methods, make a batch only when it is asked for, shuffle
# indices, *collate* samples (put them together into one batch), augment images, and say what all this costs. Not built
# yet: worker processes, prefetching, downloads, collating by a function of your own.

# %% [markdown]
# In a terminal, `tito check 05` runs all tests that you see, whenever you like. When you are done, `tito export 05` gives
# your code to the next modules, and `tito submit 05` packs what you hand in.

# %%
#| default_exp core.dataloader

# %% given="imports"
#| export
import random
from abc import ABC, abstractmethod

import numpy as np
from fastcore.basics import patch

from tinytorch.core.tensor import Tensor

# %% given="tools"
import sys

from tinytorch.datasets import load_digits, split_digits
from tinytorch.profiling import CountingDataset, kept_bytes, peak_bytes
from tinytorch.profiling import seconds_per_call, throughput

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
# A model learns from numbers that somebody has to bring. This notebook builds the part that brings them: it finds a
# sample, mixes the order, packs a batch, hands it over.

# %% tags=["explore"]
from tinytorch.profiling import plots

chain = {"Storage": "memory, disk", "Dataset": "sample i", "DataLoader": "order, batches",
         "Model": "forward", "Loss": "how wrong?", "Update": "learn"}
plots.draw_chain(chain, title="You build the two blue boxes", highlight=["Dataset", "DataLoader"]);

# %% [markdown]
# The promise: the loop below works the same on 1,000 tensors in memory and on 100 GB of JPEGs on disk.
#
# ```python
# for images, labels in loader:
#     ...  # forward, loss, backward, update
# ```
#
# Six steps get you there, and a seventh makes it fast, if you like. Each ends with tests that say whether it is right, and
# a profile that says what it costs.

# %% [markdown]
# | step | you write | the idea |
# |---|---|---|
# | 1 | `Dataset` | one interface to any storage |
# | 2 | `TensorDataset` | aligned tensors in memory |
# | 3 | `DataLoader.__init__`, `__len__` | how many batches there are |
# | 4 | `DataLoader.__iter__` | shuffle indices, yield lazily |
# | 5 | `DataLoader._collate_batch` | samples become batch tensors |
# | 6 | `RandomHorizontalFlip`, `RandomCrop`, `Compose` | a new picture every epoch |
# | 7, optional | `TensorDataset.get_batch` | a whole batch in one call |

# %% [markdown]
# Cells that test are locked, and so are some that are given. Cells that draw are for you, and never graded.

# %% [markdown]
# ## Step 1 · Dataset: one interface to any storage
#
# Storage is how data lies: an array, a folder, a database. Access is how you ask for it. Two questions are enough to
# train on anything: *how many samples are there*, and *what is sample i*?

# %% tags=["explore"]
class Squares:
    def __len__(self):
        return 5
    def __getitem__(self, index):
        return index * index

squares = Squares()
len(squares), squares[3]

# %% [markdown]
# Python's own `len(x)` and `x[i]` ask exactly these questions. Nothing is stored here: each sample is made when it is
# asked for.
#
# What if somebody forgets one of the two methods? With a plain class you find out in the middle of training. An
# *abstract base class* refuses earlier:

# %% tags=["explore"]
class Shape(ABC):
    @abstractmethod
    def area(self):
        "Every shape has to say this."

print(error_of(Shape))

# %% [markdown]
# **Your turn.** Give `Dataset` two abstract methods, `__len__(self)` and `__getitem__(self, index)`.
#
# - `Dataset()` then raises `TypeError`.
# - So does making an object of a subclass that lacks one of the two, or both.

# %% [markdown]
# <details><summary>Hint</summary>
#
# `Shape` above has all you need: one decorator per method, and a docstring can be a method's whole body.
#
# </details>

# %% solution="dataset"
#| export
class Dataset(ABC):
    """One interface to any storage: how many samples there are, and which one is at an index.

    A subclass says both; what a sample is (a tensor, a tuple of tensors, a number) is up to it.
    Raises TypeError when a subclass that lacks a method is created.
    """
    ### BEGIN SOLUTION
    @abstractmethod
    def __len__(self):
        "The number of samples."

    @abstractmethod
    def __getitem__(self, index):
        "The sample at `index`, with 0 <= index < len(self)."
    ### END SOLUTION

# %% test="dataset-abstract" points=2
# Test 1a · 2 points · Dataset itself cannot be created
own = [name for name in ("__len__", "__getitem__") if hasattr(Dataset, name)]
assert own == ["__len__", "__getitem__"], (
    "Step 1: class Dataset should have the methods __len__ and __getitem__, indented below its "
    f"first line; it has {own}.")
error = error_of(Dataset)
assert isinstance(error, TypeError), (
    "Step 1: Dataset() should raise TypeError, its methods being abstract; it raised "
    f"{raised(error)}.")
### BEGIN HIDDEN TESTS
neither = type("Neither", (Dataset,), {})
error = error_of(neither)
assert isinstance(error, TypeError), f"Step 1: a subclass with neither method should raise TypeError; it raised {raised(error)}."
### END HIDDEN TESTS

# %% test="dataset-incomplete" points=2
# Test 1b · 2 points · a subclass that lacks a method cannot be created
class NoLength(Dataset):
    def __getitem__(self, index):
        return index

class NoItems(Dataset):
    def __len__(self):
        return 3

error = error_of(NoLength)
assert isinstance(error, TypeError), (
    f"Step 1: a subclass without __len__ should raise TypeError; it raised {raised(error)}.")
error = error_of(NoItems)
assert isinstance(error, TypeError), (
    f"Step 1: a subclass without __getitem__ should raise TypeError; it raised {raised(error)}.")
### BEGIN HIDDEN TESTS
for base in (NoLength, NoItems):
    error = error_of(type("Further", (base,), {"first": lambda self: 0}))
    assert isinstance(error, TypeError), f"Step 1: a subclass of {base.__name__} lacks the same method: TypeError; it raised {raised(error)}."
### END HIDDEN TESTS

# %% test="dataset-complete" points=2
# Test 1c · 2 points · a complete subclass works
class Cubes(Dataset):
    def __len__(self):
        return 4
    def __getitem__(self, index):
        return index ** 3

got = (len(Cubes()), Cubes()[3])
assert got == (4, 27), (
    f"Step 1: len and [3] of a complete subclass should be (4, 27); they were {got}.")
### BEGIN HIDDEN TESTS
words = type("Words", (Cubes,), {"__getitem__": lambda self, index: "abcd"[index]})()
got = [words[index] for index in range(len(words))]
assert got == ["a", "b", "c", "d"], f"Step 1: a subclass of a subclass should give its own samples; it gave {got}."
got = isinstance(words, Dataset)
assert got is True, f"Step 1: an object of a subclass should be a Dataset; isinstance says {got}."
### END HIDDEN TESTS

# %% test="dataset-profile" points=1
# Profile 1 · 1 point · a dataset is a rule: it holds no samples
class Waves(Dataset):
    def __len__(self):
        return 1_000_000
    def __getitem__(self, index):
        return np.sin(np.arange(1000) * index)

held_bytes = kept_bytes(Waves)
print(f"a million samples of 8 kB each: the dataset holds {held_bytes} B")
assert held_bytes < 10_000, (
    "Step 1: a dataset that stores no samples should hold under 10,000 B; it holds "
    f"{held_bytes:,} B.")

# %% [markdown]
# The interface is the same, and the time for one sample is not. An image from memory, from a formula, and from a file
# that was just written, so that the system still has it in its cache:

# %% tags=["explore"]
import tempfile
from pathlib import Path

image = np.ones((3, 32, 32), np.float32)
path = Path(tempfile.mkdtemp(), "image.npy")
np.save(path, image)
images = np.stack([image] * 100)

# %% tags=["explore"]
cost_s = {
    "array in memory": seconds_per_call(lambda: images[7], calls=1000),
    "computed on demand": seconds_per_call(lambda: np.sin(image + 7), calls=100),
    "file, in the system's cache": seconds_per_call(lambda: np.load(path), calls=20),
}
plots.draw_bars(cost_s, title="What does one sample cost?",
                x_label="time for one read", unit="s", log=True);

# %% test="dataset-ready" points=0
# Nothing to do here. When graded, the next steps use your Dataset if it works, else a stand-in.
### BEGIN HIDDEN TESTS
def _keeps_dataset():
    probe = type("Probe", (Dataset,), {"__len__": lambda self: 2, "__getitem__": lambda self, index: index})()
    return (len(probe), probe[1]) == (2, 1)

if "Dataset" not in globals() or error_of(_keeps_dataset) is not None or not _keeps_dataset():
    Dataset = type("Dataset", (), {})
### END HIDDEN TESTS

# %% [markdown]
# ## Step 2 · TensorDataset: aligned tensors in memory
#
# Most data starts as two arrays: images and labels. They are aligned: row 7 of one belongs to row 7 of the other. A
# `TensorDataset` keeps them together.

# %% tags=["explore"]
features = Tensor(np.arange(12, dtype=np.float32).reshape(4, 3))
labels = Tensor(np.array([0, 1, 0, 1]))
features[2], labels[2]

# %% [markdown]
# That pair is sample 2. Note that `features[2]` is a *view*: it looks into the same memory, nothing is copied.

# %% tags=["explore"]
np.shares_memory(features[2].data, features.data)

# %% [markdown]
# **Your turn.** `TensorDataset(*tensors)` takes one or more tensors of equal size along dimension 0. A Tensor `t` has
# `len(t)`, its size there, and `t.shape` and `t.data`, its array. Each tensor has at least one dimension; of a 0-d one,
# `len` raises `TypeError`, and you need not look for that.

# %% [markdown]
# - `len(ds)` is that size; `ds[i]` is the tuple `(t1[i], t2[i], …)` of Tensors, for an `int` or `np.int64`.
# - No tensor: `ValueError`. Unequal: `ValueError` with `All tensors must have same size in first dimension` and all sizes.
# - A negative `i` counts from the end, as in a list: `ds[-1]` is the last sample, `ds[-len(ds)]` the first.
# - Beyond either end: `IndexError` with `Index {i} out of range for dataset of size {n}`.
# - Nothing is copied, neither when the dataset is made nor when a sample is fetched.

# %% [markdown]
# <details><summary>Hint</summary>
#
# Collect the sizes first; a `set` of them tells whether they agree. A tuple can be made from a generator expression.
#
# </details>

# %% solution="tensor-dataset"
#| export
class TensorDataset(Dataset):
    """Tensors of equal size along dimension 0: sample i is the tuple of their i-th entries.

    Args:
        *tensors: one or more Tensors of shape (n, ...), any dtype; kept as they are, not copied.

    Raises:
        TypeError: an argument is not a Tensor.
        ValueError: none is given, or sizes along dimension 0 differ.
        IndexError: an index outside -n <= index < n; negative ones count from the end.
    """
    def __init__(self, *tensors):
        for tensor in tensors:
            if not isinstance(tensor, Tensor):
                kind = type(tensor).__name__
                raise TypeError(f"TensorDataset takes Tensors, not {kind}: write Tensor(...)")
        ### BEGIN SOLUTION
        if not tensors:
            raise ValueError("TensorDataset needs at least one tensor; none was given")
        sizes = [len(tensor) for tensor in tensors]
        if len(set(sizes)) > 1:
            raise ValueError(f"All tensors must have same size in first dimension; they have {sizes}")
        self.tensors = tensors
        ### END SOLUTION

    def __len__(self):
        ### BEGIN SOLUTION
        return len(self.tensors[0])
        ### END SOLUTION

    def __getitem__(self, index):
        ### BEGIN SOLUTION
        if not -len(self) <= index < len(self):
            raise IndexError(f"Index {index} out of range for dataset of size {len(self)}")
        return tuple(tensor[index] for tensor in self.tensors)
        ### END SOLUTION

# %% test="tensor-dataset-len" points=3
# Test 2a · 3 points · its length is the size of dimension 0
got = len(TensorDataset(Tensor(np.zeros((5, 3))), Tensor(np.zeros(5))))
assert got == 5, f"Step 2: five rows make len 5; it was {got}."
### BEGIN HIDDEN TESTS
for shape in [(2, 4), (1,), (17, 2, 2)]:
    got = len(TensorDataset(Tensor(np.ones(shape)), Tensor(np.ones((shape[0], 9)))))
    assert got == shape[0], f"Step 2: tensors of {shape[0]} rows make len {shape[0]}; it was {got}."
### END HIDDEN TESTS

# %% test="tensor-dataset-item" points=3
# Test 2b · 3 points · a sample is the tuple of the tensors' entries
x, y = Tensor(np.arange(8.0).reshape(4, 2)), Tensor(np.array([5, 6, 7, 8]))
sample = TensorDataset(x, y)[2]
assert isinstance(sample, tuple) and len(sample) == 2, (
    f"Step 2: a sample of two tensors is a tuple of 2; it was {sample!r}.")
assert all(isinstance(value, Tensor) for value in sample), (
    f"Step 2: both values should be Tensors; they were {sample!r}.")
got = [value.data.tolist() for value in sample]
assert got == [[4.0, 5.0], 7], f"Step 2: sample 2 should hold [4.0, 5.0] and 7; it holds {got}."
### BEGIN HIDDEN TESTS
pictures = Tensor(np.arange(24, dtype=np.uint8).reshape(3, 2, 2, 2))
picture, mark = TensorDataset(pictures, Tensor(np.array([0.5, 1.5, 2.5])))[1]
got = [picture.data.tolist(), mark.data.tolist()]
assert got == [[[[8, 9], [10, 11]], [[12, 13], [14, 15]]], 1.5], f"Step 2: sample 1 of a 4-d and a 1-d tensor came as {got}."
assert picture.data.dtype == np.uint8, f"Step 2: a uint8 tensor gives uint8 samples; the dtype was {picture.data.dtype}."
pair = TensorDataset(y, x)
got = [value.data.tolist() for value in pair[0] + pair[3]]
assert got == [5, [0.0, 1.0], 8, [6.0, 7.0]], f"Step 2: the first and the last of four samples came as {got}."
### END HIDDEN TESTS

# %% test="tensor-dataset-many" points=2
# Test 2c · 2 points · it takes one tensor, and three as well
weights, names = Tensor(np.array([0.5, 1.5])), Tensor(np.array([[1, 2], [3, 4]]))
got = [len(TensorDataset(*[weights] * count)[1]) for count in (1, 3)]
assert got == [1, 3], (
    "Step 2: samples of one and of three tensors are tuples of 1 and 3; their lengths were "
    f"{got}.")
### BEGIN HIDDEN TESTS
got = [float(np.sum(value.data)) for value in [*TensorDataset(names)[0], *TensorDataset(weights, names, names, weights)[1]]]
assert got == [3, 1.5, 7, 7, 1.5], f"Step 2: sample 0 of one tensor and sample 1 of four should add up to 3, 1.5, 7, 7, 1.5; got {got}."
### END HIDDEN TESTS

# %% test="tensor-dataset-scalar" points=2
# Test 2d · 2 points · NumPy's integers index too; entries of a 1-d tensor are 0-d Tensors
sample = TensorDataset(Tensor(np.array([5, 6, 7])), Tensor(np.zeros((3, 2))))[np.int64(1)]
assert isinstance(sample[0], Tensor), (
    f"Step 2: an entry of a 1-d tensor should be a Tensor; it was {sample[0]!r}.")
assert sample[0].data.shape == () and sample[0].data == 6, (
    f"Step 2: entry 1 should be a 0-d Tensor of 6; it was {sample[0]!r}.")
### BEGIN HIDDEN TESTS
flags = TensorDataset(Tensor(np.array([True, False])), Tensor(np.array([0.5, 1.5])))
got = [(value.data.shape, value.data.item()) for value in flags[np.int64(0)]]
assert got == [((), True), ((), 0.5)], f"Step 2: entry 0 of two 1-d tensors should be 0-d True and 0.5; it came as {got}."
### END HIDDEN TESTS

# %% test="tensor-dataset-unequal" points=1
# Test 2e · 1 point · two tensors of unequal size are refused
error = error_of(TensorDataset, Tensor(np.zeros((100, 3))), Tensor(np.zeros(99)))
assert isinstance(error, ValueError), (
    f"Step 2: sizes 100 and 99 should raise ValueError; they raised {raised(error)}.")
for part in ["All tensors must have same size in first dimension", "100", "99"]:
    assert part in str(error), (
        f"Step 2: the message should contain {part!r}; it was {str(error)!r}.")
### BEGIN HIDDEN TESTS
for sizes in [((12, 1), (1, 12)), ((1, 12), (12, 1)), ((12,), (1,))]:
    error = error_of(TensorDataset, Tensor(np.zeros(sizes[0])), Tensor(np.zeros(sizes[1])))
    assert isinstance(error, ValueError), f"Step 2: shapes {sizes} should raise ValueError; they raised {raised(error)}."
    assert "12" in str(error) and "1" in str(error).replace("12", ""), f"Step 2: the message should hold sizes 12 and 1; it was {str(error)!r}."
### END HIDDEN TESTS

# %% test="tensor-dataset-unequal-many" points=1
# Test 2f · 1 point · of three tensors, any one may be of another size
error = error_of(TensorDataset, Tensor(np.zeros((5, 2))), Tensor(np.zeros(3)), Tensor(np.zeros(5)))
assert isinstance(error, ValueError), (
    f"Step 2: sizes 5, 3 and 5 should raise ValueError; they raised {raised(error)}.")
### BEGIN HIDDEN TESTS
for sizes in [(3, 3, 5), (5, 3, 3), (5, 5, 5, 3, 5)]:
    error = error_of(TensorDataset, *[Tensor(np.zeros((size, 2))) for size in sizes])
    assert isinstance(error, ValueError), f"Step 2: sizes {sizes} should raise ValueError; they raised {raised(error)}."
### END HIDDEN TESTS

# %% test="tensor-dataset-none" points=1
# Test 2g · 1 point · no tensor at all is refused
error = error_of(TensorDataset)
assert isinstance(error, ValueError), (
    f"Step 2: TensorDataset() should raise ValueError; it raised {raised(error)}.")
### BEGIN HIDDEN TESTS
for given in [(np.zeros(3),), (np.zeros(3), Tensor(np.zeros(3))), (Tensor(np.zeros(3)), [0, 1, 0])]:
    error = error_of(TensorDataset, *given)
    assert isinstance(error, TypeError), f"Step 2: an array or a list in the place of a Tensor should raise TypeError, as the lines given do; it raised {raised(error)}."
### END HIDDEN TESTS

# %% test="tensor-dataset-range" points=1
# Test 2h · 1 point · an index beyond either end says so
three = TensorDataset(Tensor(np.zeros(3)), Tensor(np.ones(3)))
for index in (3, -4):
    error = error_of(lambda: three[index])
    assert isinstance(error, IndexError), (
        f"Step 2: of 3 samples, ds[{index}] should raise IndexError; it raised {raised(error)}.")
    message = f"Index {index} out of range for dataset of size 3"
    assert message in str(error), (
        f"Step 2: of 3 samples, ds[{index}] should say {message!r}; "
        f"it said {str(error)!r}.")
### BEGIN HIDDEN TESTS
error = error_of(lambda: TensorDataset(Tensor(np.zeros((0, 2))), Tensor(np.zeros(0)))[0])
assert isinstance(error, IndexError), f"Step 2: index 0 of an empty dataset should raise IndexError; it raised {raised(error)}."
error = error_of(lambda: TensorDataset(Tensor(np.zeros(40)), Tensor(np.ones(40)))[np.int64(123)])
assert "Index 123 out of range for dataset of size 40" in str(error), f"Step 2: index 123 of 40 gave the message {str(error)!r}."
error = error_of(lambda: TensorDataset(Tensor(np.zeros(40)), Tensor(np.ones(40)))[-41])
assert "Index -41 out of range for dataset of size 40" in str(error), f"Step 2: index -41 of 40 gave the message {str(error)!r}."
### END HIDDEN TESTS

# %% test="tensor-dataset-negative" points=1
# Test 2i · 1 point · a negative index counts from the end
three = TensorDataset(Tensor(np.array([5, 6, 7])), Tensor(np.zeros((3, 2))))
for index, value in [(-1, 7), (-3, 5)]:
    error = error_of(lambda: three[index])
    assert error is None, (
        f"Step 2: ds[{index}] counts from the end, as in a list: it should not raise "
        f"{raised(error)}.")
    got = three[index][0].data.tolist()
    assert got == value, (
        f"Step 2: where samples begin with 5, 6, 7, ds[{index}][0] should be {value}; it was "
        f"{got}.")
error = error_of(lambda: three[-4])
assert isinstance(error, IndexError), (
    f"Step 2: of 3 samples, ds[-4] should raise IndexError; it raised {raised(error)}.")
### BEGIN HIDDEN TESTS
four = TensorDataset(Tensor(np.array([[1, 2], [3, 4], [5, 6], [7, 8]])), Tensor(np.zeros(4)))
for index, value in [(-2, [5, 6]), (-4, [1, 2])]:
    got = error_of(lambda: four[index]) or four[index][0].data.tolist()
    assert got == value, f"Step 2: of four rows, ds[{index}] should be {value}; it was {got!r}."
error = error_of(lambda: four[-9])
assert isinstance(error, IndexError), f"Step 2: of 4 samples, ds[-9] should raise IndexError; it raised {raised(error)}."
### END HIDDEN TESTS

# %% test="tensor-dataset-profile" points=2
# Profile 2 · 2 points · nothing is copied: neither to build the dataset nor to fetch a sample
big, small = Tensor(np.zeros((8, 250_000), np.float32)), Tensor(np.zeros(8))
built_bytes = kept_bytes(lambda: TensorDataset(big, small))
dataset = TensorDataset(big, small)
sample_bytes = kept_bytes(lambda: dataset[5])
print(f"8 samples of 1 MB each: {built_bytes} B to build, {sample_bytes} B to fetch one")
assert built_bytes < 10_000, (
    "Step 2: TensorDataset.__init__ should copy no data and keep under 10,000 B; it kept "
    f"{built_bytes:,} B.")
assert sample_bytes < 10_000, (
    "Step 2: TensorDataset.__getitem__ should copy no data and take under 10,000 B; it took "
    f"{sample_bytes:,} B.")

# %% [markdown]
# What does a copy cost? The same dataset, and one that copies every sample it gives:

# %% tags=["explore"]
from itertools import cycle

photos = Tensor(np.ones((100, 3, 224, 224), np.float32))
views, places = TensorDataset(photos), cycle(range(100))
view_s = seconds_per_call(lambda: views[next(places)], calls=1000)
copy_s = seconds_per_call(lambda: Tensor(photos.data[next(places)].copy()), calls=100)

# %% tags=["explore"]
plots.draw_bars({"view of the memory": view_s, "copy of the sample": copy_s}, unit="s",
                title=f"A copy takes {copy_s / view_s:.1f} times as long as a view",
                x_label="time for a sample of 602 kB, each time another one");

# %% [markdown]
# ### A dataset can wrap a dataset
#
# Because the interface is two methods, a cache, a subset or a concatenation is one too. A subset in six lines:

# %% tags=["explore"]
class Subset(Dataset):
    def __init__(self, dataset, indices):
        self.dataset, self.indices = dataset, indices
    def __len__(self):
        return len(self.indices)
    def __getitem__(self, index):
        return self.dataset[self.indices[index]]

odd = Subset(TensorDataset(Tensor(np.arange(10))), range(1, 10, 2))
[sample[0].item() for sample in (odd[i] for i in range(len(odd)))]

# %% [markdown]
# And a dataset can read from disk lazily. Ten files, but only those that are asked for get opened:

# %% tags=["explore"]
class Files(Dataset):
    def __init__(self, folder):
        self.paths = sorted(folder.glob("sample-*.npy"))
    def __len__(self):
        return len(self.paths)
    def __getitem__(self, index):
        return Tensor(np.load(self.paths[index]))

# %% tags=["explore"]
folder = Path(tempfile.mkdtemp())
for i in range(10):
    np.save(folder / f"sample-{i}.npy", np.full(3, i))

on_disk = CountingDataset(Files(folder))
on_disk[4], on_disk[9], on_disk.fetched

# %% [markdown]
# ## Step 3 · DataLoader: how many batches
#
# Sample by sample, a model learns slowly; all at once, nothing fits. So a loader deals out *batches*. 100 samples by 32
# make 32, 32, 32 and a last, short one of 4:

# %% tags=["explore"]
100 / 32, [len(range(100)[start:start + 32]) for start in range(0, 100, 32)]

# %% [markdown]
# The number of batches is the quotient, rounded *up*. Rounding down forgets the last 4 samples, every epoch.

# %% [markdown]
# **Your turn.** Write `__init__` and `__len__`.
#
# - Keep the arguments as `dataset`, `batch_size`, `shuffle` and `generator`: step 4 reads them.
# - `len(loader)` counts batches, the short one too; no samples, no batches.
# - It must be right for 10⁹ samples, too. Integers are exact at any size, floats are rounded.
#
# Building a loader costs the same for ten samples as for ten million, so make no list of indices here.

# %% [markdown]
# The arguments:
#
# - `batch_size` is a positive integer, `np.int64` included. Else (0, negatives, floats, bools, strings): `ValueError`
#   with `positive integer`.
# - Any object with `__len__` and `__getitem__` serves, a list too. Else: `TypeError` that names the missing method.

# %% [markdown]
# <details><summary>Hint</summary>
#
# `True` is an `int` to Python, so ask for `bool` by itself. To round up with integers alone: `//` rounds down,
# so negate twice. `-7 // 2` is `-4`, and `-(-7 // 2)` is `4`.
#
# </details>

# %% solution="data-loader"
#| export
class DataLoader:
    """Iterate over a dataset in batches, in order or shuffled anew each epoch.

    Args:
        dataset: any object with `__len__` and `__getitem__`.
        batch_size: samples per batch, a positive integer; the last batch may be shorter.
        shuffle: whether each epoch goes through the samples in a new random order.
        generator: a `np.random.Generator` that decides the order; else `random` or `np.random`.

    Raises:
        TypeError: `dataset` lacks a method. ValueError: `batch_size` is no positive integer.
    """
    def __init__(self, dataset, batch_size, shuffle=False, *, generator=None):
        ### BEGIN SOLUTION
        for method in ("__len__", "__getitem__"):
            if not hasattr(dataset, method):
                raise TypeError(f"dataset needs {method}, which {type(dataset).__name__} lacks")
        is_integer = isinstance(batch_size, (int, np.integer)) and not isinstance(batch_size, bool)
        if not is_integer or batch_size < 1:
            raise ValueError(f"batch_size must be a positive integer; it was {batch_size!r}")
        self.dataset, self.batch_size = dataset, int(batch_size)
        self.shuffle, self.generator = shuffle, generator
        ### END SOLUTION

    def __len__(self):
        "The number of batches in an epoch, a short last one included."
        ### BEGIN SOLUTION
        return -(-len(self.dataset) // self.batch_size)
        ### END SOLUTION

# %% test="loader-len" points=4
# Test 3a · 4 points · the number of batches is rounded up
for samples, batch_size, batches in [(100, 32, 4), (96, 32, 3), (5, 8, 1)]:
    got = len(DataLoader([0] * samples, batch_size))
    assert got == batches, (
        f"Step 3: {samples} samples by {batch_size} make {batches} batches; len(loader) was "
        f"{got}.")
### BEGIN HIDDEN TESTS
for samples, batch_size, batches in [(1, 1, 1), (1, 64, 1), (7, 3, 3), (64, 64, 1), (65, 64, 2), (10, 9, 2), (1025, 1024, 2)]:
    got = len(DataLoader([None] * samples, batch_size=batch_size))
    assert got == batches, f"Step 3: {samples} samples in batches of {batch_size} make {batches}; len(loader) was {got}."
### END HIDDEN TESTS

# %% test="loader-len-empty" points=1
# Test 3b · 1 point · no samples, no batches
got = len(DataLoader([], 4))
assert got == 0, f"Step 3: 0 samples by 4 make 0 batches; len(loader) was {got}."
### BEGIN HIDDEN TESTS
for batch_size in [1, 64]:
    got = len(DataLoader(range(0), batch_size, shuffle=True))
    assert got == 0, f"Step 3: 0 samples by {batch_size} make 0 batches; len(loader) was {got}."
### END HIDDEN TESTS

# %% test="loader-attributes" points=2
# Test 3c · 2 points · the arguments are kept under their names
rows = [10, 20, 30]
loader = DataLoader(rows, 2, shuffle=True)
same = loader.dataset is rows
assert same, (
    "Step 3: loader.dataset should be the very dataset that was given; it is something else.")
got = (loader.batch_size, loader.shuffle)
assert got == (2, True), (
    f"Step 3: loader.batch_size and loader.shuffle should be (2, True); they were {got}.")
got = loader.generator
assert got is None, (
    f"Step 3: where no generator is given, loader.generator should be None; it was {got!r}.")
### BEGIN HIDDEN TESTS
given_generator = np.random.default_rng(1)
loader = DataLoader(dataset=rows, batch_size=3, generator=given_generator)
same = loader.generator is given_generator
assert same, "Step 3: loader.generator should be the very one that was given; it is something else."
got = (loader.batch_size, bool(loader.shuffle))
assert got == (3, False), f"Step 3: without shuffle=True a loader keeps the order: expected (3, False), got {got}."
### END HIDDEN TESTS

# %% test="loader-batch-size" points=1
# Test 3d · 1 point · a batch_size that is no positive integer is refused
for wrong in [0, -1, 2.0, "32", True]:
    error = error_of(DataLoader, [1, 2], wrong)
    assert isinstance(error, ValueError), (
        f"Step 3: batch_size={wrong!r} should raise ValueError; it raised {raised(error)}.")
    assert "positive integer" in str(error), (
        f"Step 3: the message should contain 'positive integer'; it was {str(error)!r}.")
### BEGIN HIDDEN TESTS
for wrong in [-32, 0.5, float("nan"), None, False, [4], np.float64(4), np.int64(0)]:
    error = error_of(DataLoader, [1, 2], wrong)
    assert isinstance(error, ValueError), f"Step 3: batch_size {wrong!r} should be a ValueError; it raised {raised(error)}."
    assert "positive integer" in str(error), f"Step 3: for {wrong!r} the message lacks 'positive integer': {str(error)!r}."
### END HIDDEN TESTS

# %% test="loader-accepts" points=1
# Test 3e · 1 point · NumPy's integers and any object with both methods are welcome
got = len(DataLoader("abcdef", np.int64(3)))
assert got == 2, f"Step 3: a string of 6 by np.int64(3) makes 2 batches; len(loader) was {got}."
### BEGIN HIDDEN TESTS
duck = type("Duck", (), {"__len__": lambda self: 9, "__getitem__": lambda self, index: index})()
got = len(DataLoader(duck, np.int64(3)))
assert got == 3, f"Step 3: an object of 9 samples by np.int64(3) makes 3 batches; len(loader) was {got}."
for dataset, batch_size, batches in [([(1, 2), (3, 4)], np.int64(1), 2), ("abcdefgh", 4, 2), ((5, 6, 7), 1, 3)]:
    got = len(DataLoader(dataset, batch_size))
    assert got == batches, f"Step 3: {dataset} by {batch_size} makes {batches} batches; len(loader) was {got}."
### END HIDDEN TESTS

# %% test="loader-dataset-type" points=1
# Test 3f · 1 point · what is no dataset is refused, with the method that it lacks
error = error_of(DataLoader, {1, 2, 3}, 2)
assert isinstance(error, TypeError), (
    f"Step 3: a set has no __getitem__, so expect TypeError; it raised {raised(error)}.")
assert "__getitem__" in str(error), (
    f"Step 3: the message should name __getitem__; it was {str(error)!r}.")
### BEGIN HIDDEN TESTS
endless = type("Endless", (), {"__getitem__": lambda self, index: index})()
error = error_of(DataLoader, endless, 2)
assert isinstance(error, TypeError), f"Step 3: an object without __len__ should raise TypeError; it raised {raised(error)}."
assert "__len__" in str(error), f"Step 3: the message should name the missing __len__; it was {str(error)!r}."
### END HIDDEN TESTS

# %% test="loader-len-huge" points=1
# Test 3g · 1 point · counting batches takes arithmetic, not a walk through the samples
got = len(DataLoader(range(10**6), 32))
assert got == 31_250, (
    f"Step 3: a million samples by 32 make 31,250 batches; len(loader) was {got:,}.")
### BEGIN HIDDEN TESTS
class Unread:
    def __len__(self):
        return 10**9
    def __getitem__(self, index):
        raise RuntimeError("Step 3: counting batches should read no sample")

got = len(DataLoader(Unread(), 7))
assert got == 142_857_143, f"Step 3: 10**9 samples by 7 make 142,857,143 batches; len(loader) was {got:,}."
### END HIDDEN TESTS

# %% test="loader-profile" points=1
# Profile 3 · 1 point · building a loader touches no sample and keeps no index
counted = CountingDataset(range(1_000_000))
built_bytes = kept_bytes(lambda: DataLoader(counted, 32, shuffle=True))
fetched = len(counted.fetched)
print(f"a million samples: {fetched} fetched, {built_bytes} B kept by the loader")
assert fetched == 0, (
    f"Step 3: DataLoader.__init__ should fetch no sample; it fetched {fetched:,}.")
assert built_bytes < 10_000, (
    "Step 3: DataLoader.__init__ should keep under 10,000 B; it keeps "
    f"{built_bytes:,} B: a list of indices?")

# %% [markdown]
# The difference, drawn: a loader beside the list of indices that it does not make. (Integers up to 256 Python has already, so a
# short list takes less for each.)

# %% tags=["explore"]
sizes = [100, 1_000, 10_000]
kept = {"list of indices": [kept_bytes(lambda n=n: list(range(n))) for n in sizes],
        "your loader": [kept_bytes(lambda n=n: DataLoader(range(n), 32)) for n in sizes]}
plots.draw_curves(sizes, kept, title="What is kept: indices, or a loader?",
                  x_label="samples in the dataset", y_label="memory kept", unit="B");

# %% test="loader-ready" points=0
# Nothing to do here. When graded, steps 4 and 5 use your DataLoader if it works, else a stand-in.
### BEGIN HIDDEN TESTS
def _keeps_loader():
    unread = CountingDataset([3, 4, 5])
    loader = DataLoader(unread, 2, True, generator=None)
    kept = (loader.dataset is unread, loader.batch_size, loader.shuffle, loader.generator) == (True, 2, True, None)
    kept = kept and (DataLoader([3], 1).shuffle, DataLoader([3], 1).generator) == (False, None)
    light = unread.fetched == [] and kept_bytes(lambda: DataLoader(range(100_000), 4)) < 10_000
    return kept and light and [len(DataLoader([0] * n, 4)) for n in (0, 4, 9)] == [0, 1, 3]

class _Uncounted:
    "The first samples of a dataset, for an __init__ that reads them all: it should not cost the points of step 4."
    def __init__(self, dataset):
        self.samples, self.size = getattr(dataset, "dataset", dataset), len(dataset)
    def __len__(self):
        return self.size
    def __getitem__(self, index):
        if index >= 3000:
            raise IndexError(index)
        return self.samples[index]

def _stand_in(base):
    def begin(self, dataset, batch_size, shuffle=False, *, generator=None):
        error_of(lambda: base.__init__(self, _Uncounted(dataset), batch_size, shuffle, generator=generator))
        vars(self).update(dataset=dataset, batch_size=batch_size, shuffle=shuffle, generator=generator)
    length = {"__len__": lambda self: sum(divmod(len(self.dataset) + self.batch_size - 1, self.batch_size)[:1])}
    return type("DataLoader", (base,), {"__init__": begin, **length})

if "DataLoader" not in globals() or error_of(_keeps_loader) is not None or not _keeps_loader():
    DataLoader = _stand_in(DataLoader if isinstance(globals().get("DataLoader"), type) else object)
### END HIDDEN TESTS

# %% [markdown]
# ## Step 4 · DataLoader.\_\_iter\_\_: shuffle indices, yield lazily
#
# `for batch in loader` calls `iter(loader)` once, then `next` on the result until it stops. A function with `yield` in it
# gives such a result by itself, a *generator*: it runs to the next `yield`, hands over, and waits.

# %% tags=["explore"]
def two_batches():
    print("  loading the first")
    yield [0, 1]
    print("  loading the second")
    yield [2, 3]

for batch in two_batches():
    print("training on", batch)

# %% [markdown]
# Nothing is loaded before it is wanted, and once the loop moves on, the old batch can go. So 1,000 batches of 32 cost the
# memory of 32 samples, not of 32,000.
#
# Shuffling works on *indices*, never on samples. ImageNet's 1.2 million images are 180.6 GB as uint8 of 224x224x3; their
# indices are 8 B each in an int64 array, 9.6 MB:

# %% tags=["explore"]
order = np.random.default_rng(0).permutation(1_200_000)
print(f"{1_200_000 * 224 * 224 * 3 / 1e9:.1f} GB of images, {order.nbytes / 1e6:.1f} MB of indices")

# %% [markdown]
# A Python list of the same indices costs four to five times that, and shuffles over ten times slower. The systems section
# below draws it.

# %% [markdown]
# **Your turn.** `__iter__` goes through one epoch. For each batch, it fetches the samples in order, each by its index, as
# `self.dataset[index]`, and puts them in a list. Then it yields `self._collate_batch(samples)`, which you write in step 5.

# %% [markdown]
# The order of the samples:
#
# - `shuffle=False`: as in the dataset. Five samples by 2 are those at `[0, 1]`, `[2, 3]`, `[4]`.
# - `shuffle=True`: each sample once, in random order. It could be `[3, 0]`, `[4, 2]`, `[1]`.
# - Each epoch has a new order. The next one could be `[1, 4]`, `[0, 3]`, `[2]`.
# - The order comes from `random` or from `np.random`, whichever you like: the same `seed` gives the same order.
# - With a `generator`, it comes from that alone, and `random` and `np.random` are not used.

# %% [markdown]
# What is in memory: **one batch at a time**. Don't collect batches in a list. Two meet for a moment, because the old batch is
# still in the loop's variable while you fetch the new one.
#
# - Shuffle indices. The dataset itself stays in its order.
# - `iter(loader)` fetches no sample; each `next` fetches one batch, with a `batch_size` of 2 two samples.
# - `shuffle=False` needs no list of indices: a `range` of any length stores three numbers.

# %% [markdown]
# In numbers:
#
# - At most 2 x `batch_size` + 2 samples exist at once: two batches, and two more for your own variables.
# - All in all, an epoch takes at most the bytes of 5 batches, collating included, and 48 bytes for each index if it is
#   shuffled. A Python list takes about 40 of these, an array 8.

# %% [markdown]
# Two loops over one loader must not disturb each other: keep the place and the order in local variables, not in `self`.
#
# `@patch` adds the function to the class that `self: DataLoader` names, so keep both lines as given. Running step 3 again
# makes a new class: then run steps 4 and 5 again.

# %% [markdown]
# <details><summary>Hint</summary>
#
# `range` can be sliced like a list and stores nothing. `np.random.permutation(n)` gives an array that can be sliced too. With
# the order in hand, shuffled and unshuffled need only one loop, over the batches' starts.
#
# </details>

# %% solution="loader-iter"
#| export
@patch
def __iter__(self: DataLoader):
    "Yield the batches of one epoch, each when it is asked for."
    ### BEGIN SOLUTION
    samples = len(self.dataset)
    order = range(samples)
    if self.shuffle:
        # seeded by `random`, so random.seed decides the order, and NumPy's global state is left alone
        source = np.random.default_rng(random.getrandbits(128)) if self.generator is None else self.generator
        order = source.permutation(samples)
    at_once = _gives_batches(self)  # step 7
    for start in range(0, samples, self.batch_size):
        indices = order[start:start + self.batch_size]
        if at_once:
            batch = self.dataset.get_batch(indices if self.shuffle else slice(indices.start, indices.stop))
            yield tuple([part if isinstance(part, Tensor) else Tensor(part) for part in batch])
        else:
            yield self._collate_batch([self.dataset[int(index)] for index in indices])


def _gives_batches(loader):
    "Whether the dataset's own `get_batch` gives the batches: no subclass changed what a sample is, or how they are collated."
    if not hasattr(loader.dataset, "get_batch"):
        return False
    own = [kind for kind in type(loader.dataset).__mro__ if {"get_batch", "__getitem__"} & vars(kind).keys()]
    return "get_batch" in vars(own[0]) and type(loader)._collate_batch is DataLoader._collate_batch
    ### END SOLUTION

# %% [markdown]
# Given, for the tests: you need not read the next four cells. Step 5 is not written yet, so for now a batch stays the list
# of its samples.

# %% given="list-loader"
def list_loader(dataset, batch_size, **options):
    "A loader whose batches are the plain lists of their samples."
    class Lists(DataLoader):
        def _collate_batch(self, batch):
            return list(batch)
    return Lists(dataset, batch_size, **options)

# %% given="numbered"
def numbered(length):
    "Samples to test with: number i is the pair of Tensors i and 10 * i."
    return [(Tensor(number), Tensor(10 * number)) for number in range(length)]

def pairs_of(batch):
    "The samples of a batch as pairs of numbers. A batch that __iter__ itself has stacked is read "
    "too: only test 4f is about that."
    if not isinstance(batch, (list, tuple)) or any(isinstance(part, (int, np.integer))
                                                   for part in batch):
        raise TypeError(
            "Step 4: __iter__ should yield what self._collate_batch(samples) returns; it gave "
            f"{batch!r}.")
    if all(isinstance(sample, tuple) for sample in batch):
        return [(int(first.data), int(second.data)) for first, second in batch]
    return list(zip(*(part.data.tolist() for part in batch)))

def numbers_of(batches):
    "The numbers of the samples, a list for each batch."
    return [[number for number, _ in pairs_of(batch)] for batch in batches]

# %% given="loop-without-end"
import linecache

def loop_without_end(call, most=10_000):
    "The line at which a call goes round and round, or None if it comes to an end."
    rounds, before = {}, sys.gettrace()
    def count(frame, event, argument):
        place = frame.f_code.co_filename, frame.f_lineno
        rounds[place] = rounds.get(place, 0) + 1
        if rounds[place] > most:
            raise TimeoutError(f"line {frame.f_lineno}, `{linecache.getline(*place).strip()}`")
        return count
    sys.settrace(count)
    try:
        error = error_of(call)
    finally:
        sys.settrace(before)
    return str(error) if isinstance(error, TimeoutError) else None

# %% test="iter-ends" points=0
# Nothing to do here. If a loop in your __iter__ does not end, the tests below say which.
def _epoch_of_three(shuffle):
    stream = iter(list_loader(numbered(6), 2, shuffle=shuffle))
    for number, _ in enumerate(stream):
        if number > 100:
            frame = getattr(stream, "gi_frame", None)
            raise TimeoutError(f"line {frame.f_lineno}, `yield`" if frame else "`yield`")

_stuck = {shuffle: loop_without_end(lambda: _epoch_of_three(shuffle)) for shuffle in (False, True)}
if any(_stuck.values()):
    def _stopped(self, goes_on=DataLoader.__iter__):
        where = _stuck[bool(self.shuffle)]
        if where:
            raise RuntimeError(
                f"Step 4: a loop in __iter__ does not end, it comes to {where}, again and again: "
                "let the loop change what its condition compares.")
        return goes_on(self)
    DataLoader.__iter__ = _stopped

# %% test="iter-order" points=2
# Test 4a · 2 points · without shuffling, batches keep the order
found, error = hasattr(DataLoader, "__iter__"), error_of(lambda: iter(list_loader(numbered(6), 2)))
assert found, (
    "Step 4: DataLoader has no __iter__: begin with `@patch` and `self: DataLoader`. "
    "(After step 3 has run again, this step has to run again.) "
    "(When graded, an __iter__ that ran for ever and could not be stopped is left out.)")
assert not isinstance(error, NotImplementedError), (
    "Step 4: __iter__ is still the stub. Write it there; if yours is inside the class, move it "
    "there or delete the stub.")
assert not isinstance(error, TypeError), (
    f"Step 4: __iter__ should give an iterator, as with `yield`; it raised {raised(error)}.")
batches = numbers_of(list_loader(numbered(6), 2))
got = sum(batches, [])
assert got == [0, 1, 2, 3, 4, 5], (
    f"Step 4: 0..5 by 2 should come in order, [[0, 1], [2, 3], [4, 5]]; __iter__ gave {batches}.")
### BEGIN HIDDEN TESTS
got = sum(numbers_of(list_loader(numbered(9), 3)), [])
assert got == [0, 1, 2, 3, 4, 5, 6, 7, 8], f"Step 4: nine samples by 3 should come in order; they came as {got}."
got = sum(numbers_of(list_loader(numbered(10)[::-3], 4, shuffle=False)), [])
assert got == [9, 6, 3, 0], f"Step 4: one batch of everything, 9, 6, 3, 0, should come in order; it came as {got}."
### END HIDDEN TESTS

# %% test="iter-by-index" points=1
# Test 4b · 1 point · each sample is asked for by its index
places = {0: (Tensor(7), Tensor(70)), 1: (Tensor(9), Tensor(90)),
          2: (Tensor(8), Tensor(80)), 3: (Tensor(6), Tensor(60))}
got = sorted(sum(numbers_of(list_loader(places, 2)), []))
assert got == [6, 7, 8, 9], (
    "Step 4: a dict with the keys 0 to 3 has __len__ and __getitem__: expected its values 6, 7, "
    f"8, 9; got {got}.")
### BEGIN HIDDEN TESTS
rule = type("Rule", (), {"__len__": lambda self: 4, "__getitem__": lambda self, index: (Tensor(3 * index), Tensor(index))})()
got = sorted(sum(numbers_of(batch for _, batch in zip(range(5), list_loader(rule, 2))), []))
assert got == [0, 3, 6, 9], f"Step 4: of a dataset of length 4 that knows no last index, expected 0, 3, 6, 9; got {got}."
### END HIDDEN TESTS

# %% test="iter-last-batch" points=2
# Test 4c · 2 points · the last batch is there, however short
got = [len(numbers) for numbers in numbers_of(list_loader(numbered(100), 32))]
assert got == [32, 32, 32, 4], (
    f"Step 4: 100 samples by 32 should come as batches of 32, 32, 32 and 4; they came as {got}.")
### BEGIN HIDDEN TESTS
for samples, batch_size, sizes in [(7, 3, [3, 3, 1]), (3, 8, [3]), (9, 8, [8, 1]), (8, 4, [4, 4])]:
    got = [len(numbers) for numbers in numbers_of(list_loader(numbered(samples), batch_size))]
    assert got == sizes, f"Step 4: {samples} samples by {batch_size} should come in batches of {sizes}; they came in {got}."
### END HIDDEN TESTS

# %% test="iter-last-shuffled" points=1
# Test 4d · 1 point · shuffled, the short batch is there too
got = sorted(len(numbers) for numbers in numbers_of(list_loader(numbered(10), 4, shuffle=True)))
assert got == [2, 4, 4], (
    "Step 4: 10 samples by 4, shuffled, should make two batches of 4 and one of 2; they made "
    f"{got}.")
### BEGIN HIDDEN TESTS
for samples, batch_size, sizes in [(7, 3, [1, 3, 3]), (3, 8, [3]), (9, 8, [1, 8])]:
    for options in [{}, {"generator": np.random.default_rng(1)}]:
        got = sorted(len(numbers) for numbers in numbers_of(list_loader(numbered(samples), batch_size, shuffle=True, **options)))
        assert got == sizes, f"Step 4: {samples} samples by {batch_size}, shuffled, should make batches of {sizes}; they made {got}."
### END HIDDEN TESTS

# %% test="iter-empty" points=1
# Test 4e · 1 point · no samples, no batches
got = [len(batch) for batch in list_loader([], 4)]
assert got == [], (
    f"Step 4: a dataset without samples has no batches; batches of these sizes came: {got}.")
### BEGIN HIDDEN TESTS
got = [len(batch) for batch in list_loader([], 1, shuffle=True)]
assert got == [], f"Step 4: a dataset without samples has no batches, shuffled or not; batches of these sizes came: {got}."
### END HIDDEN TESTS

# %% test="iter-collates" points=2
# Test 4f · 2 points · what it yields is what _collate_batch returns
class Sums(DataLoader):
    def _collate_batch(self, batch):
        return sum(int(number.data) for number, _ in batch)

got = list(Sums(numbered(6)[5:] * 6, 2))
assert got[:3] == [10, 10, 10], (
    f"Step 4: with a _collate_batch that adds up, six 5s by 2 should give 10, 10, 10; the first "
    f"was {got[:1]!r:.25} …: yield what self._collate_batch returns, stack nothing yourself.")
### BEGIN HIDDEN TESTS
kinds = type("Kinds", (DataLoader,), {"_collate_batch": lambda self, batch: (type(batch).__name__, len(batch))})
got = list(kinds(numbered(4), 2))
assert got[:2] == [("list", 2)] * 2, f"Step 4: _collate_batch should be given a list of 2 samples, twice; it was given {got}."
### END HIDDEN TESTS

# %% test="iter-lazy" points=3
# Test 4g · 3 points · nothing is fetched before it is asked for
counted = CountingDataset(numbered(100))
batches = iter(list_loader(counted, 10))
fetched = list(counted.fetched)
assert fetched == [], (
    f"Step 4: iter(loader) should fetch nothing; it fetched {len(fetched)} samples.")
next(batches)
fetched = list(counted.fetched)
assert len(fetched) == 10, (
    f"Step 4: the first batch of 10 should fetch 10 samples, no others; it fetched {fetched}.")
### BEGIN HIDDEN TESTS
next(batches), next(batches)
fetched = len(counted.fetched)
assert fetched == 30, f"Step 4: three batches of 10 should have fetched 30 samples; {fetched} were."
counted = CountingDataset(numbered(8))
for batch in list_loader(counted, 4):
    break
fetched = list(counted.fetched)
assert len(fetched) == 4, f"Step 4: a loop left after one batch of 4 should fetch 4 samples; it fetched {fetched}."
### END HIDDEN TESTS

# %% test="iter-lazy-shuffled" points=1
# Test 4h · 1 point · shuffling fetches nothing either
counted = CountingDataset(numbered(120))
batches = iter(list_loader(counted, 10, shuffle=True))
fetched = len(counted.fetched)
assert fetched == 0, f"Step 4: iter should fetch nothing, shuffled or not; it fetched {fetched}."
next(batches)
fetched = len(counted.fetched)
assert fetched == 10, f"Step 4: a shuffled batch of 10 should fetch 10; it fetched {fetched}."

# %% test="iter-independent" points=2
# Test 4i · 2 points · two iterators of one loader don't disturb each other
loader = list_loader(numbered(6), 2)
first, second = iter(loader), iter(loader)
got = [len(next(each, [])) for each in (first, second, first, second, first, second)]
assert got == [2] * 6, (
    "Step 4: two iterators of one loader, asked in turn, should give three batches of 2 each; the "
    f"sizes were {got}: what they count in has to be each one's own, no attribute of self.")
### BEGIN HIDDEN TESTS
batches, turns = len(list(loader)), len([0 for outer in loader for inner in loader])
assert turns == batches ** 2, f"Step 4: a loop of {batches} batches inside another should turn {batches} x {batches} times, not {turns}."
got = [len(list(loader)), len(list(loader))]
assert got[0] == got[1] == batches, f"Step 4: each epoch should start again, with {batches} batches; two epochs had {got}."
loader = list_loader(numbered(60), 5, shuffle=True)
both = list(zip(loader, loader))
first, second = [numbers_of(pair[place] for pair in both) for place in (0, 1)]
assert first[0] == second[0] or first[1:] != second[1:], (
    f"Step 4: of two shuffled loops, the first should keep its order when the second begins; then both went on with {second[1:2]}.")
### END HIDDEN TESTS

# %% test="iter-shuffle-once" points=2
# Test 4j · 2 points · shuffled: another order, and every sample exactly once
random.seed(4), np.random.seed(4)
got = sum(numbers_of(list_loader(numbered(120), 10, shuffle=True)), [])
assert sorted(got) == list(range(120)), (
    f"Step 4: expected each of 120 samples once; {len(set(got))} came, {len(got)} in all.")
assert got != list(range(120)), (
    "Step 4: shuffle=True should change the order; the samples came in the dataset's own.")
### BEGIN HIDDEN TESTS
random.seed(11), np.random.seed(11)
got = sum(numbers_of(list_loader(numbered(156), 12, shuffle=True)), [])
assert sorted(got) == list(range(156)), f"Step 4: expected each of 156 samples once; {len(set(got))} came, {len(got)} in all."
assert got != list(range(156)), "Step 4: a shuffled epoch of 156 samples should have another order; it has the dataset's."
batches = numbers_of(list_loader(numbered(156), 12, shuffle=True))
assert all(max(batch) - min(batch) > 11 for batch in batches if batch), (
    f"Step 4: a permutation mixes all 156 samples, not each batch by itself, nor the batches; the first came as {batches[0]}.")
epochs = [sum(numbers_of(list_loader(numbered(120), 10, shuffle=True)), []) for _ in range(5)]
ends = [len({epoch[place] for epoch in epochs if epoch}) for place in (0, -1)]
assert min(ends) > 1, "Step 4: any sample can come first, and any last; in five epochs it was always the same one."
### END HIDDEN TESTS

# %% test="iter-shuffle-fresh" points=1
# Test 4k · 1 point · each epoch has an order of its own
loader = list_loader(numbered(120), 10, shuffle=True)
random.seed(5), np.random.seed(5)
first, second = numbers_of(loader), numbers_of(loader)
assert first != second, (
    "Step 4: two shuffled epochs should differ; the second came in the first one's order.")
### BEGIN HIDDEN TESTS
random.seed(6), np.random.seed(6)
epochs = [tuple(sum(numbers_of(loader), [])) for _ in range(5)]
assert len(set(epochs)) == 5, f"Step 4: five shuffled epochs should come in five orders; they came in {len(set(epochs))}."
### END HIDDEN TESTS

# %% test="iter-shuffle-pairs" points=2
# Test 4l · 2 points · an image keeps its label
random.seed(7), np.random.seed(7)
got = [pair for batch in list_loader(numbered(120), 10, shuffle=True) for pair in pairs_of(batch)]
assert got and all(pair[1] == 10 * pair[0] for pair in got), (
    f"Step 4: shuffled samples should stay whole; the first came as {got[:3]}.")
### BEGIN HIDDEN TESTS
squares = [(Tensor(number), Tensor(number ** 2)) for number in range(140)]
random.seed(8), np.random.seed(8)
got = [pair for batch in list_loader(squares, 7, shuffle=True) for pair in pairs_of(batch)]
assert got and all(pair[1] == pair[0] ** 2 for pair in got), f"Step 4: shuffled samples should stay whole; they start {got[:3]}."
### END HIDDEN TESTS

# %% test="iter-shuffle-untouched" points=1
# Test 4m · 1 point · shuffling leaves the dataset as it is
samples = numbered(120)
random.seed(9), np.random.seed(9)
for batch in list_loader(samples, 10, shuffle=True):
    pass
got = [number for (number,) in numbers_of([sample] for sample in samples)]
assert got == list(range(120)), (
    f"Step 4: the dataset itself should keep its order; it now starts {got[:5]}.")

# %% test="iter-shuffle-seed" points=1
# Test 4n · 1 point · the same seeds give the same order
loader = list_loader(numbered(120), 10, shuffle=True)
epochs = []
for _ in range(2):
    random.seed(2), np.random.seed(2)
    epochs.append(numbers_of(loader))
in_order = numbers_of(list_loader(numbered(120), 10))
assert epochs[0] == epochs[1], (
    "Step 4: the same seeds should give the same order twice; the two epochs differ.")
assert epochs[0] != in_order, "Step 4: shuffle=True should change the order; it did not."

# %% test="iter-generator" points=1
# Test 4o · 1 point · a generator decides alone, and no global source is touched
random.seed(1), np.random.seed(1)
before = random.getstate(), np.random.get_state()[1].tolist(), np.random.get_state()[2]
epochs = [numbers_of(list_loader(numbered(120), 10, shuffle=True,
                                 generator=np.random.default_rng(seed)))
          for seed in (3, 3, 4)]
after = random.getstate(), np.random.get_state()[1].tolist(), np.random.get_state()[2]
assert epochs[0] == epochs[1], (
    "Step 4: __iter__ should draw the order from self.generator: the same epoch from equal ones; "
    "two epochs of np.random.default_rng(3) differed.")
assert epochs[0] != epochs[2], (
    "Step 4: __iter__ should draw the order from self.generator: another one for another seed; "
    "the order stayed the same.")
assert before == after, (
    "Step 4: __iter__ should draw from self.generator alone, if there is one; the state of random "
    "or of np.random changed.")
### BEGIN HIDDEN TESTS
got = sum(numbers_of(list_loader(numbered(40), 8, generator=np.random.default_rng(3))), [])
assert got == list(range(40)), f"Step 4: a generator without shuffle=True leaves the order as it is; the samples came as {got}."
### END HIDDEN TESTS

# %% test="iter-generator-fresh" points=1
# Test 4p · 1 point · with a generator, too, each epoch has an order of its own
loader = list_loader(numbered(120), 10, shuffle=True, generator=np.random.default_rng(3))
first, second = numbers_of(loader), numbers_of(loader)
assert first != second, (
    "Step 4: two epochs with one generator should differ: it goes on. The second came in the "
    "first one's order.")
### BEGIN HIDDEN TESTS
shared = np.random.default_rng(5)
epochs = [numbers_of(list_loader(numbered(120), 10, shuffle=True, generator=shared)) for _ in range(3)]
assert epochs[0] != epochs[1] != epochs[2], "Step 4: loaders that share a generator should go on with it; two had the same order."
### END HIDDEN TESTS

# %% test="iter-endless" points=1
# Test 4q · 1 point · in order, no list of indices is made
class Many:
    sample = Tensor(0), Tensor(0)
    def __len__(self):
        return 100_000
    def __getitem__(self, index):
        return self.sample

loader = list_loader(Many(), 4)
first_bytes = peak_bytes(lambda: next(iter(loader)))
assert first_bytes < 100_000, (
    f"Step 4: a batch of 100,000 in order should take under 100,000 B; it took {first_bytes:,} B.")
(got,) = numbers_of([next(iter(loader))])
assert len(got) == 4, (
    f"Step 4: the first batch of 100,000 by 4 should hold 4 samples; it was {got}.")
### BEGIN HIDDEN TESTS
class Endless:
    fetched = 0
    def __len__(self):
        return sys.maxsize
    def __getitem__(self, index):
        self.fetched += 1
        if self.fetched > 10_000:  # who fetches all would go on until memory or time is over
            raise RuntimeError("Step 4: three batches of 4 should fetch 12 samples of a dataset of length sys.maxsize, not over 10,000.")
        return Tensor(index), Tensor(0)

stream = iter(list_loader(Endless(), 4))
got = sum(numbers_of([next(stream), next(stream), next(stream)]), [])
assert len(set(got)) == 12, f"Step 4: a dataset of length sys.maxsize streamed as {got}."
### END HIDDEN TESTS

# %% test="iter-profile" points=1
# Profile 4 · 1 point · an epoch costs the memory of a few batches
class Rows:
    def __len__(self):
        return 256
    def __getitem__(self, index):
        return Tensor(np.full(2048, index, np.float32)), Tensor(index)

counted = CountingDataset(Rows())
loader = list_loader(counted, 16, shuffle=True)
epoch_bytes = peak_bytes(lambda: [len(batch) for batch in loader])
limit_bytes = 5 * 16 * 8192 + 48 * 256
fetched, alive = len(counted.fetched), counted.peak_alive
print(f"2.1 MB of samples: at most {alive} alive at once, peak {epoch_bytes / 1e6:.2f} MB")
assert fetched == 256, (
    f"Step 4: an epoch should fetch each of 256 samples; it fetched {fetched}.")
assert alive <= 34, f"Step 4: at most 2 x 16 + 2 samples alive at once; there were {alive}."
assert epoch_bytes <= limit_bytes, (
    f"Step 4: the epoch should peak under {limit_bytes:,} B; it reached {epoch_bytes:,} B.")

# %% [markdown]
# Lazy and eager, side by side. How many samples has the loader fetched when the first batch arrives, and the second?

# %% tags=["explore"]
def fetched_after(loader, counted, batches):
    "How many samples were fetched after each of the first batches."
    stream = iter(loader)
    return [next(stream) and len(counted.fetched) for _ in range(batches)]

lazy, eager = CountingDataset(range(320)), CountingDataset(range(320))
counts = {"your loader": fetched_after(list_loader(lazy, 32), lazy, 10),
          "all batches in a list": fetched_after(list(list_loader(eager, 32)), eager, 10)}

# %% tags=["explore"]
plots.draw_curves(range(1, 11), counts, title="How many samples does a batch take?", log=False,
                  x_label="batches taken", y_label="samples fetched");

# %% [markdown]
# Memory, then: what an epoch takes at its peak, first for larger batches, then for larger datasets.

# %% tags=["explore"]
class Vectors:
    "Vectors of 4 kB, each made when it is asked for."
    def __init__(self, length):
        self.length = length
    def __len__(self):
        return self.length
    def __getitem__(self, index):
        return np.full(1024, index, np.float32)

def epoch_peak(length, batch_size):
    loader = list_loader(Vectors(length), batch_size, shuffle=True)
    return peak_bytes(lambda: [len(batch) for batch in loader])

# %% tags=["explore"]
sizes = [8, 32, 128]
peaks = {"256 samples": [epoch_peak(256, size) for size in sizes]}
plots.draw_curves(sizes, peaks, title="Does a larger batch take more memory?",
                  x_label="batch size, of 256 samples", y_label="peak of an epoch", unit="B");

# %% tags=["explore"]
lengths = [32, 128, 512]
peaks = {"batches of 8": [epoch_peak(length, 8) for length in lengths]}
plots.draw_curves(lengths, peaks, title="Does a larger dataset take more memory?",
                  x_label="samples, in batches of 8", y_label="peak of an epoch", unit="B");

# %% [markdown]
# And what an index costs, as Python list and as array:

# %% tags=["explore"]
count = 20_000
index_bytes = {"Python list of int": kept_bytes(lambda: [i + 1000 for i in range(count)]) / count,
               "int64 array": kept_bytes(lambda: np.arange(count)) / count}
plots.draw_bars(index_bytes, title="What does an index cost?", unit="B",
                x_label="bytes for each index");

# %% [markdown]
# ## Step 5 · DataLoader.\_collate\_batch: samples become tensors
#
# A batch is still a list of samples, each a tuple such as `(image, label)`. A model wants the opposite: one tensor of all
# images, one of all labels. `zip(*samples)` turns the one into the other:

# %% tags=["explore"]
samples = [("image 0", "label 0"), ("image 1", "label 1"), ("image 2", "label 2")]
list(zip(*samples))

# %% [markdown]
# Then each position is stacked along a *new* axis 0. Three images of shape (2, 2) make one array of (3, 2, 2):

# %% tags=["explore"]
np.stack([np.full((2, 2), value) for value in (1, 2, 3)]).shape

# %% [markdown]
# Why copy at all? Scattered samples become one block of memory that a matrix product, or a GPU, reads in one sweep. Best
# is *C order*, last axis fastest. Guess before you run this: which order does a batch of transposed images have?

# %% tags=["explore"]
upright = [np.zeros((480, 640), np.float32) for _ in range(3)]
sideways = [image.T for image in upright]
for name, images in [("upright", upright), ("transposed", sideways)]:
    batch = np.stack(images)
    print(f"{name:10} C order: {batch.flags.c_contiguous}   strides: {batch.strides} B")

# %% [markdown]
# Reading along the last axis of the second batch jumps 2,560 B at a time. `np.ascontiguousarray` puts its numbers in order,
# and costs nothing where they are already. Does your batch do better than `np.stack`? A cell below the tests looks.

# %% [markdown]
# **Your turn.** `_collate_batch(batch)` takes a list of samples and returns a tuple of Tensors, one per position:
# `[(1, 5), (2, 6)]` gives `(Tensor([1, 2]), Tensor([5, 6]))`.

# %% [markdown]
# What goes in:
#
# - A tuple or a list is a sample of positions: `[[1, 5], [2, 6]]` gives the same as above.
# - Anything else is a bare sample, with one position: `[1, 2]` gives `(Tensor([1, 2]),)`.
# - A list or tuple *inside* a sample, as in `([1, 2], 5)`, is no value: it is refused, see below.
# - No samples give no Tensors: `[]` gives `()`.
# - A value is a Tensor, an array, or a number of NumPy's or Python's: `Tensor(1)`, `np.zeros(3)`, `1`.

# %% [markdown]
# What comes out:
#
# - The dtype is the one that `Tensor(value)` gives: uint8, int64 and bool stay.
# - Every float becomes float32, also that of a Tensor which holds float64.
# - Where a position has several dtypes, `np.stack` finds a common one. Of `1` and `0.5` that is float64, a float: the batch
#   is float32.

# %% [markdown]
# Its memory:
#
# - The batch owns its memory: writing into it never changes the dataset.
# - Samples in C order give a batch in C order. Of transposed samples, the batch may have any order.
# - Collating allocates at most three times the bytes of the batch.

# %% [markdown]
# What is refused, with positions counted from 0:
#
# - Shapes that differ: `ValueError` with `position {k}` and both shapes.
# - Samples of unequal length, as in `[(1, 2), (3,)]`: `ValueError` with both lengths, 2 and 1.
# - A str, None, dict, list or other object: `TypeError` with `position {k}` and its type's name. For `[(1, "cat")]`, that is
#   `position 1` and `str`.

# %% [markdown]
# <details><summary>Hint</summary>
#
# Three small moves: make every sample a tuple; turn rows into columns; stack one column. The last is easier to read as a
# function of its own, and an exported one may stand above the method, in the same cell.
#
# </details>

# %% [markdown]
# Given: two kinds of values are refused first, because stacking would change them. In a masked array, NumPy's array with
# values marked as missing, these would become data. An integer that int64 can't hold would be rounded.

# %% given="refuse-loss"
#| export
def _refuse_loss(value):
    "Raise for a masked array in `value`, and for a Python integer that int64 can't hold."
    if isinstance(value, (list, tuple)):
        for part in value:
            _refuse_loss(part)
    elif isinstance(value, np.ndarray) and hasattr(type(value), "mask"):
        raise TypeError("a masked array has gaps: fill them first, with array.filled(value)")
    elif isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise OverflowError(f"int64 can't hold {value}: give np.uint64({value}), or a float")

# %% solution="loader-collate"
#| export
@patch
def _collate_batch(self: DataLoader, batch):
    "Stack a list of samples into a tuple of Tensors of shape (len(batch), ...), one for each "
    "position of a sample."
    _refuse_loss(batch)
    ### BEGIN SOLUTION
    samples = [sample if isinstance(sample, (tuple, list)) else (sample,) for sample in batch]
    lengths = sorted({len(sample) for sample in samples})
    if len(lengths) > 1:
        raise ValueError(f"samples of one batch must have equal lengths; these have {lengths}")
    return tuple(_stack_position(position, values) for position, values in enumerate(zip(*samples)))


def _stack_position(position, values):
    "Stack the values that a batch's samples have at one position."
    arrays = [_as_array(position, value) for value in values]
    for array in arrays:
        if array.shape != arrays[0].shape:
            raise ValueError(f"position {position}: shapes {arrays[0].shape} and {array.shape} cannot be stacked")
    return Tensor(np.ascontiguousarray(np.stack(arrays)))


def _as_array(position, value):
    "Give a Tensor's, an array's or a number's array; anything else is no data for a batch."
    array = np.asarray(value.data if isinstance(value, Tensor) else value)
    if not isinstance(value, (Tensor, np.ndarray, np.generic, bool, int, float)) or array.dtype.kind not in "biuf":
        raise TypeError(f"position {position}: cannot stack a {type(value).__name__}; give Tensors, arrays or numbers")
    return array
    ### END SOLUTION

# %% [markdown]
# Given, for the tests: you need not read the next two cells.

# %% given="collate-samples"
def collate_samples(batch):
    "What a loader makes of a list of samples."
    return DataLoader([0], batch_size=1)._collate_batch(batch)

def arrays_of(batch):
    "The array in each Tensor of a collated batch. Arrays are taken, too: only test 5b is about "
    "that."
    if not isinstance(batch, (tuple, list)):
        raise TypeError(
            f"Step 5: _collate_batch should return a tuple of Tensors; it returned {batch!r}.")
    return [part.data if isinstance(part, Tensor) else np.asarray(part) for part in batch]

# %% test="collate-ends" points=0
# Nothing to do here. If a loop in your _collate_batch does not end, the tests below say which.
_stuck_at = loop_without_end(lambda: collate_samples([(Tensor([1, 2]), Tensor(3))] * 2))
if _stuck_at:
    def _refuse(self, batch):
        raise RuntimeError(
            f"Step 5: a loop in _collate_batch does not end, it comes to {_stuck_at}, again and "
            "again: let the loop change what its condition compares.")
    DataLoader._collate_batch = _refuse

# %% test="collate-stack" points=3
# Test 5a · 3 points · the values of each position are stacked along a new axis 0
found, error = hasattr(DataLoader, "_collate_batch"), error_of(collate_samples, [(Tensor([1]),)])
assert found, (
    "Step 5: DataLoader has no _collate_batch: begin with `@patch` and `self: DataLoader`. "
    "(After step 3 has run again, this step has to run again.)")
assert not isinstance(error, NotImplementedError), (
    "Step 5: _collate_batch is still the stub. Write it there; if yours is inside the class, "
    "move it or delete the stub.")
batch = collate_samples([(Tensor([1.0, 2.0]), Tensor(0)), (Tensor([3.0, 4.0]), Tensor(1)),
                         (Tensor([5.0, 6.0]), Tensor(0))])
shapes = [array.shape for array in arrays_of(batch)]
assert shapes == [(3, 2), (3,)], (
    f"Step 5: three samples of shapes (2,) and () make (3, 2) and (3,); they made {shapes}.")
values = [array.tolist() for array in arrays_of(batch)]
assert values == [[[1, 2], [3, 4], [5, 6]], [0, 1, 0]], (
    f"Step 5: the values should stay in order; they came as {values}.")
### BEGIN HIDDEN TESTS
cubes = [(Tensor(np.full((2, 3, 4), number, np.float32)), Tensor(number), Tensor([number] * 2)) for number in range(5)]
shapes = [array.shape for array in arrays_of(collate_samples(cubes))]
assert shapes == [(5, 2, 3, 4), (5,), (5, 2)], f"Step 5: five samples of three positions make three tensors; they made {shapes}."
got = arrays_of(collate_samples(cubes))[0][:, 1, 2, 3].tolist()
assert got == [0, 1, 2, 3, 4], f"Step 5: sample i should be row i of the batch; the rows came as {got}."
shapes = [array.shape for array in arrays_of(collate_samples([(Tensor([[8.0]]), Tensor(1))]))]
assert shapes == [(1, 1, 1), (1,)], f"Step 5: a batch of one sample of shapes (1, 1) and () has (1, 1, 1) and (1,); got {shapes}."
### END HIDDEN TESTS

# %% test="collate-tuple" points=1
# Test 5b · 1 point · a batch is a tuple of Tensors
got = collate_samples([(Tensor([1.0, 2.0]), Tensor(0)), (Tensor([3.0, 4.0]), Tensor(1))])
assert isinstance(got, tuple), (
    "Step 5: a batch should be a tuple, one Tensor for each position; it was a "
    f"{type(got).__name__}.")
assert all(isinstance(part, Tensor) for part in got), (
    f"Step 5: each part of a batch should be a Tensor; the batch was {got!r}.")
### BEGIN HIDDEN TESTS
got = collate_samples([(np.zeros((2, 2)), 1.5, np.int64(3))] * 3)
assert isinstance(got, tuple), f"Step 5: a batch of arrays and numbers should be a tuple, too; it was {got!r}."
assert all(isinstance(part, Tensor) for part in got), f"Step 5: arrays and numbers should become Tensors; the batch was {got!r}."
### END HIDDEN TESTS

# %% test="collate-dtype" points=2
# Test 5c · 2 points · integers, uint8 and bool keep their dtype, floats become float32
doubles = Tensor(np.zeros(1), dtype=np.float64)
small, yes = Tensor(np.zeros(2, np.uint8)), Tensor(np.array([True]))
batch = [(small, Tensor(np.int64(3)), yes, doubles)] * 2
got = [str(array.dtype) for array in arrays_of(collate_samples(batch))]
assert got == ["uint8", "int64", "bool", "float32"], (
    "Step 5: uint8, int64 and bool should stay, and float64 become float32; _collate_batch gave "
    f"{got}.")
### BEGIN HIDDEN TESTS
batch = [(Tensor(np.array([True, False])), Tensor(np.array([1, 2], np.int16)), Tensor([0.5]))] * 3
got = [str(array.dtype) for array in arrays_of(collate_samples(batch))]
assert got == ["bool", "int16", "float32"], f"Step 5: bool, int16 and float samples should give bool, int16, float32; got {got}."
### END HIDDEN TESTS

# %% test="collate-owns" points=2
# Test 5d · 2 points · a batch owns its memory
rows = Tensor(np.zeros((4, 3), np.float32))
(block,) = arrays_of(collate_samples([(rows[i],) for i in range(4)]))
block[...] = 7
assert not rows.data.any(), (
    "Step 5: changing the batch should leave the dataset alone; the dataset's zeros became 7.")
### BEGIN HIDDEN TESTS
assert block.all(), "Step 5: a batch should be writable memory of its own; writing 7 did not reach it."
lone = Tensor(np.zeros((1, 3), np.float32))
(block,) = arrays_of(collate_samples([(lone[0],)]))
block[...] = 7
assert not lone.data.any(), "Step 5: a batch of one sample should own its memory too; changing it changed the dataset."
### END HIDDEN TESTS

# %% test="collate-numbers" points=1
# Test 5e · 1 point · arrays, NumPy's and Python's numbers are values too
samples = [(np.zeros(2, np.uint8), 1, 0.5), (np.ones(2, np.uint8), 2, 1.5)]
parts = arrays_of(collate_samples(samples))
values = [array.tolist() for array in parts]
assert values == [[[0, 0], [1, 1]], [1, 2], [0.5, 1.5]], (
    f"Step 5: arrays and numbers came as {values}.")
dtypes = [str(array.dtype) for array in parts]
assert dtypes == ["uint8", "int64", "float32"], (
    f"Step 5: dtypes should be Tensor's own, uint8, int64, float32; got {dtypes}.")
### BEGIN HIDDEN TESTS
dtypes = [str(array.dtype) for array in arrays_of(collate_samples([(np.float64(2.5), True, np.int32(4))] * 2))]
assert dtypes == ["float32", "bool", "int32"], f"Step 5: float64, bool and int32 numbers should give float32, bool, int32; got {dtypes}."
### END HIDDEN TESTS

# %% test="collate-bare" points=1
# Test 5f · 1 point · a list is a sample of positions, all else a sample of one
got = [array.tolist() for array in arrays_of(collate_samples([Tensor([1, 2]), Tensor([3, 4])]))]
assert got == [[[1, 2], [3, 4]]], (
    f"Step 5: two bare Tensors should give one, with them as rows, [[1, 2], [3, 4]]; got {got}.")
got = [array.tolist() for array in arrays_of(collate_samples([[1, 5], [2, 6]]))]
assert got == [[1, 2], [5, 6]], (
    f"Step 5: a list is a sample, too: [[1, 5], [2, 6]] should give [1, 2] and [5, 6]; got {got}.")
### BEGIN HIDDEN TESTS
got = [array.tolist() for array in arrays_of(collate_samples([Tensor(5), Tensor(6), Tensor(7)]))]
assert got == [[5, 6, 7]], f"Step 5: three bare 0-d Tensors should give one of [5, 6, 7]; got {got}."
got = [array.tolist() for array in arrays_of(collate_samples([4, 5]))]
assert got == [[4, 5]], f"Step 5: two bare numbers should give one Tensor of [4, 5]; got {got}."
listed = len(arrays_of(collate_samples([[Tensor([1]), Tensor([2])]] * 2)))
assert listed == 2, f"Step 5: a list is a sample of positions too, so two values give two Tensors; got {listed}."
### END HIDDEN TESTS

# %% test="collate-empty" points=1
# Test 5g · 1 point · no samples, no tensors
got = collate_samples([])
assert got in ((), []), f"Step 5: _collate_batch([]) should give (); it gave {got!r}."

# %% test="collate-ragged" points=1
# Test 5h · 1 point · shapes that differ are refused, with the position and both shapes
error = error_of(collate_samples, [(Tensor([0]), Tensor([1, 2])), (Tensor([0]), Tensor([1, 2, 3]))])
assert isinstance(error, ValueError), (
    f"Step 5: shapes (2,) and (3,) should raise ValueError; they raised {raised(error)}.")
for part in ["position 1", "(2,)", "(3,)"]:
    assert part in str(error), (
        f"Step 5: the message should contain {part!r}; it was {str(error)!r}.")
### BEGIN HIDDEN TESTS
for place in [2, 1]:
    odd = [(Tensor(np.zeros((5, 4) if number == place else (4, 5))),) for number in range(3)]
    error = error_of(collate_samples, odd)
    assert isinstance(error, ValueError), f"Step 5: shapes (4, 5) and (5, 4) should raise ValueError; they raised {raised(error)}."
    for part in ["position 0", "(4, 5)", "(5, 4)"]:
        assert part in str(error), f"Step 5: for one sample of three with another shape, expected {part!r} in the message {str(error)!r}."
for other in [(4, 6), (4,), (4, 5, 1)]:
    error = error_of(collate_samples, [(Tensor(1), Tensor(np.zeros(shape))) for shape in ((4, 5), other)])
    assert isinstance(error, ValueError), f"Step 5: shapes (4, 5) and {other} should raise ValueError; they raised {raised(error)}."
    for part in ["position 1", "(4, 5)", str(other)]:
        assert part in str(error), f"Step 5: for shapes (4, 5) and {other}, expected {part!r} in the message {str(error)!r}."
### END HIDDEN TESTS

# %% test="collate-lengths" points=1
# Test 5i · 1 point · tuples of unequal length are refused, with both lengths
error = error_of(collate_samples, [(Tensor(1), Tensor(2)), (Tensor(3),)])
assert isinstance(error, ValueError), (
    f"Step 5: a pair and a single should raise ValueError; they raised {raised(error)}.")
assert "2" in str(error) and "1" in str(error), (
    f"Step 5: the message should hold both lengths, 2 and 1; it was {str(error)!r}.")
### BEGIN HIDDEN TESTS
for lengths in [(3, 3, 5), (3, 5, 3), (5, 3, 3)]:
    error = error_of(collate_samples, [(Tensor(1),) * length for length in lengths])
    assert isinstance(error, ValueError), f"Step 5: tuples of {lengths} should raise ValueError; they raised {raised(error)}."
    assert "3" in str(error) and "5" in str(error), f"Step 5: the message should hold both lengths, 3 and 5; it was {str(error)!r}."
### END HIDDEN TESTS

# %% test="collate-types" points=1
# Test 5j · 1 point · what is no number is refused, with its position and type
for wrong, name in [("cat", "str"), (None, "NoneType"), ({"a": 1}, "dict")]:
    error = error_of(collate_samples, [(Tensor(1), wrong)] * 2)
    assert isinstance(error, TypeError), (
        f"Step 5: a {name} should raise TypeError; it raised {raised(error)}.")
    assert "position 1" in str(error) and name in str(error), (
        f"Step 5: expected 'position 1' and {name!r} in {str(error)!r}.")
### BEGIN HIDDEN TESTS
strange = {"object": object(), "set": {1, 2}, "bytes": b"raw", "str": "cat"}
for name in ["object", "set", "bytes", "str"]:
    error = error_of(collate_samples, [(strange[name], Tensor(1))] * 2)
    assert isinstance(error, TypeError), f"Step 5: a sample with a {name} should raise TypeError; it raised {raised(error)}."
    assert "position 0" in str(error) and name in str(error), f"Step 5: 'position 0' and {name!r} were expected in {str(error)!r}."
for name in ["str", "object"]:
    error = error_of(collate_samples, [(Tensor(2), 1.5), (Tensor(3), 2.5), (Tensor(4), strange[name])])
    assert isinstance(error, TypeError), f"Step 5: a {name} in the third sample should raise TypeError; it raised {raised(error)}."
    assert "position 1" in str(error) and name in str(error), f"Step 5: 'position 1' and {name!r} were expected in {str(error)!r}."
error = error_of(collate_samples, [(np.ma.masked_array([1.0, 2.0], [False, True]), 0)] * 2)
assert isinstance(error, TypeError), f"Step 5: a masked array should raise TypeError, as _refuse_loss(batch) does; it raised {raised(error)}."
error = error_of(collate_samples, [(Tensor(1), 2**63)] * 2)
assert isinstance(error, OverflowError), f"Step 5: 2**63 should raise OverflowError, as _refuse_loss(batch) does; it raised {raised(error)}."
### END HIDDEN TESTS

# %% test="collate-contiguous" points=1
# Test 5k · 1 point · C-ordered samples give a C-ordered batch
(block,) = arrays_of(collate_samples([(Tensor(np.zeros((3, 8, 8), np.float32)),)] * 4))
ordered, strides = block.flags.c_contiguous, block.strides
assert ordered, f"Step 5: the batch should be in C order; its strides are {strides} B."
### BEGIN HIDDEN TESTS
(block,) = arrays_of(collate_samples([(Tensor(np.arange(30, dtype=np.int64).reshape(5, 6)),)] * 3))
strides = block.strides
assert strides == (240, 48, 8), f"Step 5: a (3, 5, 6) int64 batch has strides (240, 48, 8) B; got {strides}."
### END HIDDEN TESTS

# %% test="collate-profile" points=2
# Profile 5 · 2 points · collation copies each byte about once
batch = [(Tensor(np.zeros((3, 32, 32), np.float32)), Tensor(0)) for _ in range(64)]
batch_bytes = 64 * 3 * 32 * 32 * 4
peak, kept = peak_bytes(lambda: collate_samples(batch)), kept_bytes(lambda: collate_samples(batch))
print(f"a batch of {batch_bytes / 1e6:.2f} MB: collation keeps {kept / 1e6:.2f} MB,",
      f"with a peak of {peak / 1e6:.2f} MB")
assert kept >= batch_bytes, (
    f"Step 5: the batch should own all of its {batch_bytes:,} B; it allocated {kept:,} B.")
assert peak <= 3 * batch_bytes, (
    f"Step 5: the peak should be under three times {batch_bytes:,} B; it was {peak:,} B.")

# %% [markdown]
# Your loader is whole now. The first complete batches:

# %% tags=["explore"]
pairs = TensorDataset(Tensor(np.arange(10).reshape(5, 2)), Tensor(np.array([0, 1, 0, 1, 0])))
for x, y in DataLoader(pairs, batch_size=2):
    print(x.data.tolist(), y.data.tolist())

# %% [markdown]
# What a batch of 128 images of (3, 224, 224) float32 costs: 602,112 B a sample, 77 MB to copy, about 3.9 ms at 20 GB/s.
# Your machine, with a batch of 16:

# %% tags=["explore"]
images = [Tensor(np.ones((3, 224, 224), np.float32)) for _ in range(16)]
seconds = seconds_per_call(lambda: collate_samples(images), repeats=3)
copied_bytes = 16 * 3 * 224 * 224 * 4
print(f"{copied_bytes / 1e6:.1f} MB in {seconds * 1e3:.1f} ms:",
      f"{copied_bytes / seconds / 1e9:.1f} GB/s")

# %% tags=["explore"]
(block,) = arrays_of(collate_samples([(Tensor(image),) for image in sideways]))
print("your batch of transposed images is in C order:", block.flags.c_contiguous)

# %% tags=["explore"]
vectors = TensorDataset(Tensor(np.zeros((256, 64), np.float32)), Tensor(np.zeros(256, np.int64)))
rows = vectors.tensors[0].data if hasattr(vectors, "tensors") else np.zeros((256, 64), np.float32)

def stacked(batch_size):
    for start in range(0, 256, batch_size):
        yield np.stack([row for row in rows[start:start + batch_size]])

# %% tags=["explore"]
sizes = [1, 4, 16, 64, 256]
rates = {"np.stack alone": [256 / seconds_per_call(lambda size=size: list(stacked(size)))
                            for size in sizes],
         "your loader": [throughput(DataLoader(vectors, size)).samples_per_second
                         for size in sizes]}
plots.draw_curves(sizes, rates, title="How far is your loader from np.stack alone?",
                  x_label="batch size", y_label="samples per second");

# %% [markdown]
# ## Step 6 · Augmentation: a new picture every epoch
#
# A cat that looks left is still a cat when it looks right. Showing the model such variants is like having more data. It
# happens per sample, before batching, so each epoch sees other variants.
#
# Images come as (height, width), as (channels, height, width), or with channels last. This helper is given; it says which
# axes are which:

# %% given="image-axes"
#| export
def _height_width_axes(shape, layout=None):
    """Which two axes of an image of this shape are its height and its width.

    `layout` is "HW", "CHW" or "HWC". Without it, 2-d is HW; 3-d with 1, 3 or 4 entries in front is
    CHW, else with 1, 3 or 4 at the end HWC. Raises ValueError when that decides nothing, or when
    `layout` does not fit the shape.
    """
    if layout is None:
        if len(shape) == 2:
            layout = "HW"
        elif len(shape) == 3 and shape[0] in (1, 3, 4):
            layout = "CHW"
        elif len(shape) == 3 and shape[2] in (1, 3, 4):
            layout = "HWC"
    if layout not in ("HW", "CHW", "HWC") or len(layout) != len(shape):
        raise ValueError(
            f"an image of shape {shape} does not fit layout {layout!r}: say layout='HW', 'CHW' "
            "or 'HWC'")
    return layout.index("H"), layout.index("W")

def _refuse_layout(layout):
    "Raise `ValueError` if no image has this `layout`."
    if layout not in (None, "HW", "CHW", "HWC"):
        raise ValueError(f"layout must be 'HW', 'CHW', 'HWC' or None; it was {layout!r}")

def _refuse_window(size, padding):
    """Raise `ValueError` unless `size` is a whole number from 1 on, or two, and `padding` a whole
    number from 0 on."""
    def is_whole(number):
        return isinstance(number, (int, np.integer)) and not isinstance(number, bool)

    lengths = tuple(size) if np.iterable(size) else (size, size)
    if len(lengths) != 2 or not all(is_whole(length) and length > 0 for length in lengths):
        raise ValueError(
            f"size must be a whole number of pixels from 1 on, or two of them; it was {size!r}")
    if not is_whole(padding) or padding < 0:
        raise ValueError(f"padding must be a whole number of pixels from 0 on; it was {padding!r}")

# %% tags=["explore"]
shapes = [((3, 32, 48), None), ((32, 48, 3), None), ((5, 32, 48), "CHW")]
[_height_width_axes(shape, layout) for shape, layout in shapes]

# %% [markdown]
# **Your turn, first of three.** `RandomHorizontalFlip(p=0.5)` mirrors left and right, along the *width*, with probability
# `p`.
#
# - `p` outside 0..1: `ValueError`.
# - Keep `layout` for the helper. It raises `ValueError` for an image that fits no layout. Call it for each image, or only for
#   those that you flip: both are right.

# %% [markdown]
# What goes in and comes out:
#
# - Arrays in, arrays out; Tensors in, Tensors out; the dtype stays.
# - The input is never modified; what comes back may be a view of it.
# - Random numbers come from `generator` if there is one, else from `random` or `np.random`, as in step 4.
# - A flip may allocate two images' bytes, not more.

# %% [markdown]
# <details><summary>Hint</summary>
#
# `np.flip(array, axis)` turns one axis around. Remember what came in, work on the plain array, and wrap it again at the
# end, with its own dtype: `Tensor(array, dtype=array.dtype)`.
#
# </details>

# %% solution="flip"
#| export
class RandomHorizontalFlip:
    """Mirror an image left to right, with probability `p`.

    Args:
        p: how likely a flip is, from 0 to 1.
        layout: "HW", "CHW" or "HWC"; guessed from the image's shape if not given.
        generator: a `np.random.Generator` that decides; without it, `random` or `np.random` does.

    Raises:
        ValueError: `p` is outside 0..1, or `layout` unknown.
    """
    def __init__(self, p=0.5, *, layout=None, generator=None):
        _refuse_layout(layout)
        ### BEGIN SOLUTION
        if not 0 <= p <= 1:
            raise ValueError(f"p must be between 0 and 1; it was {p!r}")
        self.p, self.layout, self.generator = p, layout, generator
        ### END SOLUTION

    def __call__(self, image):
        "Give the image, mirrored or not: the same shape, dtype and kind (array or Tensor)."
        _refuse_loss(image)
        ### BEGIN SOLUTION
        array = image.data if isinstance(image, Tensor) else np.asarray(image)
        _, width = _height_width_axes(array.shape, self.layout)
        source = random if self.generator is None else self.generator
        if source.random() < self.p:
            array = np.flip(array, axis=width).copy()
        return Tensor(array, dtype=array.dtype) if isinstance(image, Tensor) else array
        ### END SOLUTION

# %% test="flip-width" points=2
# Test 6a · 2 points · p=1 mirrors the width, p=0 nothing
image = np.arange(6).reshape(2, 3)
got = RandomHorizontalFlip(p=1)(image).tolist()
assert got == [[2, 1, 0], [5, 4, 3]], (
    "Step 6: RandomHorizontalFlip(p=1) should make 2 1 0 and 5 4 3 of the rows 0 1 2 and 3 4 5; "
    f"it made {got}.")
got = RandomHorizontalFlip(p=0)(np.arange(6).reshape(2, 3)).tolist()
assert got == [[0, 1, 2], [3, 4, 5]], (
    f"Step 6: RandomHorizontalFlip(p=0) should leave an image as it is; it became {got}.")
### BEGIN HIDDEN TESTS
colour = np.arange(24).reshape(3, 2, 4)
got = RandomHorizontalFlip(p=1.0)(colour)
assert got.tolist() == np.arange(24).reshape(3, 2, 4)[:, :, ::-1].tolist(), (
    f"Step 6: a (3, 2, 4) image is CHW, so its last axis is mirrored; got {got.tolist()}.")
got = RandomHorizontalFlip(p=0.0)(np.arange(24).reshape(3, 2, 4))
assert got.tolist() == np.arange(24).reshape(3, 2, 4).tolist(), f"Step 6: p=0.0 should leave a (3, 2, 4) image alone; got {got.tolist()}."
### END HIDDEN TESTS

# %% test="flip-chance" points=2
# Test 6b · 2 points · p=0.5 flips about half of the time, as the seeds decide
random.seed(3), np.random.seed(3)
flip = RandomHorizontalFlip(p=0.5)
flips = sum(int(flip(np.array([[0, 1], [2, 3]]))[0, 0] != 0) for _ in range(400))
assert 120 < flips < 280, (
    "Step 6: RandomHorizontalFlip(p=0.5) should flip between 120 and 280 of 400 images; it "
    f"flipped {flips}.")
### BEGIN HIDDEN TESTS
random.seed(13), np.random.seed(13)
rare, often = RandomHorizontalFlip(p=0.1), RandomHorizontalFlip(p=0.9)
flips = [sum(int(flip(np.array([[0, 1], [2, 3]]))[0, 0] != 0) for _ in range(200)) for flip in (rare, often)]
assert flips[0] < 60 and flips[1] > 140, f"Step 6: of 200 images, p=0.1 flips few and p=0.9 most; they flipped {flips}."
plain = RandomHorizontalFlip()
flips = sum(int(plain(np.array([[0, 1], [2, 3]]))[0, 0] != 0) for _ in range(400))
assert 140 < flips < 260, f"Step 6: without p, half of 400 images should flip, between 140 and 260; {flips} did."
seen = sorted({str(plain(np.arange(12).reshape(3, 2, 2)).ravel().tolist()) for _ in range(100)})
whole = ["[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]", "[1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10]"]
assert seen == whole, f"Step 6: all rows and channels of an image flip together, or none; these {len(seen)} came of one image: {seen}."
### END HIDDEN TESTS

# %% [markdown]
# **Second of three.** `RandomCrop(size, padding=4)` puts `padding` rows and columns of zeros on all four sides. Then it cuts
# out a window of `size` at a random place. A 32x32 image with padding 4 goes through 40x40, and comes back 32x32, shifted a little.
#
# - `size` is a whole number for a square (`4` or `np.int64(4)`), or `(H, W)`; larger than the padded image: `ValueError`.
# - Every offset can occur, (2 x padding + 1)² of them when `size` is the image's own.
# - A crop may allocate three padded images' bytes, not more.

# %% [markdown]
# The rest is as in the flip:
#
# - Keep `layout` for the helper.
# - Arrays in, arrays out; Tensors in, Tensors out; the dtype stays.
# - The input is never modified.
# - Random numbers come from `generator` if there is one, else from `random` or `np.random`.

# %% [markdown]
# <details><summary>Hint</summary>
#
# `np.pad` takes one `(before, after)` pair per axis: zeros for the channel axis. A tuple of `slice` objects indexes any number
# of axes. `random.randint` includes both ends, `integers` of a generator leaves out the last.
#
# </details>

# %% solution="crop"
#| export
class RandomCrop:
    """Pad an image with zeros on all four sides, then cut out a window at a random place.

    Args:
        size: height and width of the window in pixels, as a pair or as one int for both.
        padding: pixels of zeros on each side.
        layout: "HW", "CHW" or "HWC"; guessed from the image's shape if not given.
        generator: a `np.random.Generator` that decides; without it, `random` or `np.random` does.

    Raises:
        ValueError: an argument is not one of these; when called: the image is smaller than `size`
            even after padding.
    """
    def __init__(self, size, padding=4, *, layout=None, generator=None):
        _refuse_layout(layout)
        _refuse_window(size, padding)
        ### BEGIN SOLUTION
        self.size = (size, size) if isinstance(size, (int, np.integer)) else tuple(size)
        self.padding, self.layout, self.generator = padding, layout, generator
        ### END SOLUTION

    def __call__(self, image):
        "Give the window: height and width as in `size`, the same dtype and kind (array or Tensor)."
        _refuse_loss(image)
        ### BEGIN SOLUTION
        array = image.data if isinstance(image, Tensor) else np.asarray(image)
        axes = _height_width_axes(array.shape, self.layout)
        padded = np.pad(array, [(self.padding, self.padding) if axis in axes else (0, 0) for axis in range(array.ndim)])
        window = [slice(None)] * array.ndim
        for axis, length in zip(axes, self.size):
            spare = padded.shape[axis] - length
            if spare < 0:
                raise ValueError(f"a window of {self.size} does not fit into a padded image of shape {padded.shape}")
            start = random.randint(0, spare) if self.generator is None else int(self.generator.integers(spare + 1))
            window[axis] = slice(start, start + length)
        crop = padded[tuple(window)].copy()
        return Tensor(crop, dtype=crop.dtype) if isinstance(image, Tensor) else crop
        ### END SOLUTION

# %% test="crop-window" points=2
# Test 6c · 2 points · a crop is a window of the zero-padded image
random.seed(1), np.random.seed(1)
crop = RandomCrop((2, 3), padding=1)(np.arange(1, 37).reshape(3, 3, 4))
shape, got = crop.shape, crop.tolist()
assert shape == (3, 2, 3), (
    "Step 6: RandomCrop((2, 3)) of a (3, 3, 4) image, CHW, should have shape (3, 2, 3); it has "
    f"{shape}.")
error = error_of(lambda: RandomCrop(np.int64(2), padding=0)(np.ones((2, 2))))
assert error is None, (
    "Step 6: RandomCrop(np.int64(2)) should cut out 2x2, but `isinstance(np.int64(2), int)` is "
    f"False; it raised {type(error).__name__}.")
got_shape = RandomCrop(np.int64(2), padding=0)(np.ones((2, 2))).shape
assert got_shape == (2, 2), (
    f"Step 6: RandomCrop(np.int64(2)) should cut out a square of 2x2; its shape was {got_shape}.")
padded = np.pad(np.arange(1, 37).reshape(3, 3, 4), [(0, 0), (1, 1), (1, 1)])
windows = [padded[:, top:top + 2, left:left + 3].tolist() for top in range(4) for left in range(4)]
assert any(got == window for window in windows), (
    "Step 6: RandomCrop((2, 3), padding=1) should cut a window out of the image with one row and "
    f"column of zeros on each side; it gave {got}.")
### BEGIN HIDDEN TESTS
image = np.arange(1, 17).reshape(4, 4)
got = RandomCrop(4, padding=1)(image).tolist()
padded = np.pad(np.arange(1, 17).reshape(4, 4), 1)
assert any(got == padded[top:top + 4, left:left + 4].tolist() for top in range(3) for left in range(3)), (
    f"Step 6: a 4x4 crop should be a window of the image with one row of zeros around it; it was {got}.")
random.seed(21), np.random.seed(21)
padded = np.pad(np.arange(1, 145).reshape(3, 6, 8), [(0, 0), (2, 2), (2, 2)])
for _ in range(20):
    crop = RandomCrop((5, 3), padding=2)(np.arange(1, 145).reshape(3, 6, 8))
    shape, got = crop.shape, crop.tolist()
    assert shape == (3, 5, 3), f"Step 6: a crop of (5, 3) from (3, 6, 8) has shape (3, 5, 3); got {shape}."
    assert any(got == padded[:, top:top + 5, left:left + 3].tolist() for top in range(6) for left in range(10)), (
        f"Step 6: a (5, 3) crop of a (3, 6, 8) image should be a window of it with 2 zeros around; it was {got}.")
image = np.arange(1, 17).reshape(4, 4)
got = RandomCrop(4, padding=0)(image).tolist()
assert got == np.arange(1, 17).reshape(4, 4).tolist(), f"Step 6: a 4x4 crop of a 4x4 image without padding is the image; got {got}."
got = RandomCrop(32)(np.ones((32, 32), np.uint8)).shape
assert got == (32, 32), f"Step 6: RandomCrop(32) of a 32x32 image, padding 4 by default, stays 32x32; it was {got}."
for _ in range(5):
    got = RandomCrop(12)(np.ones((4, 4))).tolist()
    assert got == np.pad(np.ones((4, 4)), 4).tolist(), f"Step 6: a 12x12 crop of 4x4, padding 4 by default, is all of it padded; got {got}."
### END HIDDEN TESTS

# %% test="crop-offsets" points=2
# Test 6d · 2 points · all offsets occur
random.seed(2), np.random.seed(2)
crop, image = RandomCrop(4, padding=1), np.arange(1, 17).reshape(4, 4)
seen = {crop(image).tobytes() for _ in range(150)}
assert len(seen) == 9, (
    "Step 6: RandomCrop(4, padding=1) of a 4x4 image has 3 x 3 = 9 offsets; 150 crops had "
    f"{len(seen)} of them.")
### BEGIN HIDDEN TESTS
random.seed(22), np.random.seed(22)
crop, image = RandomCrop((2, 2), padding=1), np.arange(1, 7).reshape(2, 3)
seen = {crop(image).tobytes() for _ in range(200)}
assert len(seen) == 12, f"Step 6: a 2x2 crop of 2x3 with padding 1 has 3 x 4 = 12 offsets; in 200 crops, {len(seen)} occurred."
### END HIDDEN TESTS

# %% test="transform-layout" points=1
# Test 6e · 1 point · channels last, and a layout that is said
image = np.arange(12).reshape(2, 2, 3)
got = RandomHorizontalFlip(p=1)(image)[0, 0].tolist()
assert got == [3, 4, 5], (
    "Step 6: a (2, 2, 3) image is HWC, so RandomHorizontalFlip(p=1) should make pixel (0, 0) "
    f"[3, 4, 5]; it became {got}.")
got = RandomCrop(2, padding=0, layout="HWC")(image).shape
assert got == (2, 2, 3), (
    "Step 6: RandomCrop(2, layout='HWC') should keep the 3 channels at the end, (2, 2, 3); the "
    f"shape was {got}.")
### BEGIN HIDDEN TESTS
wide = np.arange(3 * 4 * 5).reshape(3, 4, 5)
got = RandomHorizontalFlip(p=1, layout="HWC")(wide)
assert got.tolist() == np.arange(60).reshape(3, 4, 5)[:, ::-1].tolist(), (
    f"Step 6: layout='HWC' makes axis 1 the width of a (3, 4, 5) image; got {got.tolist()}.")
got = RandomCrop((2, 2), padding=1, layout="CHW")(np.zeros((7, 4, 5))).shape
assert got == (7, 2, 2), f"Step 6: layout='CHW' keeps 7 channels in front; the shape was {got}."
### END HIDDEN TESTS

# %% test="transform-kinds" points=1
# Test 6f · 1 point · Tensors give Tensors, arrays give arrays, and the dtype stays
pixels = np.ones((2, 2), np.uint8)
for name in ["RandomHorizontalFlip", "RandomCrop"]:
    flips = name == "RandomHorizontalFlip"
    transform = RandomHorizontalFlip(p=1) if flips else RandomCrop(2, padding=1)
    got = transform(pixels)
    assert isinstance(got, np.ndarray), (
        f"Step 6: of an array, {name} should give an array; it gave {got!r}.")
    assert got.dtype == np.uint8, (
        f"Step 6: of uint8 pixels, {name} should give uint8; it gave {got.dtype}.")
    got = transform(Tensor(pixels))
    assert isinstance(got, Tensor), (
        f"Step 6: of a Tensor, {name} should give a Tensor; it gave {got!r}.")
    assert got.data.dtype == np.uint8, (
        f"Step 6: of a uint8 Tensor, {name} should give uint8; it gave {got.data.dtype}.")
### BEGIN HIDDEN TESTS
flip, idle, crop = RandomHorizontalFlip(p=1), RandomHorizontalFlip(p=0), RandomCrop((3, 3), padding=0)
for dtype in ["float32", "float64", "int64", "bool"]:
    for name in ["flip", "flip with p=0", "crop"]:
        transform = {"flip": flip, "flip with p=0": idle, "crop": crop}[name]
        got = transform(np.ones((3, 4), dtype))
        assert isinstance(got, np.ndarray), f"Step 6: a {name} of an array should give an array; it gave {got!r}."
        assert got.dtype == dtype, f"Step 6: a {name} of {dtype} pixels should give {dtype}; it gave {got.dtype}."
        got = transform(Tensor(np.ones((3, 4), dtype), dtype=dtype))
        assert isinstance(got, Tensor), f"Step 6: a {name} of a Tensor should give a Tensor; it gave {got!r}."
        assert got.data.dtype == dtype, f"Step 6: a {name} of a Tensor of {dtype} should give {dtype}; it gave {got.data.dtype}."
### END HIDDEN TESTS

# %% test="transform-input" points=1
# Test 6g · 1 point · the input is never modified
image = np.arange(16).reshape(4, 4)
RandomHorizontalFlip(p=1)(image)
assert image.ravel().tolist() == list(range(16)), (
    f"Step 6: RandomHorizontalFlip should leave its input alone; it is now {image.tolist()}.")
RandomCrop(4, padding=2)(image)
assert image.ravel().tolist() == list(range(16)), (
    f"Step 6: RandomCrop should leave its input alone; it is now {image.tolist()}.")
### BEGIN HIDDEN TESTS
pixels = Tensor(np.arange(30, dtype=np.int64).reshape(5, 6))
for name in ["flip", "crop"]:
    transform = RandomHorizontalFlip(p=1) if name == "flip" else RandomCrop(3, padding=1)
    transform(pixels)
    got = pixels.data.tolist()
    assert got == np.arange(30).reshape(5, 6).tolist(), f"Step 6: a {name} should leave a Tensor alone; it is now {got}."
### END HIDDEN TESTS

# %% test="transform-arguments" points=1
# Test 6h · 1 point · what cannot be is refused
for p in [-0.1, 1.5]:
    error = error_of(RandomHorizontalFlip, p=p)
    assert isinstance(error, ValueError), (
        f"Step 6: RandomHorizontalFlip(p={p}) should raise ValueError; it raised {raised(error)}.")
error = error_of(RandomCrop(9, padding=2), np.zeros((4, 4)))
assert isinstance(error, ValueError), (
    "Step 6: RandomCrop(9, padding=2) of 4x4, padded to 8x8, should raise ValueError; it raised "
    f"{raised(error)}.")
### BEGIN HIDDEN TESTS
for size, padding in [((3, 9), 2), ((9, 3), 2), (5, 0)]:
    error = error_of(RandomCrop(size, padding=padding), np.zeros((4, 4)))
    assert isinstance(error, ValueError), f"Step 6: a crop of {size} from 4x4 with padding {padding} raised {raised(error)}."
error = error_of(RandomHorizontalFlip, layout="WH")
assert isinstance(error, ValueError), f"Step 6: a flip with layout='WH' should raise ValueError, as the line given does; it raised {raised(error)}."
for size, options in [(4, {"layout": "WH"}), (4, {"padding": -1}), (0, {}), ((4, 4, 4), {})]:
    error = error_of(RandomCrop, size, **options)
    assert isinstance(error, ValueError), f"Step 6: RandomCrop of {size} with {options} should raise ValueError, as the lines given do; it raised {raised(error)}."
### END HIDDEN TESTS

# %% test="transform-generator" points=1
# Test 6i · 1 point · a generator decides alone, and of its offsets, too, all occur
random.seed(1), np.random.seed(1)
before = random.getstate(), np.random.get_state()[1].tolist(), np.random.get_state()[2]
for name in ["RandomHorizontalFlip", "RandomCrop"]:
    runs, flips = [], name == "RandomHorizontalFlip"
    for seed in [5, 5, 6]:
        seeded = np.random.default_rng(seed)
        flip = RandomHorizontalFlip(generator=seeded)
        transform = flip if flips else RandomCrop(8, generator=seeded)
        runs.append([transform(np.arange(64).reshape(8, 8)).tolist() for _ in range(24)])
    assert runs[0] == runs[1], (
        f"Step 6: {name} should draw from self.generator: the same from equal ones; 24 images of "
        "np.random.default_rng(5) differed.")
    assert runs[0] != runs[2], (
        f"Step 6: {name} should draw from self.generator: another seed gives other images; they "
        "stayed the same.")
after = random.getstate(), np.random.get_state()[1].tolist(), np.random.get_state()[2]
assert before == after, (
    "Step 6: RandomHorizontalFlip and RandomCrop should draw from self.generator alone, if there "
    "is one; the state of random or of np.random changed.")
crop = RandomCrop(4, padding=1, generator=np.random.default_rng(2))
seen = {crop(np.arange(1, 17).reshape(4, 4)).tobytes() for _ in range(150)}
assert len(seen) == 9, (
    "Step 6: RandomCrop(4, padding=1) of a 4x4 image has 3 x 3 = 9 offsets; 150 crops of a "
    f"generator had {len(seen)}: `.integers(n)` leaves out n.")
### BEGIN HIDDEN TESTS
crop, image = RandomCrop((3, 4), padding=1, generator=np.random.default_rng(9)), np.arange(1, 17).reshape(4, 4)
seen = {crop(image).tobytes() for _ in range(200)}
assert len(seen) == 12, f"Step 6: a (3, 4) crop of 4x4 with padding 1 has 4 x 3 = 12 offsets; of a generator, {len(seen)} came."
flip = RandomHorizontalFlip(p=0.8, generator=np.random.default_rng(8))
flips = sum(int(flip(np.array([[0, 1], [2, 3]]))[0, 0] != 0) for _ in range(400))
assert 260 < flips < 380, f"Step 6: of 400 images, p=0.8 and a generator should flip between 260 and 380; they flipped {flips}."
### END HIDDEN TESTS

# %% [markdown]
# **Third of three.** `Compose(transforms)` applies a list of transforms in order: what one returns, the next one gets.

# %% solution="compose"
#| export
class Compose:
    """Several transforms as one, applied in order; an empty list changes nothing."""
    def __init__(self, transforms):
        ### BEGIN SOLUTION
        self.transforms = list(transforms)
        ### END SOLUTION

    def __call__(self, image):
        "Give what the last transform returns."
        ### BEGIN SOLUTION
        for transform in self.transforms:
            image = transform(image)
        return image
        ### END SOLUTION

# %% test="compose-order" points=1
# Test 6j · 1 point · transforms are applied in order
got = Compose([lambda x: x + 1, lambda x: x * 10])(2)
assert got == 30, (
    f"Step 6: Compose([add 1, times 10])(2) should be (2 + 1) * 10 = 30; it was {got}.")
### BEGIN HIDDEN TESTS
got = Compose([str.strip, str.upper, lambda text: text + "!"])("  hi ")
assert got == "HI!", f"Step 6: strip, upper and an exclamation mark in order should make 'HI!'; got {got!r}."
got = Compose([])("as it is")
assert got == "as it is", f"Step 6: Compose of no transforms should change nothing; got {got!r}."
twice = Compose([lambda x: x + 2, lambda x: x * 3])
got = [twice(1), twice(1), twice(5)]
assert got == [9, 9, 21], f"Step 6: one Compose of adding 2, then times 3, should make 9, 9, 21 of 1, 1, 5; it made {got}."
### END HIDDEN TESTS

# %% test="transform-profile" points=1
# Profile 6 · 1 point · a transform allocates a few images, not more
image = np.zeros((256, 256), np.float32)
image_bytes, padded_bytes = 256 * 256 * 4, 264 * 264 * 4
flip_bytes = peak_bytes(lambda: RandomHorizontalFlip(p=1)(image))
crop_bytes = peak_bytes(lambda: RandomCrop(256, padding=4)(image))
print(f"an image of {image_bytes:,} B: a flip takes {flip_bytes:,} B, a crop {crop_bytes:,} B")
assert flip_bytes <= 2 * image_bytes + 10_000, (
    "Step 6: RandomHorizontalFlip should take two images' bytes at most; it took "
    f"{flip_bytes:,} B.")
assert crop_bytes <= 3 * padded_bytes + 10_000, (
    "Step 6: RandomCrop should take three padded images' bytes at most; it took "
    f"{crop_bytes:,} B.")

# %% [markdown]
# ### How a transform joins a dataset
#
# A wrapper again: it passes the first value of each sample through a function, every time the sample is fetched.

# %% tags=["explore"]
class Transformed(Dataset):
    def __init__(self, dataset, function):
        self.dataset, self.function = dataset, function
    def __len__(self):
        return len(self.dataset)
    def __getitem__(self, index):
        image, *rest = self.dataset[index]
        return self.function(image), *rest

# %% [markdown]
# On a real digit, with your transforms. (Mirrored digits are a bad idea to train on: is that still a 2? Shifted ones are
# a good one.)

# %% tags=["explore"]
from tinytorch.profiling import plots

images, labels = load_digits()
augment = Compose([RandomHorizontalFlip(p=0.5), RandomCrop(8, padding=2)])
variants = [augment(images[2]) for _ in range(19)]
different = len({variant.tobytes() for variant in variants})
plots.draw_images([images[2], *variants], ["given"] + [""] * 19,
                  title=f"One digit in 19 epochs: {different} different pictures")

# %% [markdown]
# It is not free. The same epoch, with and without augmentation:

# %% tags=["explore"]
plain = TensorDataset(Tensor(images[:500, None]), Tensor(labels[:500]))
augmented = Transformed(plain, RandomCrop(8, padding=1))
loading_s = throughput(DataLoader(plain, 64)).seconds
extra_s = max(0.0, throughput(DataLoader(augmented, 64)).seconds - loading_s)

# %% tags=["explore"]
shares = {"plain": {"loading": loading_s, "augmenting": 0.0},
          "cropped": {"loading": loading_s, "augmenting": extra_s}}
share = extra_s / (loading_s + extra_s)
plots.draw_shares(shares, title=f"For 8x8 pictures, {share:.0%} of this epoch is augmentation",
                  x_label="time of one epoch of 500 images");

# %% [markdown]
# ## Train on real digits
#
# 1,797 handwritten digits of 8x8 pixels ship with the package (Alpaydin and Kaynak, UCI, CC BY 4.0). Four fifths are to
# train on, the rest to test.

# %% tags=["explore"]
train_images, train_labels, test_images, test_labels = split_digits()
plots.draw_images(train_images[:20], [str(label) for label in train_labels[:20]],
                  title=f"Twenty of the {len(train_images):,} digits to train on")

# %% tags=["explore"]
train_set = TensorDataset(Tensor(train_images.reshape(-1, 64)), Tensor(train_labels))
loader = DataLoader(train_set, batch_size=32, shuffle=True)
print(len(loader), "batches;", "first:", *(tensor.shape for tensor in next(iter(loader))))

# %% [markdown]
# The model is the smallest that learns: scores are `x @ weights + bias`, softmax turns them into probabilities. Modules 06
# and 07 will derive gradients for you; here it is one line, *probability minus truth*.

# %% tags=["explore"]
def softmax(scores):
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)

def step(weights, bias, x, y, rate=0.5):
    "Learn from one batch, in place; give the loss before."
    chances = softmax(x @ weights + bias)
    truth = np.eye(10, dtype=np.float32)[y]
    loss = -np.log((chances * truth).sum(axis=1)).mean()
    gradient = (chances - truth) / len(y)
    weights -= rate * x.T @ gradient
    bias -= rate * gradient.sum(axis=0)
    return loss

# %% tags=["explore"]
def accuracy(weights, bias):
    guesses = (test_images.reshape(-1, 64) @ weights + bias).argmax(axis=1)
    return (guesses == test_labels).mean()

def train(loader, epochs):
    "Give the weights, the bias, and after each epoch its mean loss and the test accuracy."
    weights, bias, history = np.zeros((64, 10), np.float32), np.zeros(10, np.float32), []
    for _ in range(epochs):
        losses = [step(weights, bias, images.data, labels.data) for images, labels in loader]
        history.append((np.mean(losses), accuracy(weights, bias)))
    return weights, bias, history

# %% tags=["explore"]
random.seed(0), np.random.seed(0)
weights, bias, history = train(loader, epochs=20)
print(f"after 20 epochs: loss {history[-1][0]:.3f}, test accuracy {history[-1][1]:.1%}")

# %% tags=["explore"]
by_class = np.argsort(train_labels, kind="stable")
in_order = TensorDataset(Tensor(train_images[by_class].reshape(-1, 64)),
                         Tensor(train_labels[by_class]))
_, _, sorted_history = train(DataLoader(in_order, batch_size=32), epochs=20)

# %% tags=["explore"]
curves = {"shuffle=True": [a for _, a in history],
          "shuffle=False, sorted by digit": [a for _, a in sorted_history]}
ends = [f"{curve[-1]:.0%}" for curve in curves.values()]
plots.draw_curves(range(1, 21), curves, log=False,
                  title=f"Only the order differs: {ends[0]} or {ends[1]} in the end",
                  x_label="epoch", y_label="test accuracy");

# %% [markdown]
# In sorted order the model sees all the zeros, then all the ones, and forgets each digit while it learns the next. One
# argument of your loader is the difference.

# %% tags=["explore"]
guesses = (test_images.reshape(-1, 64) @ weights + bias).argmax(axis=1)
wrong = np.flatnonzero(guesses != test_labels)[:10]
captions = [f"{test_labels[i]} read as {guesses[i]}" for i in wrong]
plots.draw_images(test_images[wrong], captions, title="What it still gets wrong", columns=5)

# %% [markdown]
# ### The same loop on a folder of JPEGs
#
# Here are 300 of the digits as JPEG files, in a folder for each class. No dataset could be more unlike an array:

# %% tags=["explore"]
from PIL import Image

photos_folder = Path(tempfile.mkdtemp())
for i in range(300):
    folder = photos_folder / str(train_labels[i])
    folder.mkdir(exist_ok=True)
    pixels = (255 * train_images[i]).astype(np.uint8)
    Image.fromarray(pixels).save(folder / f"{i}.jpg", quality=95)

# %% tags=["explore"]
class Jpegs(Dataset):
    "Each file is opened and decoded when its sample is asked for; the label is the name of its "
    "folder."
    def __init__(self, folder):
        self.paths = sorted(folder.glob("*/*.jpg"))
    def __len__(self):
        return len(self.paths)
    def __getitem__(self, index):
        path = self.paths[index]
        return np.asarray(Image.open(path), np.float32).ravel() / 255, int(path.parent.name)

# %% tags=["explore"]
jpegs = CountingDataset(Jpegs(photos_folder))
_, _, jpeg_history = train(DataLoader(jpegs, batch_size=32, shuffle=True), epochs=5)
print(f"{len(jpegs.fetched):,} files decoded, at most {jpegs.peak_alive} samples in memory,",
      f"test accuracy {jpeg_history[-1][1]:.1%}")

# %% [markdown]
# `train`, its loop and your loader are those of above, and not a line of them changed. With 100 GB, there are more files, and as
# many samples in memory.

# %% [markdown]
# ## Systems: what loading costs
#
# Four measurements of *your* loader, on this machine. First, throughput: how many samples per second, at which batch size?

# %% tags=["explore"]
sizes = [1, 4, 16, 64, 256]
def first(count):
    "The first digits to train on."
    pixels = Tensor(train_images[:count].reshape(-1, 64))
    return TensorDataset(pixels, Tensor(train_labels[:count]))

def rates_of(**options):
    "Samples per second for each batch size."
    return [throughput(DataLoader(first(256), size, **options)).samples_per_second
            for size in sizes]

# %% tags=["explore"]
rates = {"in order": rates_of(), "shuffled": rates_of(shuffle=True)}
plots.draw_curves(sizes, rates, title="Does a bigger batch always load faster?",
                  x_label="batch size", y_label="samples per second");

# %% [markdown]
# A batch has a fixed price (a call, a stack, a Tensor) that a bigger batch spreads thinner. What remains is the price of
# each sample: one `__getitem__` in Python.
#
# Second, memory. CIFAR-10's images are 12,288 B each, 32x32x3 as float32. Here 512 of that size, each made when it is
# asked for, so that the loader's own memory shows:

# %% tags=["explore"]
class Pictures(Dataset):
    def __len__(self):
        return 512
    def __getitem__(self, index):
        return Tensor(np.zeros((3, 32, 32), np.float32))

def loader_peak(batch_size):
    return peak_bytes(lambda: [len(batch) for batch in DataLoader(Pictures(), batch_size)])

# %% tags=["explore"]
peaks = {"peak of an epoch": [loader_peak(size) for size in sizes],
         "one batch": [size * 12_288 for size in sizes]}
at_once = peaks["peak of an epoch"][-1] / peaks["one batch"][-1]
plots.draw_curves(sizes, peaks,
                  title=f"With batches of {sizes[-1]}, the peak is {at_once:.1f} batches",
                  x_label="batch size", y_label="memory", unit="B");

# %% [markdown]
# About three is right: at its peak the loop still holds the old batch, while the loader has the next one's samples and stacks
# them. A batch of 128 is 1.5 MiB here. Training needs more: the model keeps each layer's results until the backward
# pass has used them.
#
# Third, shuffling: what does the order of an epoch cost?

# %% tags=["explore"]
def shuffle_list(n):
    random.shuffle(list(range(n)))

def shuffle_array(n):
    np.random.permutation(n)

lengths = [500, 5_000, 50_000]
ways = {"list, random.shuffle": shuffle_list, "array, NumPy": shuffle_array}
times = {name: [seconds_per_call(lambda n=n: way(n), repeats=3) for n in lengths]
         for name, way in ways.items()}
factor = times["list, random.shuffle"][-1] / times["array, NumPy"][-1]
plots.draw_curves(lengths, times,
                  title=f"A list of 50,000 indices takes {factor:.0f} times as long",
                  x_label="samples in the dataset", y_label="time to make the order", unit="s");

# %% [markdown]
# As int64 array: 400 KB for 50,000 indices, 8 MB for a million, 80 MB for ten million. That is 0.08 % of a dataset of 100 GB
# with 10 KB a sample.
#
# Fourth: where does the time of a training step go?

# %% tags=["explore"]
import time

def split_time(loader):
    "Seconds of one epoch, spent in loading and in learning."
    weights, bias, learning = np.zeros((64, 10), np.float32), np.zeros(10, np.float32), 0.0
    start = time.perf_counter()
    for images, labels in loader:
        before = time.perf_counter()
        step(weights, bias, images.data, labels.data)
        learning += time.perf_counter() - before
    return {"loading": time.perf_counter() - start - learning, "learning": learning}

# %% tags=["explore"]
def fastest_split(size):
    loader = DataLoader(first(256), size, shuffle=True)
    return min((split_time(loader) for _ in range(5)), key=lambda parts: sum(parts.values()))

rows = {f"batch size {size}": fastest_split(size) for size in (8, 32, 128)}
plots.draw_shares(rows, title="Loading or learning: which takes longer?",
                  x_label="time of one epoch of 256 images, the best of five");

# %% [markdown]
# ### The bottleneck in a big run
#
# A step of 45 ms loading, 30 forward, 35 backward and 10 optimizer takes 120 ms, 37.5 % of it loading. Load the next batch
# *while* the model computes, and 75 ms remain: 1.6 times faster.

# %% tags=["explore"]
compute_s = {"forward": 0.030, "backward": 0.035, "optimizer": 0.010}
step_s = {"one after the other": {"load": 0.045, **compute_s},
          "loading hidden": {"load": 0.0, **compute_s}}
before, after = [f"{sum(parts.values()) * 1e3:.0f} ms" for parts in step_s.values()]
plots.draw_shares(step_s, title=f"Hide the loading: {before} become {after}",
                  x_label="time of one step");

# %% [markdown]
# Where do such 45 ms come from? From the disk, mostly. 150 JPEGs of about 150 KB are 22.5 MB:

# %% tags=["explore"]
batch_bytes = 150 * 150_000
typical = {"disk, 500 MB/s": 0.5e9, "memory, 20 GB/s": 20e9, "PCIe to the GPU, 25 GB/s": 25e9,
           "GPU memory, 1 TB/s": 1e12}
plots.draw_bars({name: batch_bytes / speed for name, speed in typical.items()}, unit="s", log=True,
                title="How long does a batch of 22.5 MB take to arrive?",
                x_label="time for one batch, at typical speeds");

# %% [markdown]
# Memory and PCIe are nearly equal here, 40 and 50 times as fast as the disk; the GPU's own memory is 40 times as fast again.
#
# 45 ms from disk against 75 ms on the GPU: without overlap, the GPU waits for 37.5 % of the time. With a GPU three times as
# fast, 25 ms, it waits even with overlap.

# %% [markdown]
# So PyTorch's loader can start *worker processes* (`num_workers`). Processes, because one Python interpreter runs one thread at
# a time (the GIL), and decoding is work. And *pinned memory*, which the system never moves, lets the GPU fetch a batch by itself.
# As float32, ImageNet's 180.6 GB become 722.5 GB: decode late, per batch.

# %% [markdown]
# ## Four errors everybody makes
#
# **1. Rows that don't match.** One label is missing, and nothing would be aligned:

# %% tags=["explore"]
print(error_of(TensorDataset, Tensor(np.zeros((100, 3))), Tensor(np.zeros(99))))

# %% [markdown]
# **2. Training unshuffled, or validating shuffled.** The curves above show the first. The second changes no score, but
# predictions no longer line up with your table of labels:

# %% tags=["explore"]
test_set = TensorDataset(Tensor(test_images), Tensor(test_labels))
order = [label for _, labels in DataLoader(test_set, 64, shuffle=True) for label in labels.data]
f"{(np.array(order) == test_labels).mean():.0%} of the labels are still in their place"

# %% [markdown]
# **3. Taking the last batch for a full one.** 359 digits by 64 leave 39. Divide by `len(labels)`, not by 64:

# %% tags=["explore"]
[len(labels) for _, labels in DataLoader(test_set, 64)]

# %% [markdown]
# **4. An index out of range.** 359 samples end at index 358. From the end they are counted from -1, down to -359:

# %% tags=["explore"]
print(error_of(lambda: test_set[359]), error_of(lambda: test_set[-360]), sep="\n")

# %% [markdown]
# ## Side by side with PyTorch
#
# ```python
# from tinytorch import DataLoader, TensorDataset     # from torch.utils.data import DataLoader, TensorDataset
#
# loader = DataLoader(TensorDataset(images, labels), batch_size=32, shuffle=True)
# for images, labels in loader:
#     ...
# ```
#
# The loop is the same. What stays different, each row run against PyTorch 2.13 by this course's tests:

# %% [markdown]
# | | yours | PyTorch's |
# |---|---|---|
# | a batch is | a tuple | a list |
# | a batch of bare samples 1 and 2 | `(Tensor([1, 2]),)` | `tensor([1, 2])` |
# | a batch of float64 | float32 | float64 |
# | a list or tuple inside a sample | `TypeError` | collated, too |
# | a dict or a string in a sample | `TypeError` | collated, too |

# %% [markdown]
# | | yours | PyTorch's |
# |---|---|---|
# | `DataLoader(dataset)` | `TypeError`: `batch_size` is missing | batches of 1 |
# | `dataset[0:2]` | not defined | two rows of each tensor |
# | order of an epoch | `random`, `np.random`, or NumPy's generator | torch's generator |
# | last short batch | kept | `drop_last=True` leaves it out |
# | whole batch in one call | `get_batch` gives the batch | `__getitems__` gives the list of samples |

# %% [markdown]
# What PyTorch adds: `num_workers` processes that load ahead, `pin_memory=True` for the GPU, a `collate_fn` of your own.

# %% [markdown]
# ## Step 7 · Going faster (optional, no points)
#
# The first curve levels off: 32 samples are 32 calls of `__getitem__`, 32 small Tensors and a stack. But NumPy picks all 32
# rows of an array in one call:

# %% tags=["explore"]
rows = np.ones((10_000, 784), np.float32)
picked = np.random.default_rng(1).integers(10_000, size=32)
one_by_one_s = seconds_per_call(lambda: np.stack([rows[int(i)] for i in picked]), repeats=50)
at_once_s = seconds_per_call(lambda: rows.take(picked, axis=0), repeats=50)
ways = {"one by one, then np.stack": one_by_one_s, "rows.take(picked, axis=0)": at_once_s}
plots.draw_bars(ways, unit="s",
                title=f"One call instead of 32: {one_by_one_s / at_once_s:.1f} times as fast",
                x_label="time to pick a batch of 32 rows of 784");

# %% [markdown]
# So let a dataset *offer* it: one that can give a whole batch has a method `get_batch(indices)`, and a loader that knows of
# it asks no longer for samples.

# %% [markdown]
# **Before you begin:** the second part changes your cell of step 4, which is graded. Copy what works now into a cell of your
# own, so that you can put it back; `tito check 05 --step 4` says whether it still passes.

# %% [markdown]
# **Your turn, first part.** Below, add it to `TensorDataset`: `@patch`, then `def get_batch(self: TensorDataset, indices):`
#
# - `indices` is an integer array, or a slice with a start and a stop. It gives the tuple of batch Tensors, the same that
#   step 5 makes of these samples: same values, same dtypes, C-contiguous.
# - A batch owns its memory. A slice of an array is a view, so copy it: one block, no index needed.
# - A list of integers is right, too, also an empty one. Other indices, such as `[0.5]` or `[True]`: `TypeError`.

# %% [markdown]
# <details><summary>Hint</summary>
#
# `array[indices]` picks rows and copies them; `np.ascontiguousarray` puts them in C order. `array.take(indices, axis=0)` is
# faster, and only for arrays that are in C order: of others it copies everything. `Tensor(rows)` decides the dtype.
#
# </details>

# %% solution="get-batch" tags=["optional"]
#| export
### BEGIN SOLUTION
@patch
def get_batch(self: TensorDataset, indices):
    """Samples of an integer array of indices, or of a slice, as batch Tensors of shape (number of indices, ...).

    They are what the samples give when they are stacked, and own their memory. Raises TypeError for other indices.
    """
    if not isinstance(indices, slice):
        indices = np.asarray(indices)
        if indices.size == 0:
            indices = indices.astype(int)  # NumPy makes floats of an empty list
        elif indices.dtype.kind not in "iu":
            raise TypeError(f"indices are integers, or a slice, not {indices.dtype}")
    return tuple([_rows(tensor.data, indices) for tensor in self.tensors])


def _rows(array, indices):
    "Some rows of an array as a Tensor of their own."
    if isinstance(indices, slice):
        rows = array[indices].copy()
    elif array.flags.c_contiguous:
        rows = array.take(indices, axis=0)
    else:
        rows = np.ascontiguousarray(array[indices])  # `take` would copy the whole array first
    return Tensor(rows if rows.dtype.isnative else rows.astype(rows.dtype.newbyteorder("=")))  # as np.stack gives it
### END SOLUTION

# %% [markdown]
# **Second part.** In `__iter__` of step 4, where a batch is made: if the dataset has `get_batch`, yield what it gives for
# this batch's indices.
#
# - `shuffle=True`: the indices are an array, drawn as before. In order: `slice(start, stop)`, with the last `stop` at
#   `len(self.dataset)`.
# - Datasets of `tinytorch.datasets` give arrays: make Tensors of them.
#
# Then run step 4 again, and the cells below.

# %% [markdown]
# When is that right? A class that inherits from `TensorDataset` and changes `__getitem__`, to augment, say, inherits a
# `get_batch` that knows nothing of that. A subclass of `DataLoader` may collate in its own way. Both need single samples. So
# call `get_batch` only if all three are true:
#
# 1. `hasattr(self.dataset, "get_batch")`.
# 2. No class below the one that defines `get_batch` defines `__getitem__`.
# 3. The loader's `_collate_batch` is the one of `DataLoader` itself.

# %% [markdown]
# How to find out:
#
# - For 2, go through `type(self.dataset).__mro__`: the dataset's class and those that it inherits from, nearest first. Take
#   the first whose `vars(...)` has `get_batch` or `__getitem__`: it must have `get_batch`.
# - For 3, compare `type(self)._collate_batch` with `DataLoader._collate_batch`, by `is`.
# - Step 4's tests run before there is a `_collate_batch`. So ask for both with `getattr(..., "_collate_batch", None)`.

# %% [markdown]
# Given, for the tests: you need not read the next cell.

# %% given="sample-by-sample"
class OneByOne:
    "The samples of a dataset, and no way to get many of them at once."
    def __init__(self, dataset):
        self.dataset = dataset
    def __len__(self):
        return len(self.dataset)
    def __getitem__(self, index):
        return self.dataset[index]

def same_batches(dataset, batch_size, **options):
    "Whether a dataset's batches are those of its single samples, to the bit. Its order is seeded."
    epochs = []
    for each in (dataset, OneByOne(dataset)):
        random.seed(4), np.random.seed(4)
        epochs.append([[(t.data.dtype, t.data.tobytes()) for t in batch]
                       for batch in DataLoader(each, batch_size, **options)])
    return epochs[0] == epochs[1]

# %% test="get-batch-same" points=0
# Test 7a · no points · the same batches, sample by sample or all at once
written, found = "get_batch" in globals(), hasattr(TensorDataset, "get_batch")
assert found or not written, (
    "Step 7: TensorDataset has no get_batch: begin with `@patch` and `self: TensorDataset`.")
pairs = TensorDataset(Tensor(np.arange(30.0).reshape(10, 3)), Tensor(np.arange(10)))
given = [pairs.get_batch(indices) for indices in (slice(0, 4), np.array([3, 1])) if found]
kinds = sorted({type(thing).__name__ for batch in given for thing in (batch, *batch)})
assert kinds in ([], ["Tensor", "tuple"]), (
    f"Step 7: get_batch should give a tuple of Tensors; it gave {kinds}.")
same = [same_batches(pairs, size, shuffle=shuffle)
        for size in (1, 3, 10, 64) for shuffle in (False, True)]
assert same == [True] * 8, (
    "Step 7: by 1, 3, 10 and 64, in order and shuffled: not the batches of the single samples.")
doubles = TensorDataset(Tensor(np.arange(8).reshape(2, 4).T / 3, dtype=np.float64))
same = same_batches(doubles, 3)
assert same, "Step 7: float64 in a transposed array: not the batches of the single samples."
### BEGIN HIDDEN TESTS
for kind in ("uint8", "int16", "bool", "float16"):
    cube = Tensor((np.arange(5 * 2 * 3).reshape(5, 2, 3) % 2).astype(kind))
    for order_of_epoch in (False, True):
        fits = same_batches(TensorDataset(cube, cube), 2, shuffle=order_of_epoch)
        assert fits, f"Step 7: {kind} of shape (5, 2, 3), shuffle={order_of_epoch}: not the batches of the single samples."
for values in (np.array([[1, 2], [3, 4]], ">i4"), np.array([[1, 2], [3, 4]], ">f8").T):
    fits = [same_batches(TensorDataset(Tensor(values, dtype=values.dtype)), 1, shuffle=shuffle) for shuffle in (False, True)]
    assert fits == [True, True], f"Step 7: {values.dtype}, big-endian, in order and shuffled: not the batches of the single samples."
for indices, expected in (([], []), ([1], [1]), (np.array([2, 0], np.uint8), [2, 0]), ([0], [0])):
    got = pairs.get_batch(indices)[1].data.tolist() if found else expected
    assert got == expected, f"Step 7: get_batch({indices!r}) of 0 to 9 should give {expected}; it gave {got}."
for indices in ([0.5], [True, False], ["0"]):
    error = error_of(pairs.get_batch, indices) if found else TypeError()
    assert isinstance(error, TypeError), f"Step 7: get_batch({indices}) should raise TypeError; it raised {raised(error)}."
nobody = list(DataLoader(TensorDataset(Tensor(np.zeros((0, 3)))), 2, shuffle=True))
assert nobody == [], f"Step 7: an empty dataset has no batches; these came: {nobody}."
### END HIDDEN TESTS

# %% test="get-batch-used" points=0
# Test 7b · no points · the loader asks for batches, and makes Tensors of arrays
class Squares:
    asked = []
    def __len__(self):
        return 6
    def __getitem__(self, index):
        self.asked.append(index)
        return (np.float32(index ** 2),)
    def get_batch(self, indices):
        self.asked.append(indices)
        return (np.arange(6, dtype=np.float32)[indices] ** 2,)

batches = [batch for shuffle in (False, True)
           for batch in DataLoader(Squares(), 4, shuffle=shuffle)]
kinds = sorted({f"{type(batch).__name__} of {type(batch[0]).__name__}s" for batch in batches})
assert kinds == ["tuple of Tensors"], (
    "Step 7: __iter__ of step 4 should make Tensors of the arrays that get_batch(indices) gives: "
    f"each batch a tuple of Tensors, not {kinds}.")
asked = [str(indices) if isinstance(indices, slice) else type(indices).__name__
         for indices in Squares.asked]
expected = ["slice(0, 4, None)", "slice(4, 6, None)", "ndarray", "ndarray"]
assert not found or asked == expected, (
    "Step 7: in order, ask for slices, shuffled for arrays, "
    f"here {expected}; __iter__ of step 4 asked for {asked}.")

class Counted(TensorDataset):
    calls = 0
    def get_batch(self, indices):
        Counted.calls += 1
        return super().get_batch(indices)

count = len(list(DataLoader(Counted(Tensor(np.arange(6))), 4))) if found else 2
calls = Counted.calls if found else 2
assert (count, calls) == (2, 2), (
    "Step 7: for two batches, __iter__ of step 4 should call get_batch twice, also if a subclass "
    f"defines it anew; it called it {calls} times.")

# %% test="profile-get-batch" points=0
# Profile 7 · no points · a batch costs its own bytes, also from an array that lies column by column
source = Tensor(np.arange(6.0, dtype=np.float32))
for shuffle in (False, True):
    for (batch,) in DataLoader(TensorDataset(source), 4, shuffle=shuffle):
        batch.data[:] = -1
kept = source.data.tolist()
assert kept == [0, 1, 2, 3, 4, 5], (
    f"Step 7: writing into a batch made the dataset {kept}: copy its rows.")
columns = Tensor(np.ones((2, 4, 40_000), np.float32).transpose(2, 1, 0))
peak = peak_bytes(lambda: TensorDataset(columns).get_batch(np.arange(100))) if found else 0
assert peak < 128_000, (
    f"Step 7: 100 of 40,000 rows, 3,200 B, took {peak:,} bytes; the whole array has 1,280,000.")
few = TensorDataset(columns).get_batch(np.arange(100)) if found else [Tensor(0)]
in_order = few[0].data.flags.c_contiguous
assert in_order, "Step 7: a batch should be C-contiguous: np.ascontiguousarray."

# %% test="get-batch-inherited" points=0
# Test 7c · no points · who changes a sample is not passed over
class Doubled(TensorDataset):
    def __getitem__(self, index):
        return tuple(Tensor(2 * value.data) for value in super().__getitem__(index))

class Sums(DataLoader):
    def _collate_batch(self, batch):
        return sum(int(value.data) for (value,) in batch)

class Part(OneByOne):
    @property
    def get_batch(self):
        raise AttributeError("get_batch: the dataset inside has none")

numbers = Tensor(np.arange(4))
got = len(list(DataLoader(Part([1, 2, 3]), 2)))
assert got == 2, (
    "Step 7: __iter__ of step 4 should ask `hasattr` of the dataset, not of its class; three "
    f"samples by 2 came as {got} batches.")
got = [batch[0].data.tolist() for batch in DataLoader(Doubled(numbers), 4)]
assert got == [[0, 2, 4, 6]], (
    "Step 7: of a subclass that doubles each sample, __iter__ of step 4 should fetch samples; its "
    f"batch was {got}, not [[0, 2, 4, 6]].")
got = list(Sums(TensorDataset(numbers), 2))
assert got == [1, 5], (
    "Step 7: in a loader that sums its samples, __iter__ of step 4 should fetch samples; it gave "
    f"{got}, not [1, 5].")

# %% tags=["explore"]
sizes = [8, 32, 128, 512]
epochs = {"sample by sample": OneByOne(first(512))}
if hasattr(TensorDataset, "get_batch"):
    epochs["get_batch"] = first(512)
rates = {name: [throughput(DataLoader(each, size, shuffle=True)).samples_per_second
                for size in sizes] for name, each in epochs.items()}
factor = max(rates.get("get_batch", [1])) / max(rates["sample by sample"])
asked = "What would get_batch change?"
title = f"get_batch: {factor:.0f} times as fast at best" if len(rates) == 2 else asked
plots.draw_curves(sizes, rates, title=title, x_label="batch size", y_label="samples per second");

# %% [markdown]
# Why is this factor so much larger than that of the first plot? There, a sample cost an index into an array, and a share of
# `np.stack`. Here it also costs a call of the wrapper, one of `__getitem__`, and a Tensor for each position.
#
# Data in one array gains most. A folder of JPEGs has nothing to pick rows from: there, decoding is the price, and only
# doing it *beside* the training helps.

# %% [markdown]
# ## Questions
#
# Four numbers, then a judgement. Give bytes as bytes and seconds as seconds; a result within 6 % counts. Write the
# calculation, Python does the rest.
#
# **1.** How many **bytes** is a batch of 96 images of 224x224x3, as float32?

# %% solution="question-memory"
# q1_batch_bytes = ...
### BEGIN SOLUTION
q1_batch_bytes = 96 * (224 * 224 * 3) * 4
### END SOLUTION

# %% test="question-memory-test" points=2
# Question 1 · 2 points
assert float(q1_batch_bytes) > 0, (
    f"Question 1: q1_batch_bytes should be a number of bytes; it was {q1_batch_bytes!r}.")
assert 2e6 < float(q1_batch_bytes) < 2e9, (
    f"Question 1: {float(q1_batch_bytes):,.6g} B is far off. Is it in bytes, and not in kB, MB "
    "or bits?")
### BEGIN HIDDEN TESTS
assert abs(float(q1_batch_bytes) / 57_802_752 - 1) <= 0.06, (
    f"Question 1: {float(q1_batch_bytes):,.0f} B is not it: count values per image, bytes per value, images per batch.")
### END HIDDEN TESTS

# %% [markdown]
# **2.** A step loads for 60 ms, then computes: 25 ms forward, 40 ms backward, 15 ms optimizer. Now loading is hidden behind
# computing. How many **seconds** do 2,000 steps take?

# %% solution="question-bottleneck"
# q2_epoch_seconds = ...
### BEGIN SOLUTION
q2_epoch_seconds = 2000 * max(0.060, 0.025 + 0.040 + 0.015)
### END SOLUTION

# %% test="question-bottleneck-test" points=2
# Question 2 · 2 points
assert float(q2_epoch_seconds) > 0, (
    f"Question 2: q2_epoch_seconds should be a number of seconds; it was {q2_epoch_seconds!r}.")
assert 5 < float(q2_epoch_seconds) < 5000, (
    f"Question 2: {float(q2_epoch_seconds):,.6g} s is far off. Is it in seconds, not in ms, and "
    "for all 2,000 steps?")
### BEGIN HIDDEN TESTS
assert abs(float(q2_epoch_seconds) / 160 - 1) <= 0.06, (
    f"Question 2: {float(q2_epoch_seconds):,.2f} s is not it: of two things that happen at once, the longer one counts.")
### END HIDDEN TESTS

# %% [markdown]
# **3.** How many **bytes** does an int64 array of the indices of 35 million samples take?

# %% solution="question-shuffle"
# q3_index_bytes = ...
### BEGIN SOLUTION
q3_index_bytes = 35_000_000 * np.dtype(np.int64).itemsize
### END SOLUTION

# %% test="question-shuffle-test" points=1
# Question 3 · 1 point
assert float(q3_index_bytes) > 0, (
    f"Question 3: q3_index_bytes should be a number of bytes; it was {q3_index_bytes!r}.")
assert 1e7 < float(q3_index_bytes) < 1e10, (
    f"Question 3: {float(q3_index_bytes):,.6g} B is far off. Is it in bytes, and not in kB, MB "
    "or bits?")
### BEGIN HIDDEN TESTS
assert abs(float(q3_index_bytes) / 280e6 - 1) <= 0.06, (
    f"Question 3: {float(q3_index_bytes):,.0f} B is not it: each index has the size of its dtype.")
### END HIDDEN TESTS

# %% [markdown]
# **4.** Collation copies a batch of 64 images of (3, 512, 512), as uint8, at 10 GB/s (10¹⁰ B/s). How many **seconds** does
# it take?

# %% solution="question-collate"
# q4_collate_seconds = ...
### BEGIN SOLUTION
q4_collate_seconds = 64 * (3 * 512 * 512) / 10e9
### END SOLUTION

# %% test="question-collate-test" points=1
# Question 4 · 1 point
assert float(q4_collate_seconds) > 0, (
    f"Question 4: q4_collate_seconds should be in seconds; it was {q4_collate_seconds!r}.")
assert 1.6e-4 < float(q4_collate_seconds) < 0.16, (
    f"Question 4: {float(q4_collate_seconds):,.3g} s is far off. Is it in seconds, and not in ms "
    "or µs?")
### BEGIN HIDDEN TESTS
assert abs(float(q4_collate_seconds) / 0.00503316 - 1) <= 0.06, (
    f"Question 4: {float(q4_collate_seconds):.3g} s is not it: bytes of the batch over bytes per second.")
### END HIDDEN TESTS

# %% [markdown]
# **5.** (10 points, graded by hand.) One model, two settings, each trained to its end: with `batch_size=32`, 14 hours and
# 76.1 % accuracy; with 256, 6 hours and 75.8 %. Which would you take for the one model of a paper, which for trying 100 models
# a day on a cluster, and why? Name one cost or risk of each choice.
#
# *Rubric:* a choice for each case (4), a reason from the figures (4), a cost or risk of each (2). Three to six sentences.

# %% [markdown] written="question-choice" points=10
# For the paper 32: accuracy is what it reports, and 8 more hours are paid once. For 100 models a day 256: it gives up 0.3
# points to be 2.3 times faster, and what is compared are models with each other, all under the same setting. The risk with
# 256 is that a model which is better at 32 is missed, and it needs more memory; with 32 that the hardware idles.

# %% [markdown]
# ## Checklist
#
# - A dataset answers two questions, and may hold nothing.
# - `len(loader)` rounds up, and the last batch is short.
# - A shuffled epoch has every sample once, pairs intact, in a new order.
# - Memory follows the batch size, never the dataset size.
# - A batch is one block of memory of its own.

# %% [markdown]
# ## Takeaways
#
# An interface of two methods hides where data lies. Indices are cheap and samples are not, so shuffle the one and leave the
# other. A generator keeps one batch alive, and so 100 GB stream through the memory of one batch.

# %% [markdown]
# ## Further reading
#
# - A. Krizhevsky, I. Sutskever, G. Hinton, *ImageNet classification with deep convolutional neural networks*, 2012: crops and flips at scale.
# - P. Goyal et al., *Accurate, large minibatch SGD*, 2017, arXiv:1706.02677: what large batches need.
# - P. Micikevicius et al., *Mixed precision training*, 2018, arXiv:1710.03740: half the bytes for each value.
# - PyTorch's tutorial *Datasets & DataLoaders*: the same ideas, under the same names.

# %% [markdown]
# ## What comes next
#
# In 06 each batch tensor becomes a leaf of the autograd graph, 08 puts `for batch in loader` around it, and 09 sends 4-d image
# batches through the same iterator:
#
# ```python
# for images, labels in loader:
#     optimizer.zero_grad()
#     loss = loss_fn(model(images), labels)
#     loss.backward()
#     optimizer.step()
# ```
#
# Left for 10: worker processes, prefetching, collating by a function of your own.

# %% [markdown]
# Now export your work, so that the next modules import it: `tito export 05`. And on Binder, **download this notebook**:
# the session, and all you wrote in it, ends when you leave.

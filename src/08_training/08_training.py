# %% [markdown]
# # 08 · Training
#
# > The loop is five lines. Knowing whether it works, and not losing a night's work, is the rest.
#
# **Core tier · difficulty 3 of 4 · 3 to 4 hours · after 01 to 07**
#
# On Binder this session is temporary. Whatever you write here goes when it ends, so download your notebook
# (*File → Download*) before you leave.

# %% tags=["explore"]
# Run this cell first. From then on it says which steps pass, and how many visible points that is.
from tinytorch.panel import show_panel

show_panel("08")

# %% [markdown]
# The tests that you see are examples: when graded, each also tries other values that follow from the text. *Visible points*
# are those of the tests as you see them, so go by the text, and not by the tests alone.

# %%
#| default_exp core.training

# %% given="imports"
#| export
import io
import json
import os
import random
import sys
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import numpy as np
from fastcore.basics import patch

from tinytorch.core.autograd import no_grad
from tinytorch.core.layers import Layer
from tinytorch.core.tensor import Tensor

# %% given="tools"
import tempfile
from contextlib import redirect_stdout

from tinytorch.core.activations import ReLU
from tinytorch.core.dataloader import DataLoader, TensorDataset
from tinytorch.core.layers import Dropout, Linear, Sequential
from tinytorch.core.losses import CrossEntropyLoss, MSELoss
from tinytorch.core.optimizers import SGD, Adam
from tinytorch.profiling import CountingDataset, peak_bytes

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
# You have all the parts. What is missing is somebody who goes round and round, keeps the record, and writes it down before the power fails.

# %% tags=["explore"]
import matplotlib.pyplot as plt
from tinytorch.profiling import plots

plt.rcParams.update(plots.STYLE)
chain = {"DataLoader": "batches", "Trainer": "step, epoch", "evaluate": "never seen data",
         "history": "is it learning?", "checkpoint": "stop and go on"}
yours = ["Trainer", "evaluate", "history", "checkpoint"]
plots.draw_chain(chain, title="You build the blue boxes", highlight=yours);

# %% [markdown]
# | step | you write | the idea |
# |---|---|---|
# | 1 | `Trainer`, `_train_step` | forward, loss, backward, update, once |
# | 2 | `_train_epoch` | once through all batches, an honest mean |
# | 3 | `evaluate` | look, and touch nothing |
# | 4 | `_progress_line`, `_Progress` | a line about progress |
# | 5 | `fit` | epochs, and what came of each |
# | 6 | `save` | everything in one file, or nothing |
# | 7 | `load` | go on, bit for bit the same |

# %% [markdown]
# The tests below use a toy, a layer with one matrix. For each forward it notes how many samples came, its mode, and whether
# its result is recorded.

# %% given="toy"
class Toy(Layer):
    def __init__(self, weight):
        self.weight, self.notes = Tensor(weight, requires_grad=True), []

    def forward(self, x):
        scores = x @ self.weight
        self.notes.append((len(x), self.training, scores.requires_grad))
        return scores

# %% given="toy-tools"
def toy_trainer(lr=0.0, weight=2.0):
    "A Trainer (step 1) of the model y = weight * x, with the mean squared error."
    model = Toy([[weight]])
    return Trainer(model, SGD([model.weight], lr=lr), MSELoss())

def toy_classifier(lr=0.0):
    "A Trainer of a model of two classes, whose scores are its two inputs."
    model = Toy([[1.0, 0.0], [0.0, 1.0]])
    return Trainer(model, SGD([model.weight], lr=lr), CrossEntropyLoss())

def batches_of(x, y, size):
    "Batches of x (as a column, if its samples are numbers) and y: a list of pairs of Tensors."
    x, y = np.array(x), np.array(y)
    x, y = x[:, None] if x.ndim == 1 else x, y[:, None] if y.dtype.kind == "f" else y
    starts = range(0, len(x), size)
    return [(Tensor(x[start:start + size]), Tensor(y[start:start + size])) for start in starts]

def rounded(values, digits=4):
    "Numbers, rounded, in lists."
    return np.round(np.array(values, dtype=float), digits).tolist()

# %% [markdown]
# ## Step 1 · One training step
#
# A `Trainer` holds what belongs together: the model, its optimizer, its loss. And the history, four lists with one number for each epoch.

# %% [markdown]
# **Your turn.** `Trainer(model, optimizer, loss_fn)` keeps the three under these names, and `history`: a dictionary with an empty list for each
# name in `_HISTORY`. Each Trainer has lists of its own.

# %% [markdown]
# <details><summary>Hint</summary>
#
# `{name: [] for name in ...}` makes a new list for each name; `dict.fromkeys(names, [])` gives all of them the same one.
# </details>

# %% given="history-names"
#| export
_HISTORY = ("train_loss", "train_accuracy", "val_loss", "val_accuracy")

# %% solution="trainer"
#| export
class Trainer:
    "A model, its optimizer and its loss: trains them, keeps the history, saves and goes on."

    _generators, _waiting = (), None  # chance: steps 5 to 7 use these

    def __init__(self, model, optimizer, loss_fn):
        ### BEGIN SOLUTION
        self.model, self.optimizer, self.loss_fn = model, optimizer, loss_fn
        self.history = {name: [] for name in _HISTORY}
        ### END SOLUTION

# %% test="trainer-holds" points=2
# Test 1a · 2 points · what a Trainer holds
model, optimizer, loss_fn = Toy([[1.0]]), SGD(Toy([[1.0]]).parameters(), lr=0.1), MSELoss()
trainer = Trainer(model, optimizer, loss_fn)
same = [trainer.model is model, trainer.optimizer is optimizer, trainer.loss_fn is loss_fn]
assert same == [True] * 3, (
    f"Step 1: a Trainer should hold its model, optimizer and loss_fn; the same objects: {same}."
)
got = trainer.history
assert got == {"train_loss": [], "train_accuracy": [], "val_loss": [], "val_accuracy": []}, (
    f"Step 1: history should be four empty lists; it was {got}."
)
### BEGIN HIDDEN TESTS
trainer.history["val_loss"].append(1.0)
lengths = [len(numbers) for numbers in trainer.history.values()]
assert lengths == [0, 0, 1, 0], f"Step 1: the four lists should be four; after a number for val_loss their lengths were {lengths}."
lengths = [len(numbers) for numbers in Trainer(model, optimizer, loss_fn).history.values()]
assert lengths == [0, 0, 0, 0], f"Step 1: another Trainer has lists of its own, empty ones; the lengths were {lengths}."
### END HIDDEN TESTS

# %% test="trainer-ready" points=0
# Nothing to do here. When graded, all that follows uses your Trainer if it works, else a stand-in.
### BEGIN HIDDEN TESTS
def _holds():
    one, two = Trainer(1, 2, loss_fn=3), Trainer(model=4, optimizer=5, loss_fn=6)
    one.history["val_loss"] += [0.5]
    return ((one.model, one.optimizer, one.loss_fn, two.model) == (1, 2, 3, 4) and two.history == dict.fromkeys(_HISTORY, [])
            and [len(one.history[each]) for each in _HISTORY] == [0, 0, 1, 0] and two._waiting is None and not two._generators)

def _lent_trainer(base):
    def begin(self, model, optimizer, loss_fn):
        vars(self).update(model=model, optimizer=optimizer, loss_fn=loss_fn, history=dict(zip(_HISTORY, ([], [], [], []))))
    return type("Trainer", (base,), {"__init__": begin, "_generators": (), "_waiting": None})

if "Trainer" not in globals() or error_of(_holds) is not None or not _holds():
    Trainer = _lent_trainer(Trainer if isinstance(globals().get("Trainer"), type) else object)
### END HIDDEN TESTS

# %% [markdown]
# Now the step. The loss is a good guide for the optimizer and a bad one for people. They ask: how many did it get right? The answer of the model is the class
# with the largest score:

# %%
scores = np.array([[0.1, 2.0, -1.0], [3.0, 1.0, 2.9]])
scores.argmax(axis=1)

# %% [markdown]
# **Your turn.** `_count_right(scores, targets)` counts the rows of scores (N, C) whose largest score stands at the label in
# `targets` (N,), as an int. Of equal scores the first counts.
#
# What is not a class label cannot be right or wrong: for targets that are not integers, or for other shapes, give
# `float("nan")`, "not a number".

# %% [markdown]
# Then `trainer._train_step(inputs, targets)`, the body of module 05's loop. It gives two Python numbers: the loss of this
# batch, and how many were right, both
# from the one forward *before* the parameters moved.
#
# Gradients from before must not count: forget them first.

# %% [markdown]
# <details><summary>Hint</summary>
#
# `targets.dtype.kind in "iu"` says whether they are integers. `loss.item()` gives a float. The order: forget gradients, forward, loss, backward, step.
# </details>

# %% solution="count-right"
#| export
def _count_right(scores, targets):
    "How many rows of scores (N, C) are largest at their label in targets (N,); nan without labels."
    ### BEGIN SOLUTION
    if scores.ndim != 2 or targets.shape != scores.shape[:1] or targets.dtype.kind not in "iu":
        return float("nan")
    return int((scores.data.argmax(axis=1) == targets.data).sum())
    ### END SOLUTION

# %% solution="train-step"
#| export
@patch
def _train_step(self: Trainer, inputs, targets) -> tuple:
    "Learn from one batch; give its loss (a float) and how many were right, both before the update."
    ### BEGIN SOLUTION
    self.optimizer.zero_grad()
    scores = self.model(inputs)
    loss = self.loss_fn(scores, targets)
    loss.backward()
    self.optimizer.step()
    return loss.item(), _count_right(scores, targets)
    ### END SOLUTION

# %% test="right-counted" points=3
# Test 1b · 3 points · the rows whose largest score is at the label
got = _count_right(Tensor([[3.0, 1.0, 2.0], [0.0, 5.0, 1.0], [1.0, 2.0, 9.0]]), Tensor([0, 1, 1]))
assert got == 2, f"Step 1: largest at 0, 1, 2 for the labels 0, 1, 1 are 2 right; it was {got!r}."
### BEGIN HIDDEN TESTS
got = _count_right(Tensor([[1.0, 1.0], [-2.0, -2.0], [0.0, 1.0]]), Tensor([0, 1, 1]))
assert got == 2, f"Step 1: of equal scores the first counts, so 2 are right; it was {got!r}."
got = [_count_right(Tensor([[0.5, 0.1]] * 300), Tensor(np.full(300, label, np.uint8))) for label in (0, 1)]
assert got == [300, 0], f"Step 1: with labels of uint8 all 300 are right, then none; it was {got}."
assert isinstance(got[0], int), f"Step 1: the count should be an int; it was {got[0]!r}."
### END HIDDEN TESTS

# %% test="right-nan" points=2
# Test 1c · 2 points · nan where there are no labels
got = _count_right(Tensor([[3.0, 1.0]]), Tensor([0.0]))
assert got != got, f"Step 1: targets of floats are no labels, so the count is nan; it was {got!r}."
### BEGIN HIDDEN TESTS
for shape, labels in [((3,), [0, 0, 0]), ((3, 1), [[0], [0], [0]]), ((2, 2, 2), [0, 1])]:
    got = _count_right(Tensor(np.ones(shape)), Tensor(labels))
    assert got != got, f"Step 1: scores of {shape} with targets {labels} have no labels, so the count is nan; it was {got!r}."
### END HIDDEN TESTS

# %% test="step-learns" points=3
# Test 1d · 3 points · the parameters move
trainer = toy_trainer(lr=0.01)
pair = trainer._train_step(Tensor([[1.0], [3.0]]), Tensor([[1.0], [1.0]]))
assert isinstance(pair, tuple), (
    f"Step 1: _train_step should return a pair, the loss and how many were right; it gave {pair!r}."
)
got = rounded([pair[0], trainer.model.weight.data.item()])
assert got == [13.0, 1.84], (
    "Step 1: for weight 2, x = 1 and 3, y = 1 the loss is 13, then step() moves the weight to "
    f"1.84; the loss was {got[0]}, and the weight came to {got[1]}."
)
### BEGIN HIDDEN TESTS
np.random.seed(0)
model = Sequential(Linear(2, 3), ReLU(), Linear(3, 2))
before = [parameter.data.copy() for parameter in model.parameters()]
Trainer(model, SGD(model.parameters(), lr=0.5), CrossEntropyLoss())._train_step(Tensor([[1.0, 2.0], [3.0, -1.0]]), Tensor([0, 1]))
moved = [bool((parameter.data != old).any()) for parameter, old in zip(model.parameters(), before)]
assert moved == [True] * 4, f"Step 1: all four parameters of a model with two layers should move; moved: {moved}."
### END HIDDEN TESTS

# %% test="step-forgets" points=3
# Test 1e · 3 points · gradients of before do not count
trainer = toy_trainer(lr=0.01)
trainer.model.weight.grad = Tensor([[100.0]])
trainer._train_step(Tensor([[1.0], [3.0]]), Tensor([[1.0], [1.0]]))
got = rounded(trainer.model.weight.data.item())
assert got == 1.84, (
    f"Step 1: zero_grad() first, so that a gradient of before is forgotten: "
    f"expected 1.84 again; got {got}."
)
### BEGIN HIDDEN TESTS
trainer._train_step(Tensor([[1.0], [3.0]]), Tensor([[1.0], [1.0]]))
got = rounded(trainer.model.weight.data.item())
assert got == 1.696, f"Step 1: the same batch again moves the weight from 1.84 to 1.696; it moved to {got}."
### END HIDDEN TESTS

# %% test="step-gives" points=3
# Test 1f · 3 points · what it gives
trainer = toy_classifier(lr=100.0)
got = trainer._train_step(Tensor([[2.0, 1.0], [0.5, 1.0], [3.0, 1.0]]), Tensor([0, 1, 1]))
kinds = [type(value) for value in got]
assert kinds == [float, int], f"Step 1: a step should give a float and an int; it gave {kinds}."
assert rounded(got) == [0.9714, 2.0], (
    f"Step 1: here it should give a loss of 0.9714 and 2 right, as before the update; it gave "
    f"{rounded(got)}."
)
### BEGIN HIDDEN TESTS
trainer = toy_classifier(lr=100.0)
got = [trainer._train_step(Tensor([[2.0, 1.0]]), Tensor([1]))[1] for _ in range(2)]
assert got == [0, 1], f"Step 1: wrong before the first update and right after it: the counts are 0, then 1; they were {got}."
got = toy_trainer(lr=0.01)._train_step(Tensor([[1.0], [3.0]]), Tensor([[1.0], [1.0]]))
assert rounded(got[0]) == 13.0, f"Step 1: the loss should be that before the update, 13; it was {got[0]}."
assert got[1] != got[1], f"Step 1: without labels the count is nan; it was {got[1]}."
### END HIDDEN TESTS

# %% test="step-ready" points=0
# Nothing to do here. When graded, what follows uses your _count_right and
# _train_step if they work, else a stand-in.
### BEGIN HIDDEN TESTS
def _counts():
    first = _count_right(Tensor([[3.0, 1.0], [0.0, 5.0], [1.0, 1.0]]), Tensor([0, 0, 0]))
    return type(first) is int and first == 2 and np.isnan(_count_right(Tensor([[3.0, 1.0]]), Tensor([0.5])))

def _moves():
    one, two = toy_trainer(lr=0.01), toy_classifier(lr=100.0)
    one.model.weight.grad = Tensor([[7.0]])
    given = one._train_step(Tensor([[1.0], [3.0]]), Tensor([[1.0], [1.0]]))
    counted = [two._train_step(Tensor([[2.0, 1.0]]), Tensor([1]))[1] for _ in "ab"]
    return rounded([given[0], one.model.weight.data.item()]) == [13.0, 1.84] and counted == [0, 1] and type(given[0]) is float

def _lent_count(scores, targets):
    if targets.dtype.kind not in "ui" or (scores.ndim, targets.ndim) != (2, 1):
        return np.nan
    return sum(int(row.argmax()) == int(label) for row, label in zip(scores.data, targets.data))

def _lent_step(self, inputs, targets):
    for lent in self.optimizer.parameters:
        vars(lent)["grad"] = None
    guessed = (self.model)(inputs)
    fault = (self.loss_fn)(guessed, targets)
    fault.backward()
    return (self.optimizer.step(), float(fault.data), _count_right(guessed, targets))[1:]

if "_count_right" not in globals() or error_of(_counts) is not None or not _counts():
    _count_right = _lent_count
if error_of(_moves) is not None or not _moves():
    Trainer._train_step = _lent_step
### END HIDDEN TESTS

# %% [markdown]
# ## Step 2 · One epoch, and an honest mean
#
# An epoch is one pass through the loader. What was its loss? The last batch is often short. Five samples in batches of two, all easy but the last one:

# %%
losses, sizes = [1.0, 1.0, 25.0], [2, 2, 1]
sum(losses) / 3, sum(loss * size for loss, size in zip(losses, sizes)) / 5

# %% [markdown]
# The mean of the batches says 9, the mean of the samples 5.8. In the first mean the sample of the short batch counts twice as
# much as any other, and another batch size gives another number. So weigh each batch by its size.

# %% tags=["explore"]
x, y = np.array([1.0, 1.0, 1.0, 1.0, 3.0]), np.ones(5)
plain = {size: np.mean([np.mean((2 * x[i:i + size] - 1) ** 2) for i in range(0, 5, size)])
         for size in (1, 2, 3, 4, 5)}
weighted = dict.fromkeys(plain, np.mean((2 * x - 1) ** 2))
means = {"mean of the batches": list(plain.values()),
         "mean of the samples": list(weighted.values())}
plots.draw_curves(list(plain), means, title="Same model, same five samples", log=False,
                  x_label="batch size (samples)", y_label="mean loss");

# %% [markdown]
# **Your turn.** `_means(measure, loader)` goes once through a loader of pairs (inputs, targets). For each, `measure(inputs, targets)` gives the batch's mean loss and how many were right.
# The result is a pair of floats, loss and accuracy: means over all *samples*. `len(targets)` is a batch's size.
#
# A loader that gives no batch (often a generator that was used up): `ValueError`.

# %% [markdown]
# Then `trainer._train_epoch(loader)`: the model into training mode, then one `_train_step` for each batch; give `_means`' pair.

# %% [markdown]
# <details><summary>Hint</summary>
#
# Add up `loss * len(targets)`, the rights and the sizes; divide at the end. `self._train_step` is itself a function of inputs and targets, ready to be a `measure`.
# </details>

# %% solution="means"
#| export
def _means(measure, loader) -> tuple:
    """The loss and the accuracy of a loader's samples, each batch weighted by its size.

    `measure(inputs, targets)` gives a batch's mean loss and its count of right ones.
    Raises `ValueError` without any batch.
    """
    ### BEGIN SOLUTION
    loss_sum, right_sum, samples = 0.0, 0, 0
    for inputs, targets in loader:
        loss, right = measure(inputs, targets)
        loss_sum += loss * len(targets)
        right_sum += right
        samples += len(targets)
    if not samples:
        raise ValueError("the loader gave no batch: is it empty, or a generator that was used up?")
    return loss_sum / samples, right_sum / samples
    ### END SOLUTION

# %% solution="train-epoch"
#| export
@patch
def _train_epoch(self: Trainer, loader) -> tuple:
    "Learn from every batch once, in training mode; give loss and accuracy, means over the samples."
    ### BEGIN SOLUTION
    self.model.train()
    return _means(self._train_step, loader)
    ### END SOLUTION

# %% test="means-weighted" points=4
# Test 2a · 4 points · each sample counts the same
batches = batches_of([1.0, 1.0, 1.0, 1.0, 3.0], [1.0] * 5, 2)
pair = toy_trainer(lr=0.0)._train_epoch(batches)
assert isinstance(pair, tuple), (
    f"Step 2: _train_epoch should return the pair that _means returns; it gave {pair!r}."
)
got = rounded(pair[0])
assert got == 5.8, (
    f"Step 2: weighed by their sizes 2, 2, 1 the batch losses 1, 1, 25 have the "
    f"mean 5.8; it was {got}."
)
### BEGIN HIDDEN TESTS
for size in (1, 3, 4, 5):
    got = rounded(toy_trainer(lr=0.0)._train_epoch(batches_of([1.0, 1.0, 1.0, 1.0, 3.0], [1.0] * 5, size))[0])
    assert got == 5.8, f"Step 2: the mean is 5.8 for batches of {size} too; it was {got}."
got = rounded(_means(lambda inputs, targets: (3.0, 1), [(None, "ab"), (None, "abcdef")]))
assert got == [3.0, 0.25], f"Step 2: 2 and 6 samples, a loss of 3 and one right each: expected [3, 0.25]; got {got}."
### END HIDDEN TESTS

# %% test="means-accuracy" points=3
# Test 2b · 3 points · the accuracy too
x, y = [[2.0, 1.0], [1.0, 2.0], [3.0, 1.0]], [0, 1, 1]
got = rounded(toy_classifier()._train_epoch(batches_of(x, y, 2))[1])
assert got == 0.6667, (
    f"Step 2: 2 right of 2, then 0 right of 1, is an accuracy of 0.6667; it was {got}."
)
### BEGIN HIDDEN TESTS
got = toy_classifier()._train_epoch(batches_of(x, y, 1))
kinds = [type(value) for value in got]
assert kinds == [float, float], f"Step 2: loss and accuracy should be floats; they were {kinds}."
got = toy_trainer()._train_epoch(batches_of([1.0, 2.0], [1.0, 1.0], 1))[1]
assert got != got, f"Step 2: without class labels the accuracy is nan; it was {got}."
### END HIDDEN TESTS

# %% test="epoch-learns" points=3
# Test 2c · 3 points · one step for each batch
trainer = toy_trainer(lr=0.01)
loss, _ = trainer._train_epoch(batches_of([1.0, 1.0, 1.0, 1.0, 3.0], [1.0] * 5, 2))
got = rounded([loss, trainer.model.weight.data.item()])
assert got == [5.5494, 1.6675], (
    f"Step 2: with lr=0.01 the mean loss is 5.5494 and the weight 1.6675 after "
    f"three steps; got {got}."
)
### BEGIN HIDDEN TESTS
loss, _ = trainer._train_epoch(batches_of([2.0], [1.0], 1))
got = rounded([loss, trainer.model.weight.data.item()])
assert got == [5.4525, 1.5741], f"Step 2: another epoch, of x = 2, gives a loss of 5.4525 and a weight of 1.5741; got {got}."
### END HIDDEN TESTS

# %% test="epoch-mode" points=2
# Test 2d · 2 points · in training mode
trainer = toy_trainer()
trainer.model.eval()
trainer._train_epoch(batches_of([1.0, 2.0], [1.0, 1.0], 1))
modes = sorted({training for _, training, _ in trainer.model.notes})
assert modes == [True], (
    f"Step 2: a model in eval mode should be in training mode for every batch; "
    f"training was {modes}."
)
### BEGIN HIDDEN TESTS
inner = Toy([[1.0]])
model = Sequential(inner, Dropout(0.5))
model.eval()
Trainer(model, SGD([inner.weight], lr=0.1), MSELoss())._train_epoch(batches_of([1.0], [1.0], 1))
modes = [inner.notes[0][1], model[1].training]
assert modes == [True, True], f"Step 2: the layers inside should be in training mode too; the modes were {modes}."
### END HIDDEN TESTS

# %% test="means-empty" points=2
# Test 2e · 2 points · no batch, no mean
error = error_of(toy_trainer()._train_epoch, [])
assert isinstance(error, ValueError), (
    f"Step 2: a loader without a batch should raise ValueError; it raised {raised(error)}."
)
### BEGIN HIDDEN TESTS
used = iter(batches_of([1.0], [1.0], 1))
errors = [error_of(toy_trainer()._train_epoch, used) for _ in range(2)]
assert errors[0] is None, f"Step 2: a generator serves for one epoch; it raised {errors[0]!r}."
assert isinstance(errors[1], ValueError), f"Step 2: a generator that is used up should raise ValueError; it gave {errors[1]!r}."
### END HIDDEN TESTS

# %% [markdown]
# **Profile.** What an epoch computes: each sample is fetched once and goes through the model once. Counting the right ones needs no second forward, as the scores are there.

# %% test="epoch-profile" points=2
# Profile 2 · 2 points · samples and forwards of an epoch
dataset = CountingDataset(TensorDataset(Tensor(np.ones((10, 1))), Tensor(np.ones((10, 1)))))
trainer = toy_trainer()
trainer._train_epoch(DataLoader(dataset, batch_size=4))
fetched, forwards = len(dataset.fetched), [samples for samples, _, _ in trainer.model.notes]
print(f"10 samples, batches of 4: {fetched} samples fetched, forwards of {forwards} samples")
assert fetched == 10, (
    f"Step 2: an epoch should fetch each of 10 samples once; it fetched {fetched}."
)
assert forwards == [4, 4, 2], (
    f"Step 2: there should be one forward for each batch, of 4, 4 and 2 samples; there were "
    f"{forwards}."
)

# %% test="epoch-ready" points=0
# Nothing to do here. When graded, what follows uses your _means and
# _train_epoch if they work, else a stand-in.
### BEGIN HIDDEN TESTS
def _weighs():
    got = _means(lambda inputs, targets: (float(len(targets)), 1), iter([(0, "ab"), (0, "abcdef")]))
    return rounded(got) == [5.0, 0.25] and isinstance(error_of(_means, None, []), ValueError)

def _goes_through():
    one = toy_trainer(lr=0.01)
    one.model.eval()
    got = one._train_epoch(batches_of([1.0, 1.0, 1.0, 1.0, 3.0], [1.0] * 5, 2))
    return rounded(got[0]) == 5.5494 and [note[:2] for note in one.model.notes] == [(2, True), (2, True), (1, True)]

def _lent_means(measure, loader):
    rows = [(*measure(inputs, targets), len(targets)) for inputs, targets in loader]
    if not rows:
        raise ValueError("no batch came")
    values, counts, weights = map(np.array, zip(*rows))
    return float(np.average(values, weights=weights)), float(counts.sum() / weights.sum())

def _lent_epoch(self, loader):
    getattr(self.model, "train")(True)
    return _means(lambda *batch: self._train_step(*batch), loader)

if "_means" not in globals() or error_of(_weighs) is not None or not _weighs():
    _means = _lent_means
if error_of(_goes_through) is not None or not _goes_through():
    Trainer._train_epoch = _lent_epoch
### END HIDDEN TESTS

# %% [markdown]
# ## Step 3 · Look, and touch nothing
#
# How good is the model on data that it never saw? That is measured with two switches off. The first is *training mode*, because
# Dropout would damage the answer:

# %%
np.random.seed(0)
dropout, ones = Dropout(0.5), Tensor(np.ones(8))
print(dropout(ones).data, dropout(ones).data, dropout.eval()(ones).data, sep="\n")

# %% [markdown]
# The second is *recording*: nobody calls `backward`, so a graph would be built for nothing. Afterwards both switches go back to
# what they were, also when
# an error comes in between. A layer may be in eval mode on purpose, inside a model in training mode: so remember the mode of
# each layer.

# %% given="find"
#| export
def _find(root, kind):
    "Every object of a kind in a model, a loader or a tuple of them, however deep, each once."
    found, seen, to_do = [], {}, [root]
    while to_do:
        value = to_do.pop()
        if id(value) in seen or isinstance(value, (Tensor, type, ModuleType)):
            continue
        seen[id(value)] = value
        if isinstance(value, kind):
            found.append(value)
        inside = value if isinstance(value, (dict, list, tuple)) else getattr(value, "__dict__", {})
        to_do += list(inside.values() if isinstance(inside, dict) else inside)[::-1]
    return found

# %% [markdown]
# `_find(model, Layer)` gives all layers of a model, itself included:

# %%
[type(layer).__name__ for layer in _find(Sequential(Linear(2, 3), Sequential(Dropout(0.1))), Layer)]

# %% [markdown]
# **Your turn.** `_evaluating(model)`, for `with`: inside, the model is in eval mode and nothing is recorded; afterwards each layer is in the mode in which it was, after an
# error too.
#
# `trainer.evaluate(loader)` gives the pair (loss, accuracy) of `_means`. It changes no parameter and no `grad`.

# %% [markdown]
# <details><summary>Hint</summary>
#
# Note the modes first, a list of pairs (layer, layer.training). Then `try`, `with no_grad(): yield`, and `finally` set each `layer.training` back. A `measure` for `_means` can
# be a small function inside `evaluate`.
# </details>

# %% solution="evaluating"
#| export
@contextmanager
def _evaluating(model):
    "For `with`: inside, eval mode and nothing recorded; then each layer's mode is what it was."
    ### BEGIN SOLUTION
    modes = [(layer, layer.training) for layer in _find(model, Layer)]
    model.eval()
    try:
        with no_grad():
            yield
    finally:
        for layer, training in modes:
            layer.training = training
    ### END SOLUTION

# %% solution="evaluate"
#| export
@patch
def evaluate(self: Trainer, loader) -> tuple:
    "The mean loss and the accuracy over a loader's samples, in eval mode; nothing is recorded."
    ### BEGIN SOLUTION
    def measure(inputs, targets):
        scores = self.model(inputs)
        return self.loss_fn(scores, targets).item(), _count_right(scores, targets)

    with _evaluating(self.model):
        return _means(measure, loader)
    ### END SOLUTION

# %% test="evaluate-values" points=3
# Test 3a · 3 points · the means, whatever the batch size
def enter_and_leave():
    with _evaluating(Toy([[1.0]])):
        pass

error = error_of(enter_and_leave)
assert error is None, (
    f"Step 3: `with _evaluating(model):` should run its block at a `yield`; it raised "
    f"{raised(error)}."
)
x, y = [[2.0, 1.0], [1.0, 2.0], [3.0, 1.0]], [0, 1, 1]
got = [rounded(toy_classifier().evaluate(batches_of(x, y, size))) for size in (2, 3)]
assert got == [[0.9178, 0.6667]] * 2, (
    f"Step 3: in batches of 2 and of 3 expected a loss of 0.9178 and an accuracy of "
    f"0.6667; got {got}."
)
### BEGIN HIDDEN TESTS
loss, share = toy_trainer(lr=1.0).evaluate(batches_of([1.0, 1.0, 3.0], [1.0, 1.0, 1.0], 2))
assert rounded(loss) == 9.0, f"Step 3: the losses 1, 1 and 25 have the mean 9; it was {loss}."
assert share != share, f"Step 3: without class labels the accuracy is nan; it was {share}."
error = error_of(toy_trainer().evaluate, [])
assert isinstance(error, ValueError), f"Step 3: a loader without a batch should raise ValueError, as in step 2; it raised {raised(error)}."
### END HIDDEN TESTS

# %% test="evaluate-mode" points=4
# Test 3b · 4 points · eval mode, and back
trainer = toy_trainer()
trainer.evaluate(batches_of([1.0, 2.0], [1.0, 1.0], 1))
modes = [training for _, training, _ in trainer.model.notes] + [trainer.model.training]
assert modes == [False, False, True], (
    f"Step 3: training mode should be False, False in two batches and True again "
    f"after; it was {modes}."
)
### BEGIN HIDDEN TESTS
trainer.model.eval()
trainer.evaluate(batches_of([1.0], [1.0], 1))
assert trainer.model.training is False, f"Step 3: a model in eval mode should stay there; training was {trainer.model.training}."
model = Sequential(Toy([[1.0]]), Dropout(0.5), Sequential(Dropout(0.5)))
model[2].eval()
with _evaluating(model):
    inside = [layer.training for layer in (model, *model, model[2][0])]
after = [layer.training for layer in (model, *model, model[2][0])]
assert inside == [False] * 5, f"Step 3: inside, all five layers should be in eval mode; training was {inside}."
assert after == [True, True, True, False, False], f"Step 3: a layer that was in eval mode before should be after; training was {after}."
### END HIDDEN TESTS

# %% test="evaluate-touches-nothing" points=3
# Test 3c · 3 points · nothing recorded, nothing learned
trainer = toy_trainer(lr=1.0)
trainer.model.weight.grad = Tensor([[5.0]])
trainer.evaluate(batches_of([1.0, 2.0], [1.0, 1.0], 1))
recorded = [wants for _, _, wants in trainer.model.notes]
assert recorded == [False, False], f"Step 3: no forward should be recorded; recorded: {recorded}."
weight = trainer.model.weight.data.item()
assert weight == 2.0, f"Step 3: the weight should stay 2; it became {weight}."
### BEGIN HIDDEN TESTS
gradient = None if trainer.model.weight.grad is None else trainer.model.weight.grad.data.tolist()
assert gradient == [[5.0]], f"Step 3: grad should stay as it was, [[5]]; it became {gradient}."
after = (trainer.model.weight * 2.0).requires_grad
assert after is True, f"Step 3: after evaluate, operations should be recorded again; recorded: {after}."
### END HIDDEN TESTS

# %% given="faulty"
class Faulty:
    "A loader that gives its batches, and then, in the pass with this number, raises an error."
    def __init__(self, batches, broken_pass=1):
        self.batches, self.broken_pass, self.passes = batches, broken_pass, 0

    def __iter__(self):
        self.passes += 1
        yield from self.batches
        if self.passes == self.broken_pass:
            raise OSError("the disk is gone")

# %% test="evaluate-error" points=3
# Test 3d · 3 points · after an error too
trainer = toy_trainer()
error = error_of(trainer.evaluate, Faulty(batches_of([1.0], [1.0], 1)))
assert isinstance(error, OSError), (
    f"Step 3: the loader's OSError should come through; it raised {raised(error)}."
)
assert trainer.model.training is True, (
    f"Step 3: after an error the model should be in training mode again; training was "
    f"{trainer.model.training}."
)
### BEGIN HIDDEN TESTS
after = (trainer.model.weight * 2.0).requires_grad
assert after is True, f"Step 3: after an error operations should be recorded again; recorded: {after}."
### END HIDDEN TESTS

# %% [markdown]
# **Profile.** It is the graph that makes training take memory. Without it each result is let go as soon as the next one is
# there, and however many batches come, only one is held.

# %% given="wide-trainer"
def wide_trainer():
    "A Trainer of a model whose results take 262,144 B for a batch of 256, and such a batch."
    np.random.seed(0)
    model = Sequential(Linear(64, 256), ReLU(), Linear(256, 256))
    batch = Tensor(np.ones((256, 64), np.float32)), Tensor(np.zeros((256, 256), np.float32))
    return Trainer(model, SGD(model.parameters(), lr=0.0), MSELoss()), batch

# %% test="evaluate-profile" points=3
# Profile 3 · 3 points · bytes of a training step, and of evaluating
trainer, batch = wide_trainer()
training = peak_bytes(lambda: trainer._train_step(*batch))
one = peak_bytes(lambda: trainer.evaluate([batch]))
many = peak_bytes(lambda: trainer.evaluate([batch] * 5))
print(f"peak of a step {training:,} B, of evaluating one batch {one:,} B, five batches {many:,} B")
assert one < training / 2, (
    f"Step 3: evaluating a batch should take less than half of a training step's {training:,} B; "
    f"it took {one:,} B."
)
assert many < 1.5 * one, (
    f"Step 3: five batches should take as much as one, {one:,} B; they took {many:,} B."
)

# %% tags=["explore"]
def peaks(size):
    "Peak bytes of a training step and of evaluating, for a batch of this size."
    trainer, (inputs, targets) = wide_trainer()
    batch = inputs[:size], targets[:size]
    step = peak_bytes(lambda: trainer._train_step(*batch))
    return step, peak_bytes(lambda: trainer.evaluate([batch]))

sizes = [8, 16, 32, 64, 128, 256]
steps, looks = zip(*[peaks(size) for size in sizes])
plots.draw_curves(sizes, {"a training step": steps, "evaluate": looks},
                  title="How much memory do learning and looking take?",
                  x_label="samples in a batch", y_label="peak memory", unit="B");

# %% test="evaluate-ready" points=0
# Nothing to do here. When graded, what follows uses your _evaluating and
# evaluate if they work, else a stand-in.
### BEGIN HIDDEN TESTS
def _looks_only():
    one = toy_trainer(lr=1.0)
    row = Sequential(one.model, Dropout(0.5).eval())
    with _evaluating(row):
        inner = [row.training, one.model.training, (one.model.weight * 1.0).requires_grad]
    error_of(one.evaluate, Faulty(batches_of([5.0], [1.0], 1)))
    value = one.evaluate(batches_of([1.0, 1.0, 3.0], [1.0, 1.0, 1.0], 2))[0]
    modes = [row.training, one.model.training, row[1].training, (one.model.weight * 1.0).requires_grad]
    return (inner == [False] * 3 and modes == [True, True, False, True] and rounded(value) == 9.0
            and [note[1:] for note in one.model.notes] == [(False, False)] * 3)

@contextmanager
def _lent_evaluating(model):
    noted = {each: each.training for each in _find(model, Layer)}
    for each in noted:
        vars(each)["training"] = False
    try:
        with no_grad() as nothing:
            yield nothing
    finally:
        for each, mode in noted.items():
            vars(each)["training"] = mode

def _lent_evaluate(self, loader):
    def look(inputs, targets):
        guessed = (self.model)(inputs)
        return float((self.loss_fn)(guessed, targets).data), _count_right(guessed, targets)
    with _lent_evaluating(self.model):
        return tuple(_means(look, loader))

if "_evaluating" not in globals() or error_of(_looks_only) is not None or not _looks_only():
    _evaluating, Trainer.evaluate = _lent_evaluating, _lent_evaluate
### END HIDDEN TESTS

# %% [markdown]
# Answers are asked for with the same two switches off. `predict` comes ready for the pictures at the end: the class of each
# sample, in the loader's order.

# %% given="predict"
#| export
@patch
def predict(self: Trainer, loader) -> np.ndarray:
    "The class with the largest score for each sample, in the loader's order, in eval mode."
    with _evaluating(self.model):
        return np.concatenate([self.model(inputs).data.argmax(axis=1) for inputs, *_ in loader])

# %% [markdown]
# ## Step 4 · A sign of life
#
# Training without a word looks like a program that hangs. A terminal can write one line again and again: `"\r"` goes back to
# its start. If the old text was longer, its end stays visible, so fill up with spaces:

# %%
print("downloading...", "\rdone", sep="")
print("downloading...", "\r" + "done".ljust(14), sep="")

# %% [markdown]
# A file or a pipe cannot go back: there a bar drawn a hundred times is a hundred lines of noise. One line for each epoch is
# enough. So a progress line comes in two parts: a function that only makes the text, and a class that decides when to write it.

# %% [markdown]
# **Your turn.** `_progress_line(title, done, total, numbers)` gives, without printing, for example:
#
# - `_progress_line("epoch 3/8", 7, 45)` → `epoch 3/8 [###-----------------] 15%`. A bar of 20 places: `#` for the share that is
#   done, rounded down, as is the percentage.
# - `_progress_line("epoch 3/8", 7)` → `epoch 3/8 batch 7`, where the total is unknown.
# - `_progress_line("epoch 3/8", numbers={"loss": 0.25, "val_loss": nan})` → `epoch 3/8 loss 0.2500`. Numbers take the place of
#   the bar, each with four decimals; nan is left out.

# %% [markdown]
# <details><summary>Hint</summary>
#
# `done * 20 // total` and `done * 100 // total` round down without any float. `value == value` is False for nan only.
# `f"{value:.4f}"` writes four decimals.
# </details>

# %% solution="progress-line"
#| export
def _progress_line(title, done=0, total=None, numbers=None) -> str:
    "One line: the numbers if there are any, else a bar of `done` in `total`, or a count."
    ### BEGIN SOLUTION
    if numbers:
        return " ".join([title, *(f"{name} {value:.4f}" for name, value in numbers.items() if value == value)])
    if total is None:
        return f"{title} batch {done}"
    filled = done * 20 // total
    return f"{title} [{'#' * filled}{'-' * (20 - filled)}] {done * 100 // total}%"
    ### END SOLUTION

# %% test="line-bar" points=3
# Test 4a · 3 points · the bar
got = _progress_line("epoch 3/8", 7, 45)
assert got == "epoch 3/8 [###-----------------] 15%", (
    f"Step 4: for 7 of 45 expected 'epoch 3/8 [###-----------------] 15%'; got {got!r}."
)
### BEGIN HIDDEN TESTS
for done, total, want in [(0, 4, "t [--------------------] 0%"), (4, 4, "t [####################] 100%"), (999, 1000, "t [###################-] 99%"),
                          (29, 100, "t [#####---------------] 29%"), (1, 3, "t [######--------------] 33%"), (3, 5, "t [############--------] 60%")]:
    got = _progress_line("t", done, total)
    assert got == want, f"Step 4: for {done} of {total} expected {want!r}; got {got!r}."
### END HIDDEN TESTS

# %% test="line-numbers" points=3
# Test 4b · 3 points · a count, or numbers
got = _progress_line("epoch 3/8", 7)
assert got == "epoch 3/8 batch 7", (
    f"Step 4: without a total expected 'epoch 3/8 batch 7'; got {got!r}."
)
got = _progress_line("epoch 3/8", numbers={"loss": 0.25})
assert got == "epoch 3/8 loss 0.2500", (
    f"Step 4: for a loss of 0.25 expected 'epoch 3/8 loss 0.2500'; got {got!r}."
)
### BEGIN HIDDEN TESTS
got = _progress_line("e", 5, 5, {"a": 1.0, "b": float("nan"), "c": 0.00004, "d": 123.45678})
assert got == "e a 1.0000 c 0.0000 d 123.4568", f"Step 4: four digits, nan left out, no bar: 'e a 1.0000 c 0.0000 d 123.4568'; got {got!r}."
### END HIDDEN TESTS

# %% [markdown]
# The class is `_Progress`. `in_place` says whether its stream can redraw: a terminal can, a notebook too. `watch` passes
# batches on, and calls `update` after each. Both are
# there already, leave them as they are.

# %% [markdown]
# **Your turn.** Two methods:
#
# - `update(done)`, only where `in_place`: write `"\r"` and the line, filled up with spaces to the length of `shown`, and flush. Keep the new line
#   as `shown`. A line that equals `shown` is not written again.
# - `finish(numbers)`: write the line with the numbers, then `"\n"`, and flush. Where `in_place`, `"\r"` comes first and spaces
#   fill up, as in `update`.

# %% [markdown]
# <details><summary>Hint</summary>
#
# `line.ljust(len(self.shown))` fills up. `self.stream.write(...)`, then `self.stream.flush()`: a terminal shows what has no newline yet only when it is flushed.
# </details>

# %% solution="progress"
#| export
class _Progress:
    "One line about an epoch: redrawn in place where that can be done, else printed at its end."

    def __init__(self, title, batches, stream=None):
        self.title, self.batches = title, batches
        self.total = len(batches) if hasattr(batches, "__len__") else None
        self.stream = sys.stdout if stream is None else stream
        self.in_place = self.stream.isatty() or type(self.stream).__module__.startswith("ipykernel")
        self.shown = ""  # what stands on the line now

    def watch(self):
        for done, batch in enumerate(self.batches, 1):
            yield batch
            self.update(done)

    def update(self, done):
        "After `done` batches: redraw the line where that can be done, if it has changed."
        ### BEGIN SOLUTION
        line = _progress_line(self.title, done, self.total)
        if self.in_place and line != self.shown:
            self.stream.write("\r" + line.ljust(len(self.shown)))
            self.stream.flush()
            self.shown = line
        ### END SOLUTION

    def finish(self, numbers):
        "At the end: the line with these numbers, and a newline."
        ### BEGIN SOLUTION
        line = _progress_line(self.title, numbers=numbers)
        if self.in_place:
            line = "\r" + line.ljust(len(self.shown))
        self.stream.write(line + "\n")
        self.stream.flush()
        ### END SOLUTION

# %% given="screen"
class Screen(io.StringIO):
    "A stream that says it is a terminal, counts the writes, and notes in `seen` what was flushed."
    writes, seen = 0, ""

    def isatty(self):
        return True

    def write(self, text):
        self.writes += 1
        return super().write(text)

    def flush(self):
        self.seen = self.getvalue()

# %% test="progress-in-place" points=3
# Test 4c · 3 points · on a terminal
screen = Screen()
line = _Progress("t", [1, 2], screen)
passed = list(line.watch())
got, want = screen.getvalue(), "\rt [##########----------] 50%\rt [####################] 100%"
assert got == want, f"Step 4: two batches should write {want!r}; written was {got!r}."
line.finish({"loss": 0.5})
got, want = screen.getvalue().removeprefix(want), "\rt loss 0.5000" + 16 * " " + "\n"
assert got == want, (
    f"Step 4: the end should write '\\rt loss 0.5000', 16 spaces and '\\n'; it wrote {got!r}."
)
### BEGIN HIDDEN TESTS
screen = Screen()
line = _Progress("t", iter("abc"), screen)
passed = list(line.watch())
line.finish({"loss": 0.5, "val_loss": 0.25})
got, want = screen.getvalue(), "\rt batch 1\rt batch 2\rt batch 3\rt loss 0.5000 val_loss 0.2500\n"
assert got == want, f"Step 4: three batches of unknown number and the end should write {want!r}; written was {got!r}."
screen = Screen()
line = _Progress("t", [1, 2], screen)
line.update(2), line.update(0)
got, want = screen.seen, "\rt [####################] 100%\rt [--------------------] 0%  "
assert got == want, f"Step 4: a shorter line is filled up with spaces, and flushed: {want!r} should be seen; it was {got!r}."
### END HIDDEN TESTS

# %% test="progress-pipe" points=2
# Test 4d · 2 points · in a pipe
pipe = io.StringIO()
line = _Progress("t", [1, 2], pipe)
passed = list(line.watch())
line.finish({"loss": 0.5})
got = pipe.getvalue()
assert got == "t loss 0.5000\n", (
    f"Step 4: where nothing can be redrawn, only 't loss 0.5000' and a newline; "
    f"written was {got!r}."
)
### BEGIN HIDDEN TESTS
pipe = io.StringIO()
for title in "ab":
    line = _Progress(title, [1, 2], pipe)
    passed = list(line.watch())
    line.finish({"loss": 1.0})
got = pipe.getvalue()
assert got == "a loss 1.0000\nb loss 1.0000\n", f"Step 4: two epochs are two lines; written was {got!r}."
### END HIDDEN TESTS

# %% test="progress-profile" points=2
# Profile 4 · 2 points · a long epoch writes no more than a short one
screen = Screen()
line = _Progress("epoch 1/1", range(10_000), screen)
passed = len(list(line.watch()))
print(f"{passed:,} batches, {screen.writes} writes")
assert passed == 10_000, f"Step 4: all 10,000 batches should come through; {passed} did."
assert 20 <= screen.writes <= 202, (
    f"Step 4: 101 different lines should be written once each; there were {screen.writes} writes."
)

# %% test="progress-ready" points=0
# Nothing to do here. When graded, what follows uses your progress line
# if it works, else a stand-in.
### BEGIN HIDDEN TESTS
def _shows():
    written = []
    for stream, given in [(Screen(), [1, 2]), (io.StringIO(), [1, 2]), (Screen(), iter("ab"))]:
        told = _Progress("t", given, stream)
        list(told.watch())
        told.finish({"loss": 0.5, "val_loss": float("nan")})
        written.append(stream.getvalue())
    return (written[0] == "\rt [##########----------] 50%\rt [####################] 100%\rt loss 0.5000                \n"
            and written[1:] == ["t loss 0.5000\n", "\rt batch 1\rt batch 2\rt loss 0.5000\n"])

class _LentProgress:
    def __init__(self, title, batches, stream=None):
        self.title, self.batches, self.stream, self.shown = title, batches, stream or sys.stdout, ""
        self.in_place = self.stream.isatty()

    def put(self, words, end=""):
        text = " ".join([*words])
        if self.in_place and text != self.shown:
            print("\r", text, " " * (len(self.shown) - len(text)), sep="", end=end, file=self.stream)
        elif end:
            print(text, sep="", file=self.stream)
        self.shown = text

    def watch(self):
        for place, batch in enumerate(self.batches):
            yield batch
            self.put([self.title, "batch", str(place + 1)])

    def finish(self, numbers):
        self.put([self.title, *(f"{each} {numbers[each]:.4f}" for each in numbers if not np.isnan(numbers[each]))], end="\n")

if "_Progress" not in globals() or error_of(_shows) is not None or not _shows():
    _Progress = _LentProgress
### END HIDDEN TESTS

# %% [markdown]
# ## Step 5 · fit: epoch after epoch
#
# A loss that falls on the training data proves little: the model may learn it by heart. The history sets what it learned beside
# what it never saw. Here the model learns 16 rows with random labels, so there is nothing to understand:

# %% tags=["explore"]
np.random.seed(0)
noise = np.random.default_rng(0)
rows, chance = noise.normal(size=(32, 8)), noise.integers(0, 2, 32)
by_heart = Sequential(Linear(8, 64), ReLU(), Linear(64, 2))
learner = Trainer(by_heart, Adam(by_heart.parameters(), 0.01), CrossEntropyLoss())
known, unknown = batches_of(rows[:16], chance[:16], 8), batches_of(rows[16:], chance[16:], 8)
losses = [(learner._train_epoch(known)[0], learner.evaluate(unknown)[0]) for _ in range(40)]
curves = {"trained on": [a for a, _ in losses], "never seen": [b for _, b in losses]}
plots.draw_curves(range(1, 41), curves, title="Does it understand, or learn by heart?", log=False,
                  x_label="epoch", y_label="mean loss");

# %% [markdown]
# `fit` trains for a number of *more* epochs: 4 and then 4 are 8. Chance decides two things, the order of samples and what
# Dropout drops, and it comes from generators. `fit` remembers those of the model and the loaders, so that steps 6 and 7 can
# save them:

# %% given="find-generators"
#| export
@patch
def _find_generators(self: Trainer, *loaders):
    "Remember the NumPy generators of the model and the loaders; after `load`, set them back."
    self._generators = _find((self.model, *loaders), np.random.Generator)
    for generator, state in zip(self._generators, self._waiting or []):
        generator.bit_generator.state = state
    self._waiting = None

# %% [markdown]
# **Your turn.** `fit(train_loader, val_loader=None, epochs=1, *, progress=True)`: first `self._find_generators(train_loader, val_loader)`. Then, for each epoch,
# train with `_train_epoch`, evaluate on `val_loader` (nan and nan without one), and append the four numbers to the lists of `self.history`. Give the history.
#
# - An epoch that an error or an interrupt ends leaves no number behind: append all four together.
# - Negative `epochs`: `ValueError`. 0 trains nothing.

# %% [markdown]
# With `progress`, a line for each epoch: `line = _Progress(title, train_loader)`, the title `epoch 5/8` in the fifth epoch of
# eight (epochs of earlier calls count, too). Train on
# `line.watch()`, and `line.finish` gets the four numbers, under their names in the history. Without `progress` nothing is written.

# %% [markdown]
# <details><summary>Hint</summary>
#
# `_Progress(title, train_loader, None if progress else io.StringIO())` writes to where nobody looks. `dict(zip(_HISTORY, (*train, *val)))` names the four numbers.
# </details>

# %% solution="fit"
#| export
@patch
def fit(self: Trainer, train_loader, val_loader=None, epochs=1, *, progress=True) -> dict:
    """Train for `epochs` more epochs; give the history: four lists, a number for each epoch so far.

    Raises `ValueError` for negative `epochs`. With `progress`, each epoch writes a line.
    """
    ### BEGIN SOLUTION
    if epochs < 0:
        raise ValueError(f"epochs must not be negative; it was {epochs}")
    self._find_generators(train_loader, val_loader)
    done = len(self.history["train_loss"])
    for epoch in range(done + 1, done + epochs + 1):
        line = _Progress(f"epoch {epoch}/{done + epochs}", train_loader, None if progress else io.StringIO())
        train = self._train_epoch(line.watch())
        val = (float("nan"), float("nan")) if val_loader is None else self.evaluate(val_loader)
        numbers = dict(zip(_HISTORY, (*train, *val)))
        for name, number in numbers.items():
            self.history[name].append(number)
        line.finish(numbers)
    return self.history
    ### END SOLUTION

# %% test="fit-history" points=4
# Test 5a · 4 points · four numbers an epoch
x, y = [[2.0, 1.0], [1.0, 2.0], [3.0, 1.0]], [0, 1, 1]
history = toy_classifier(lr=0.5).fit(
    batches_of(x, y, 2), batches_of(x, y, 3), epochs=2, progress=False
)
assert isinstance(history, dict), (
    f"Step 5: fit should return self.history, a dictionary; it gave {history!r}."
)
lengths = {name: len(numbers) for name, numbers in history.items()}
want = {"train_loss": 2, "train_accuracy": 2, "val_loss": 2, "val_accuracy": 2}
assert lengths == want, (
    f"Step 5: two epochs should make the lists {want}; the lengths were {lengths}."
)
### BEGIN HIDDEN TESTS
twin = toy_classifier(lr=0.5)
want = [[*twin._train_epoch(batches_of(x, y, 2)), *twin.evaluate(batches_of(x, y, 3))] for _ in range(2)]
got = [[history[name][epoch] for name in ("train_loss", "train_accuracy", "val_loss", "val_accuracy")] for epoch in range(2)]
assert rounded(got) == rounded(want), f"Step 5: by _train_epoch, then evaluate, expected {rounded(want)}; got {rounded(got)}."
trainer = toy_trainer()
same = trainer.fit(batches_of([1.0], [1.0], 1), progress=False) is trainer.history
assert same, "Step 5: fit should give trainer.history itself; it gave something else."
held = len(trainer.history["train_loss"])
assert held == 1, f"Step 5: epochs is 1 unless given; the history has {held} epochs."
### END HIDDEN TESTS

# %% test="fit-more" points=3
# Test 5b · 3 points · more epochs
batches = batches_of([1.0, 1.0, 3.0], [1.0] * 3, 2)
trainer, whole = toy_trainer(lr=0.01), toy_trainer(lr=0.01)
for epochs in (2, 1):
    trainer.fit(batches, epochs=epochs, progress=False)
whole.fit(batches, epochs=3, progress=False)
got, want = rounded(trainer.history["train_loss"]), rounded(whole.history["train_loss"])
assert got == want, (
    f"Step 5: 2 epochs and 1 more should have the losses of 3 epochs, {want}; they were {got}."
)
### BEGIN HIDDEN TESTS
assert rounded(trainer.model.weight.data.item()) == 1.225, f"Step 5: after these the weight is 1.225; it was {trainer.model.weight.data.item()}."
trainer.fit(batches, epochs=0, progress=False)
got = len(trainer.history["train_loss"])
assert got == 3, f"Step 5: 0 epochs should train nothing; the history has {got} epochs instead of 3."
error = error_of(trainer.fit, batches, epochs=-1)
assert isinstance(error, ValueError), f"Step 5: epochs=-1 should raise ValueError; it raised {raised(error)}."
### END HIDDEN TESTS

# %% test="fit-val" points=3
# Test 5c · 3 points · what was never seen
batches = batches_of([1.0, 3.0], [1.0, 1.0], 2)
trainer = toy_trainer(lr=0.01)
history = trainer.fit(batches, batches, progress=False)
got = rounded([history["train_loss"][0], history["val_loss"][0]])
assert got == [13.0, 10.568], (
    f"Step 5: 13 while training and 10.568 after it, on the same batch; got {got}."
)
### BEGIN HIDDEN TESTS
history = toy_classifier().fit(batches_of([[2.0, 1.0]], [0], 1), epochs=2, progress=False)
missing = [number != number for name in ("val_loss", "val_accuracy") for number in history[name]]
assert missing == [True] * 4, f"Step 5: without a val_loader its four numbers are nan; nan: {missing}."
shares = rounded(history["train_accuracy"])
assert shares == [1.0, 1.0], f"Step 5: the training accuracy is there all the same, 1 and 1; it was {shares}."
### END HIDDEN TESTS

# %% test="fit-interrupted" points=3
# Test 5d · 3 points · an epoch that did not end leaves no number
batches = batches_of([1.0, 3.0], [1.0, 1.0], 1)
trainer = toy_trainer()
error = error_of(trainer.fit, batches, Faulty(batches, broken_pass=2), epochs=3, progress=False)
lengths = [len(numbers) for numbers in trainer.history.values()]
assert isinstance(error, OSError), (
    f"Step 5: the loader's OSError should come through; it raised {raised(error)}."
)
assert lengths == [1, 1, 1, 1], (
    f"Step 5: the second epoch failed while evaluating, so one number each; the "
    f"lengths were {lengths}."
)
### BEGIN HIDDEN TESTS
error = error_of(trainer.fit, Faulty(batches, broken_pass=3), batches, epochs=4, progress=False)
lengths = [len(numbers) for numbers in trainer.history.values()]
assert lengths == [3, 3, 3, 3], f"Step 5: two more epochs, and a third that failed while training: 3 each; the lengths were {lengths}."
### END HIDDEN TESTS

# %% test="fit-progress" points=3
# Test 5e · 3 points · a line for each epoch
batches = batches_of([1.0, 3.0], [1.0, 1.0], 1)
trainer = toy_trainer()
with redirect_stdout(io.StringIO()) as pipe:
    trainer.fit(batches, epochs=2)
got = pipe.getvalue()
want = "epoch 1/2 train_loss 13.0000\nepoch 2/2 train_loss 13.0000\n"
assert got == want, f"Step 5: two epochs should write {want!r}; written was {got!r:.90}."
### BEGIN HIDDEN TESTS
with redirect_stdout(io.StringIO()) as pipe:
    trainer.fit(batches, batches)
    trainer.fit(batches, batches, progress=False)
got, want = pipe.getvalue(), "epoch 3/3 train_loss 13.0000 val_loss 13.0000\n"
assert got == want, f"Step 5: one more, then one without progress, should write {want!r}; written was {got!r}."
with redirect_stdout(Screen()) as screen:
    toy_trainer().fit(batches)
got = screen.getvalue().count("\r")
assert got == 3, f"Step 5: on a terminal two batches and the end draw the line three times; it was {got}."
### END HIDDEN TESTS

# %% test="fit-generators" points=2
# Test 5f · 2 points · the generators are remembered
dataset = TensorDataset(Tensor(np.ones((4, 1))), Tensor(np.ones((4, 1))))
generator = np.random.default_rng(0)
trainer = toy_trainer()
trainer.fit(DataLoader(dataset, 2, shuffle=True, generator=generator), progress=False)
same = [found is generator for found in trainer._generators]
assert same == [True], (
    f"Step 5: after fit the loader's generator should be in _generators; call _find_generators. "
    f"Found: {same}."
)
### BEGIN HIDDEN TESTS
looking = np.random.default_rng(1)
trainer.fit(DataLoader(dataset, 2), DataLoader(dataset, 2, shuffle=True, generator=looking), progress=False)
same = [found is looking for found in trainer._generators]
assert same == [True], f"Step 5: that of the val_loader too; found: {same}."
### END HIDDEN TESTS

# %% test="fit-ready" points=0
# Nothing to do here. When graded, the next steps use your fit if it works, else a stand-in.
### BEGIN HIDDEN TESTS
def _fits():
    pairs, chance = batches_of([1.0, 3.0], [1.0, 1.0], 2), np.random.default_rng(0)
    loader = DataLoader(TensorDataset(Tensor([[1.0], [3.0]]), Tensor([[1.0], [1.0]])), 2, shuffle=True, generator=chance)
    one = toy_trainer(lr=0.01)
    one.fit(loader, pairs, 1, progress=False)
    one.fit(loader, epochs=1, progress=False)
    left = {name: rounded(numbers) for name, numbers in one.history.items()}
    return (left["train_loss"] == [13.0, 10.568] and left["val_loss"][0] == 10.568 and np.isnan(one.history["val_loss"][1])
            and [len(numbers) for numbers in left.values()] == [2] * 4 and one._generators[0] is chance)

def _lent_fit(self, train_loader, val_loader=None, epochs=1, *, progress=True):
    self._find_generators(*(train_loader, val_loader))
    for _ in range(epochs):
        four = [*self._train_epoch(train_loader)]
        four += [np.nan, np.nan] if val_loader is None else [*self.evaluate(val_loader)]
        for each, name in zip(four, ["train_loss", "train_accuracy", "val_loss", "val_accuracy"]):
            self.history[name] += [0.0 + each]
    return self.history

if error_of(_fits) is not None or not _fits():
    Trainer.fit = _lent_fit
### END HIDDEN TESTS

# %% [markdown]
# ## Step 6 · save: all in one file, or nothing
#
# What does the next epoch depend on? The parameters, and the optimizer's memory (module 07). The history, so that the curves go on. And chance: where each
# generator is, or the samples come in another order.
#
# A file is written piece by piece. What is left if the power fails half way?

# %% tags=["explore"]
half = Path(tempfile.mkdtemp(), "half.npz")
np.savez(half, weights=np.ones(1000))
half.write_bytes(half.read_bytes()[:4000])
print(repr(error_of(np.load, half)))

# %% [markdown]
# Half a file, and the old one was overwritten: both are gone. So write *beside* it, and move the new file into its place when it is whole. Moving is one operation of
# the file system: whoever looks sees the old one or the new one.

# %% [markdown]
# Which format? Python's own, *pickle*, is handy, but it can run any code while it *loads*. A checkpoint from the internet would
# be a program:

# %% tags=["explore"]
import pickle

class Checkpoint:
    def __reduce__(self):
        return print, ("any command of the sender's runs here",)

pickle.loads(pickle.dumps(Checkpoint()));

# %% [markdown]
# So: NumPy's own format for the arrays, JSON for all else. Neither can do anything but be read. These two are given; they take nested dictionaries, lists and tuples apart and
# put them together again.

# %% given="without-arrays"
#| export
def _without_arrays(value, arrays):
    "The value for JSON: each array is appended to the list `arrays`, its number takes its place."
    if isinstance(value, (np.ndarray, np.generic)):
        arrays.append(np.asarray(value))
        return {"array" if isinstance(value, np.ndarray) else "scalar": len(arrays) - 1}
    if isinstance(value, dict):
        return {"dict": {name: _without_arrays(each, arrays) for name, each in value.items()}}
    if isinstance(value, (list, tuple)):
        items = [_without_arrays(each, arrays) for each in value]
        return items if isinstance(value, list) else {"tuple": items}
    return value

def _with_arrays(value, arrays):
    "What `_without_arrays` took apart, put together again."
    if isinstance(value, list):
        return [_with_arrays(each, arrays) for each in value]
    if not isinstance(value, dict):
        return value
    ((kind, inside),) = value.items()
    if kind == "dict":
        return {name: _with_arrays(each, arrays) for name, each in inside.items()}
    if kind == "tuple":
        return tuple(_with_arrays(inside, arrays))
    return arrays[inside] if kind == "array" else arrays[inside][()]

# %%
taken_out = []
_without_arrays({"lr": 0.1, "betas": (0.9, 0.999), "weights": np.ones(3)}, taken_out), taken_out

# %% [markdown]
# These save and restore chance: Python's generator, NumPy's, and those that `fit` found in attributes of the model and the
# loaders, a transform's own included. One that only a nested function knows is not found.

# %% given="random-state"
#| export
@patch
def _random_state(self: Trainer) -> dict:
    "Where Python's, NumPy's and the loaders' own generators are."
    own = self._waiting
    if own is None:
        own = [generator.bit_generator.state for generator in self._generators]
    return {"python": random.getstate(), "numpy": np.random.get_state(legacy=False), "own": own}

@patch
def _set_random_state(self: Trainer, state: dict):
    "Set Python's and NumPy's generators back at once, those of the loaders when `fit` meets them."
    random.setstate(state["python"])
    np.random.set_state(state["numpy"])
    self._waiting = state["own"]

# %% [markdown]
# **Your turn.** `trainer._snapshot()` gives a dictionary with four entries: `"parameters"` (a list of *copies* of the parameters' arrays, in the order of `parameters()`), `"optimizer"`
# (its `state_dict()`), `"history"` (a copy, lists too) and `"random"` (`_random_state()`). Later training does not change it.

# %% [markdown]
# `_replace_file(path, write)` opens a new file for bytes in the same folder, has `write(file)` fill it, and moves it to `path` (`os.replace`). If something goes wrong, an interrupt
# (`KeyboardInterrupt`) included: the old file stays as it was, nothing new is left in the folder, and the error comes through.

# %% [markdown]
# `trainer.save(path)` does both: the snapshot goes into one file with exactly this name. `_without_arrays` takes the arrays out
# of it; `json.dumps` makes a text of the rest; `np.savez(file, *arrays, checkpoint=text)` writes both. `path` is a string or a
# `Path`.

# %% [markdown]
# <details><summary>Hint</summary>
#
# `Path(path).with_name(Path(path).name + ".part")` is a name beside it. `except BaseException:` also catches an interrupt: remove the new file with `unlink(missing_ok=True)`, then
# `raise`. `np.savez` takes an open file; given a *name*, it would add `.npz` to it.
# </details>

# %% solution="snapshot"
#| export
@patch
def _snapshot(self: Trainer) -> dict:
    "All that the next epoch depends on, as copies: parameters, optimizer, history, random."
    ### BEGIN SOLUTION
    return {
        "parameters": [parameter.data.copy() for parameter in self.model.parameters()],
        "optimizer": self.optimizer.state_dict(),
        "history": {name: list(numbers) for name, numbers in self.history.items()},
        "random": self._random_state(),
    }
    ### END SOLUTION

# %% solution="replace-file"
#| export
def _replace_file(path, write):
    "Have `write(file)` fill a new file, and put it in the place of `path` only when it is whole."
    ### BEGIN SOLUTION
    path = Path(path)
    beside = path.with_name(path.name + ".part")
    try:
        with open(beside, "wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())  # on the disk, not just on its way: the power may fail right after the move
        os.replace(beside, path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    ### END SOLUTION

# %% solution="save"
#| export
@patch
def save(self: Trainer, path):
    "Write a checkpoint: all that is needed to go on, in one file that holds no code."
    ### BEGIN SOLUTION
    arrays = []
    text = json.dumps(_without_arrays(self._snapshot(), arrays))
    _replace_file(path, lambda file: np.savez(file, *arrays, checkpoint=text))
    ### END SOLUTION

# %% given="file-tools"
def new_folder():
    return Path(tempfile.mkdtemp())

def files_in(folder):
    "The content of each file in a folder, by its name."
    return {path.name: path.read_bytes() for path in Path(folder).iterdir()}

def half_written(error):
    "A function that writes half of something, and then raises an error."
    def write(file):
        file.write(b"new, but only ha")
        raise error
    return write

def replaced(path, write):
    "What _replace_file raises, an interrupt too."
    try:
        _replace_file(path, write)
    except (Exception, KeyboardInterrupt) as error:
        return type(error).__name__

# %% test="snapshot-holds" points=4
# Test 6a · 4 points · what is in a snapshot
trainer = toy_trainer(lr=0.01)
trainer.fit(batches_of([1.0, 3.0], [1.0, 1.0], 2), progress=False)
taken = trainer._snapshot()
names = sorted(taken)
assert names == ["history", "optimizer", "parameters", "random"], (
    f"Step 6: a snapshot has history, optimizer, parameters, random; it has {names}."
)
got = rounded([taken["parameters"][0].item(), taken["history"]["train_loss"][0]])
assert got == [1.84, 13.0], (
    f"Step 6: the weight is 1.84 and the first loss 13; in the snapshot they were {got}."
)
### BEGIN HIDDEN TESTS
rate = taken["optimizer"]["settings"]["lr"]
assert rate == 0.01, f"Step 6: 'optimizer' is the optimizer's state_dict(), with lr 0.01; it was {rate}."
parts = sorted(taken["random"])
assert parts == ["numpy", "own", "python"], f"Step 6: 'random' is what _random_state() gives; it has {parts}."
trainer.fit(batches_of([1.0, 3.0], [1.0, 1.0], 2), progress=False)
got = rounded([taken["parameters"][0].item(), *taken["history"]["train_loss"]])
assert got == [1.84, 13.0], f"Step 6: more training should not change a snapshot, 1.84 and 13; it became {got}."
model = Toy([[2.0]])
rolling = Trainer(model, SGD([model.weight], lr=0.01, momentum=0.9), MSELoss())
rolling.fit(batches_of([1.0, 3.0], [1.0, 1.0], 2), progress=False)
memory = rounded(rolling._snapshot()["optimizer"]["state"][0].get("momentum_buffer", [[0.0]]))
assert memory == [[16.0]], f"Step 6: with momentum the optimizer's velocity of 16 belongs to its state; it was {memory}."
### END HIDDEN TESTS

# %% test="replace-whole" points=4
# Test 6b · 4 points · the old file or the new one
folder = new_folder()
path = folder / "file"
path.write_bytes(b"old")
came = replaced(path, half_written(OSError("no space left on device")))
assert came == "OSError", f"Step 6: the OSError should come through; it was {came}."
left = files_in(folder)
assert left == {"file": b"old"}, (
    f"Step 6: after a failure there should be the old file and nothing else; there was {left}."
)
_replace_file(path, lambda file: file.write(b"new"))
left = files_in(folder)
assert left == {"file": b"new"}, (
    f"Step 6: else there should be the new file and nothing else; there was {left}."
)
### BEGIN HIDDEN TESTS
came = replaced(path, half_written(KeyboardInterrupt()))
left = files_in(folder)
assert (came, left) == ("KeyboardInterrupt", {"file": b"new"}), f"Step 6: after an interrupt too the old file stays, alone; {came}, {left}."
seen = []
_replace_file(path, lambda file: seen.append((file.write(b"third"), path.read_bytes(), [each.parent for each in folder.iterdir()])))
during = seen[0][1]
assert during == b"new", f"Step 6: while the new file is being written, the old one should be there, whole; there was {during}."
beside = len(seen[0][2])
assert beside == 2, f"Step 6: the new file should grow beside the old one, in the same folder: 2 files there; there were {beside}."
left = files_in(folder)
assert left == {"file": b"third"}, f"Step 6: then there should be the new one, alone; there was {left}."
_replace_file(str(folder / "other.name"), lambda file: file.write(b"first"))
left = sorted(files_in(folder).items())
assert left == [("file", b"third"), ("other.name", b"first")], f"Step 6: a file that was not there before, by a string; there was {left}."
### END HIDDEN TESTS

# %% [markdown]
# Reading is given, as the file may be anything: what is no checkpoint raises `ValueError`, and nothing in it is ever run (`allow_pickle` is False unless asked for).

# %% given="read-checkpoint"
#| export
def _read_checkpoint(path) -> dict:
    "What `save` wrote, as `_snapshot` gave it. `ValueError` for what is no whole checkpoint."
    with open(path, "rb") as opened:
        try:
            with np.load(opened, allow_pickle=False) as file:
                arrays = [file[f"arr_{number}"] for number in range(len(file.files) - 1)]
                saved = _with_arrays(json.loads(str(file["checkpoint"])), arrays)
            parts = {"parameters", "optimizer", "history", "random"}
            if set(saved) != parts or set(saved["history"]) != set(_HISTORY):
                raise ValueError("other entries")
        except Exception as error:  # damaged bytes can make it fail in any way
            raise ValueError(f"{path} is no checkpoint of a Trainer: {error}") from None
    return saved

# %% test="save-file" points=3
# Test 6c · 3 points · one file, readable
folder, trainer = new_folder(), toy_trainer(lr=0.01)
trainer.fit(batches_of([1.0, 3.0], [1.0, 1.0], 2), progress=False)
trainer.save(folder / "model.ckpt")
names = sorted(files_in(folder))
assert names == ["model.ckpt"], (
    f"Step 6: save should leave one file, 'model.ckpt'; there was {names} "
    "(np.savez(name) adds .npz to the name; give it an open file)."
)
saved = _read_checkpoint(folder / "model.ckpt")
got = rounded([
    saved["parameters"][0].item(),
    saved["history"]["train_loss"][0],
    saved["optimizer"]["settings"]["lr"],
])
assert got == [1.84, 13.0, 0.01], (
    f"Step 6: the file should hold the weight 1.84, the loss 13 and lr 0.01; it held {got}."
)
### BEGIN HIDDEN TESTS
before = files_in(folder)
trainer.optimizer.lr = object()
error = error_of(trainer.save, folder / "model.ckpt")
assert error is not None, "Step 6: a setting that no file can hold should raise an error; it raised none."
same = files_in(folder) == before
assert same, "Step 6: a save that fails should leave the old file as it was, and nothing beside it; it did not."
trainer.optimizer.lr = 0.5
trainer.save(str(folder / "model.ckpt"))
names, rate = sorted(files_in(folder)), _read_checkpoint(folder / "model.ckpt")["optimizer"]["settings"]["lr"]
assert (names, rate) == (["model.ckpt"], 0.5), f"Step 6: by a string, over the old file: 'model.ckpt' with lr 0.5; it was {names}, {rate}."
### END HIDDEN TESTS

# %% test="save-ready" points=0
# Nothing to do here. When graded, step 7 uses your save if it works, else a stand-in.
### BEGIN HIDDEN TESTS
def _saves():
    place, pairs = new_folder() / "x", batches_of([1.0, 3.0], [1.0, 1.0], 2)
    model = Toy([[2.0]])
    one = Trainer(model, SGD([model.weight], lr=0.01, momentum=0.9), MSELoss())
    one.fit(pairs, progress=False)
    one.save(place)
    held = _read_checkpoint(place)
    return (rounded(held["parameters"][0]) == [[1.84]] and rounded(held["history"]["train_loss"]) == [13.0]
            and rounded(held["optimizer"]["state"][0]["momentum_buffer"]) == [[16.0]] and set(held["random"]) == {"own", "numpy", "python"})

def _lent_save(self, path):
    parts = {"history": self.history, "random": self._random_state()}
    parts.update(parameters=[np.array(tensor.data) for tensor in self.model.parameters()], optimizer=self.optimizer.state_dict())
    taken = []
    content = json.dumps(_without_arrays({**parts}, taken))
    with Path(path).open("wb") as lent:
        np.savez(lent, *taken, checkpoint=content)

if error_of(_saves) is not None or not _saves():
    Trainer.save = _lent_save
### END HIDDEN TESTS

# %% [markdown]
# ## Step 7 · load: go on as if nothing had happened
#
# A fresh process makes the model anew, with other weights by chance, and a new optimizer. Then `load` puts everything back to
# where it was. What if the checkpoint belongs to another model? NumPy may not even complain:

# %%
weights = np.zeros((2, 3))
weights[...] = np.ones(3)  # one row for two: broadcast, without a word
weights

# %% [markdown]
# So look at everything first, then change. Half of a checkpoint in a model is worse than an error.

# %% [markdown]
# **Your turn.** `trainer.load(path)`, with `_read_checkpoint(path)`:
#
# - Parameters, optimizer, history and chance (`_set_random_state`) become what they were. The model's Tensors stay the same objects, as the
#   optimizer holds them.
# - Another number of parameters, or one of another shape or dtype: `ValueError`, in one sentence that names both numbers, shapes or dtypes.
# - State that the optimizer refuses: its `ValueError`.
# - After any error nothing has changed.

# %% [markdown]
# <details><summary>Hint</summary>
#
# `load_state_dict` of module 07 changes nothing when it raises. So: check the parameters, then let the optimizer load, then write the parameters with `parameter.data[...] = array`.
# </details>

# %% solution="load"
#| export
@patch
def load(self: Trainer, path):
    "Go on from a checkpoint. If it is none, or does not fit: `ValueError`, and nothing changed."
    ### BEGIN SOLUTION
    saved, parameters = _read_checkpoint(path), self.model.parameters()
    arrays = saved["parameters"]
    if len(arrays) != len(parameters):
        raise ValueError(f"the checkpoint has {len(arrays)} parameters, the model {len(parameters)}")
    for number, (parameter, array) in enumerate(zip(parameters, arrays)):
        if (array.shape, array.dtype) != (parameter.shape, parameter.dtype):
            there, here = f"{array.shape} {array.dtype}", f"{parameter.shape} {parameter.dtype}"
            raise ValueError(f"parameter {number} is {there} in the checkpoint, {here} in the model")
    self.optimizer.load_state_dict(saved["optimizer"])
    for parameter, array in zip(parameters, arrays):
        parameter.data[...] = array
    self.history = saved["history"]
    self._set_random_state(saved["random"])
    ### END SOLUTION

# %% given="resume-tools"
def small_trainer(seed, make_optimizer, hidden=4, dtype=None):
    "A Trainer of a small model with Dropout, its weights by this seed."
    np.random.seed(seed)
    model = Sequential(Linear(3, hidden), ReLU(), Dropout(0.3), Linear(hidden, 2))
    for parameter in model.parameters():
        parameter.data = parameter.data.astype(dtype or np.float32)
    return Trainer(model, make_optimizer(model.parameters()), CrossEntropyLoss())

def small_loader(seed=None):
    "Eleven samples in shuffled batches of four; with a seed, from a generator of the loader's own."
    numbers = np.random.default_rng(5)
    x, y = Tensor(numbers.normal(size=(11, 3))), Tensor(numbers.integers(0, 2, 11))
    generator = None if seed is None else np.random.default_rng(seed)
    return DataLoader(TensorDataset(x, y), 4, shuffle=True, generator=generator)

def bits(trainer):
    "The parameters to the last bit, and the training losses."
    parameters = [parameter.data.tobytes().hex() for parameter in trainer.model.parameters()]
    return parameters, trainer.history["train_loss"]

def stopped_or_not(make_optimizer, seed=None):
    "The bits of four epochs without a stop, and of two, a fresh start from a checkpoint, two more."
    path = new_folder() / "checkpoint"
    whole, loader = small_trainer(1, make_optimizer), small_loader(seed)
    random.seed(1)
    whole.fit(loader, epochs=2, progress=False)
    whole.save(path)
    whole.fit(loader, epochs=2, progress=False)
    random.seed(99)
    fresh = small_trainer(2, make_optimizer)
    fresh.load(path)
    fresh.fit(small_loader(seed), epochs=2, progress=False)
    return bits(whole), bits(fresh)

# %% test="load-brings-back" points=3
# Test 7a · 3 points · everything is what it was
path = new_folder() / "checkpoint"
trained, fresh = toy_trainer(lr=0.01), toy_trainer(lr=0.5, weight=7.0)
trained.fit(batches_of([1.0, 3.0], [1.0, 1.0], 2), progress=False)
trained.save(path)
fresh.load(path)
got = rounded([fresh.model.weight.data.item(), fresh.optimizer.lr, *fresh.history["train_loss"]])
assert got == [1.84, 0.01, 13.0], (
    "Step 7: the weight 1.84, lr 0.01 and one loss of 13 should be back; got the weight "
    f"{got[0]}, lr {got[1]} and the losses {got[2:]}."
)
### BEGIN HIDDEN TESTS
fresh.fit(batches_of([1.0, 3.0], [1.0, 1.0], 2), progress=False)
got = rounded([fresh.model.weight.data.item(), *fresh.history["train_loss"]])
assert got == [1.696, 13.0, 10.568], f"Step 7: an epoch more leads to 1.696, with the losses 13 and 10.568; got {got}."
random.seed(3), np.random.seed(3)
trained.save(path)
want = random.random(), np.random.random()
fresh.load(path)
got = random.random(), np.random.random()
assert got == want, f"Step 7: Python's and NumPy's chance should go on from where they were, {want}; they gave {got}."
### END HIDDEN TESTS

# %% test="load-resumes" points=4
# Test 7b · 4 points · with a stop or without, bit for bit
whole, resumed = stopped_or_not(lambda p: SGD(p, lr=0.1, momentum=0.9))
assert resumed[1] == whole[1], (
    f"Step 7: with a stop the losses of four epochs should be {whole[1]}; they were {resumed[1]}."
)
assert resumed[0] == whole[0], (
    "Step 7: with a stop the parameters should be the same in every bit; they were not."
)
### BEGIN HIDDEN TESTS
whole, resumed = stopped_or_not(lambda p: Adam(p, lr=0.05), seed=8)
assert resumed[1] == whole[1], f"Step 7: with Adam and a loader with a generator the losses should be {whole[1]}; they were {resumed[1]}."
assert resumed[0] == whole[0], "Step 7: with Adam, too, the parameters should be the same in every bit; they were not."
### END HIDDEN TESTS

# %% test="load-refuses" points=3
# Test 7c · 3 points · what does not fit is refused
path, plain = new_folder() / "checkpoint", lambda p: SGD(p, lr=0.1, momentum=0.9)
small_trainer(1, plain).save(path)
other = small_trainer(2, plain, hidden=5)
before = bits(other)[0]
error = error_of(other.load, path)
assert isinstance(error, ValueError), (
    f"Step 7: a checkpoint with other shapes should raise ValueError; it raised {raised(error)}."
)
text = str(error)
assert "(4, 3)" in text and "(5, 3)" in text, (
    f"Step 7: the message should name both shapes, (4, 3) and (5, 3); it was {text!r}."
)
### BEGIN HIDDEN TESTS
same = bits(other)[0] == before
assert same, "Step 7: a checkpoint that is refused should change nothing; parameters changed."
for make in (lambda p: Adam(p, lr=0.1), lambda p: SGD(p[:2], lr=0.1)):
    other = small_trainer(2, make)
    random.seed(4)
    before, chance = bits(other), random.getstate()
    error = error_of(other.load, path)
    kept = bits(other) == before and random.getstate() == chance
    assert isinstance(error, ValueError), f"Step 7: state that the optimizer refuses should raise ValueError; it raised {raised(error)}."
    assert kept, "Step 7: when the optimizer refuses its state, nothing should have changed; something did."
error = error_of(small_trainer(2, plain, dtype=np.float64).load, path)
assert isinstance(error, ValueError), f"Step 7: float32 for a model of float64 should raise ValueError; it raised {raised(error)}."
assert "float32" in str(error) and "float64" in str(error), f"Step 7: the message should name both dtypes; it was {str(error)!r}."
def wider(outputs):
    model = Sequential(Linear(3, 4), Linear(4, outputs))
    return Trainer(model, SGD(model.parameters(), lr=0.1), CrossEntropyLoss())
wider(2).save(path)
other = wider(5)
before = bits(other)[0]
error = error_of(other.load, path)
kept = bits(other)[0] == before
assert isinstance(error, ValueError), f"Step 7: a checkpoint whose third parameter has another shape should raise ValueError; it raised {raised(error)}."
assert kept, "Step 7: when the third parameter does not fit, nothing should have changed; the first one did."
small_trainer(1, lambda p: SGD(p[:2], lr=0.1)).save(path)
half = Linear(3, 4)
error = error_of(Trainer(half, SGD(half.parameters(), lr=0.1), CrossEntropyLoss()).load, path)
assert isinstance(error, ValueError), f"Step 7: four parameters for a model of two should raise ValueError; it raised {raised(error)}."
assert "4" in str(error) and "2" in str(error), f"Step 7: the message should name both numbers, 4 and 2; it was {str(error)!r}."
### END HIDDEN TESTS

# %% [markdown]
# ## Finale · Digits, from pixels to predictions
#
# Everything below was built by you, from the Tensor to the checkpoint. 1,438 digits to learn from, 359 that the model never sees while it learns:

# %% tags=["explore"]
from tinytorch.datasets import split_digits

train_images, train_labels, test_images, test_labels = split_digits()
train_set = TensorDataset(Tensor(train_images.reshape(-1, 64)), Tensor(train_labels))
test_set = TensorDataset(Tensor(test_images.reshape(-1, 64)), Tensor(test_labels))
test_loader = DataLoader(test_set, batch_size=128)

def shuffled(batch_size=32):
    return DataLoader(train_set, batch_size, shuffle=True, generator=np.random.default_rng(0))

def digits_trainer(lr=0.2, momentum=0.9):
    "A Trainer of 64 pixels, 128 hidden numbers, 10 classes."
    np.random.seed(0)
    model = Sequential(Linear(64, 128), ReLU(), Linear(128, 10))
    return Trainer(model, SGD(model.parameters(), lr=lr, momentum=momentum), CrossEntropyLoss())

# %% tags=["explore"]
trainer = digits_trainer()
history = trainer.fit(shuffled(), test_loader, epochs=20)

# %% tags=["explore"]
figure, panels = plt.subplots(1, 2, figsize=(10, 3.4), layout="constrained")
epochs = range(1, 21)
for panel, what in zip(panels, ("loss", "accuracy")):
    curves = {"train": history[f"train_{what}"], "test": history[f"val_{what}"]}
    plots.draw_curves(epochs, curves, title="", log=False, x_label="epoch", y_label=what, ax=panel)
losses, shares = history["train_loss"], history["val_accuracy"]
panels[0].set_title(f"Training loss: {losses[0]:.2g} to {losses[-1]:.2g}")
panels[1].set_title(f"{shares[-1]:.1%} of unseen digits right")
panels[1].set_ylim(min(history["train_accuracy"] + shares) - 0.01, 1.02)
plt.show()

# %% [markdown]
# The training loss goes to 0, the other one stops falling: from there on the model learns its examples, not the digits.
#
# Which digits does it mistake for which? A *confusion matrix* counts, for every true digit, what was answered:

# %% tags=["explore"]
guesses = trainer.predict(test_loader)
confusion = np.zeros((10, 10), int)
np.add.at(confusion, (test_labels, guesses), 1)

figure, ax = plt.subplots(figsize=(5.6, 5.2), layout="constrained")
mistakes = np.where(np.eye(10), 0, confusion)
ax.imshow(np.where(mistakes, mistakes, np.nan), cmap="Oranges", vmin=0, vmax=4)
for (row, column), count in np.ndenumerate(confusion):
    if count:
        colour = "#777777" if row == column else "black"
        ax.text(column, row, count, ha="center", va="center", color=colour)
ax.set(title="Orange: mistakes", xlabel="answered", ylabel="is", xticks=range(10), yticks=range(10))
plt.show()

# %% tags=["explore"]
wrong = np.flatnonzero(guesses != test_labels)
captions = [f"{test_labels[i]} as {guesses[i]}" for i in wrong]
title = f"All {len(wrong)} mistakes among {len(guesses)} digits"
plots.draw_images(test_images[wrong], captions, title=title, columns=6)

# %% [markdown]
# Would you have read them all?
#
# ### Stop after six epochs, go on in a new Trainer
#
# A crash, in other words. The new one starts with other weights; `load` brings everything back, and the curve is the very same:

# %% tags=["explore"]
path = Path(tempfile.mkdtemp(), "digits.ckpt")
first = digits_trainer()
first.fit(shuffled(), test_loader, epochs=6, progress=False)
first.save(path)

second = digits_trainer()
second.load(path)
resumed = second.fit(shuffled(), test_loader, epochs=14, progress=False)
f"{path.stat().st_size:,} B, same history: {resumed == history}"

# %% tags=["explore"]
figure, ax = plt.subplots(figsize=(8, 3.4), layout="constrained")
ax.semilogy(epochs, history["train_loss"], color=plots.COLOURS[0], lw=6, alpha=0.35,
            label="without a stop")
ax.semilogy(epochs, resumed["train_loss"], "o-", color=plots.COLOURS[1], lw=1.5, ms=4,
            label="6 epochs, a stop, 14 more")
ax.axvline(6.5, color="#888888", ls=":")
apart = max(abs(a - b) for a, b in zip(history["train_loss"], resumed["train_loss"]))
ax.set(title=f"With a stop and without: {apart:.3g} apart at most",
       xlabel="epoch", ylabel="mean loss (log scale)", xticks=range(2, 21, 2))
ax.legend()
plt.show()

# %% [markdown]
# ### How large a batch?
#
# The same 20 epochs and the same learning rate, with batches of 8 to 512. Every epoch costs the same number of samples; what differs is how often the weights move:

# %% tags=["explore"]
sizes = (8, 32, 128, 512)
curves = {}
for size in sizes:
    run = digits_trainer(lr=0.05).fit(shuffled(size), test_loader, epochs=20, progress=False)
    curves[f"batches of {size}: {-(-len(train_set) // size)} an epoch"] = run["train_loss"]
ax = plots.draw_curves(epochs, curves, title="Same 20 epochs, four batch sizes", log=False,
                       x_label="epoch", y_label="mean training loss (log scale)")
ax.set(yscale="log")
ax.autoscale(axis="y")
plt.show()

# %% [markdown]
# Large batches use the hardware better, and make fewer steps. That is why a larger batch usually comes with a larger learning rate. Try `lr=0.4` for 512.

# %% [markdown]
# ### The error everybody makes once: forgetting to shuffle
#
# Data from the disk are often sorted: a folder for each class. The same digits, the same model, only sorted by class and not shuffled:

# %% tags=["explore"]
by_class = np.argsort(train_labels, kind="stable")
pixels = train_images[by_class].reshape(-1, 64)
sorted_set = TensorDataset(Tensor(pixels), Tensor(train_labels[by_class]))
in_order, mixed = digits_trainer(momentum=0), digits_trainer(momentum=0)
in_order.fit(DataLoader(sorted_set, 32), test_loader, epochs=10, progress=False)
mixed.fit(DataLoader(sorted_set, 32, shuffle=True), test_loader, epochs=10, progress=False);

# %% tags=["explore"]
figure, panels = plt.subplots(1, 2, figsize=(10, 3.4), layout="constrained")
shares = {"shuffled: test": mixed.history["val_accuracy"],
          "sorted: test": in_order.history["val_accuracy"],
          "sorted: train": in_order.history["train_accuracy"]}
plots.draw_curves(range(1, 11), shares, title="Only the order differs", log=False,
                  x_label="epoch", y_label="accuracy", ax=panels[0])
counts = np.bincount(in_order.predict(test_loader), minlength=10)
panels[1].bar(range(10), counts, color=plots.COLOURS[1])
panels[1].set(title="What the sorted one answers", xlabel="digit",
              ylabel="times (of 359)", xticks=range(10))
plt.show()

# %% [markdown]
# *In words: shuffled, 9 of 10 unseen digits are right after two epochs; sorted, 4 of 10 after ten, and the answer is 9 much too often.*
#
# Each epoch ends with the nines, and so does what was learned. *Training* accuracy looks good all the same: a digit is right while its own batches
# pass. Only unseen data tell.

# %% [markdown]
# ## Beside PyTorch
#
# | here | PyTorch |
# |---|---|
# | `Trainer` | none of its own; Lightning and Accelerate have one |
# | `with _evaluating(model):` | `model.eval()`, `torch.no_grad()`, then `model.train()`, by hand |
# | a checkpoint is NumPy's format and JSON | `torch.save` pickles; since 2.6 `torch.load` reads nothing but data, unless told otherwise |
# | random state is saved | `torch.get_rng_state()`, by hand, one for each device |
# | moved into place when whole | up to you |

# %% [markdown]
# ## What you take with you
#
# - Weigh each batch by its size, or the mean depends on the batch size.
# - Evaluating is two switches, and both go back to what they were.
# - A checkpoint is parameters, optimizer, history and chance. Without the last one it is another run.
# - Write beside, move when whole. Check everything, then change.

# %% [markdown]
# Checklist, can you say it without looking?
#
# - [ ] Why does `_train_step` return a float, and not the loss Tensor?
# - [ ] Training accuracy is 99 %, test accuracy 30 %. What do you look at first?
# - [ ] Which part of a checkpoint does Dropout need?
# - [ ] What can a pickled checkpoint do that a NumPy file cannot?

# %% [markdown]
# ## Further reading
#
# - L. Prechelt, *Early stopping, but when?*, 1998: what to do with the curve that rises.
# - C. Zhang and others, *Understanding deep learning requires rethinking generalization*, 2016, arXiv:1611.03530: networks that learn noise by heart.
# - N. S. Keskar and others, *On large-batch training for deep learning*, 2016, arXiv:1609.04836.
# - PyTorch's notes *Reproducibility*: all the places where chance hides.

# %% [markdown]
# **Next: 09 · Convolutions.** The same Trainer, and a model that knows what a picture is. Export your work first: `tito export 08`. And on Binder,
# **download this notebook**: the session, and all you wrote in it, ends when you leave.

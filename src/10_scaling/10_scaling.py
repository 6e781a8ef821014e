# %% [markdown]
# # 10 · Scaling
#
# > Load beside the training, and lose nothing by it: no order, no seed, no error, no process.
#
# **Extra tier · difficulty 4 of 4 · 5 to 6 hours · after 01 and 05; training does not need it**
#
# On Binder this session is temporary. Whatever you write here goes when it ends, so download your notebook
# (*File → Download*) before you leave.

# %% tags=["explore"]
# Run this cell first. From then on it says which steps pass, and how many visible points that is.
from tinytorch.panel import show_panel

show_panel("10")

# %% [markdown]
# The tests that you see are examples: when graded, each also tries other values that follow from the text. *Visible points*
# are those of the tests as you see them, so go by the text, and not by the tests alone.

# %%
#| default_exp core.scaling

# %% given="imports"
#| export
import multiprocessing
import operator
import os
import pickle
import queue
import random
import secrets
import signal
import sys
import threading
import time
import traceback
import weakref
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from functools import partial
from multiprocessing import resource_tracker
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path

import numpy as np
from fastcore.basics import patch

from tinytorch.core.dataloader import DataLoader, _refuse_loss
from tinytorch.core.tensor import Tensor

# %% given="tools"
import json
import mmap

from tinytorch.profiling import CountingDataset, peak_bytes

# %% given="error-of"
def error_of(call, *args, **options):
    "The error that a call raises, or None if it raises none. The tests below use it."
    try:
        call(*args, **options)
    except Exception as error:
        return error

# %% [markdown]
# Module 05 left a sentence open: where decoding is the price, only doing it *beside* the training helps. Here is what that costs you in
# thought, and what it brings.

# %% tags=["explore"]
import matplotlib.pyplot as plt
from tinytorch.profiling import plots

plt.rcParams.update(plots.STYLE)
chain = {"Sampler": "whose sample?", "Workers": "fetch, collate", "Blocks": "shared memory",
         "Order": "as with no worker", "Training": "never waits"}
plots.draw_chain(chain, title="You build the blue boxes", highlight=list(chain)[:4]);

# %% [markdown]
# | step | you write | the idea |
# |---|---|---|
# | 1 | `pad_collate` | sequences of many lengths in one block |
# | 2 | `prefetch` | a thread that loads while you compute |
# | 3 | `ShardedSampler` | each rank its share, each sample once |
# | 4 | `SampleError`, `_tried` | the one bad file of a million, by its index |
# | 5 | `ScalingLoader` | order and chance from one seed |
# | 6 | `_in_workers` | processes, shared memory, and nothing left behind |
# | 7 | `state_dict` | go on in the middle of an epoch, to the bit |
# | 8 | `_in_threads` | threads in place of processes, and when |

# %% [markdown]
# Code that runs beside other code can hang. The tests call it like this, so that a mistake costs seconds and not your kernel:

# %% given="finished"
def finished(call, limit=4):
    "What a call gives, or the error that it raises; TimeoutError if it does not end."
    box = []
    def run():
        try:
            box.append(call())
        except BaseException as error:
            box.append(error)
    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(limit)
    return box[0] if box else TimeoutError(f"it still waited after {limit} seconds")

# %% given="reached"
def reached(count, wanted, limit):
    "Whether count() gets as far as `wanted` within so many seconds."
    for _ in range(int(100 * limit)):
        if count() >= wanted:
            return True
        threading.Event().wait(0.01)
    return False

# %% [markdown]
# ## Step 1 · Sequences of many lengths
#
# Sentences, sounds and tracks are of different lengths, and `np.stack` refuses them. So the short ones are *padded* to the longest of their batch, and
# the model is told how long each really was.

# %% tags=["explore"]
lengths = np.random.default_rng(0).integers(3, 40, 24)
orders = {"as they come": lengths, "sorted by length": np.sort(lengths)}
lengths

# %% tags=["explore"]
figure, panels = plt.subplots(1, 2, figsize=(10, 3.2), layout="constrained")
for panel, (title, order) in zip(panels, orders.items()):
    longest = np.repeat(order.reshape(3, 8).max(axis=1), 8)
    panel.bar(range(24), longest, color="#BBBBBB")
    panel.bar(range(24), order, color=plots.COLOURS[0])
    panel.set(title=f"{title}: {1 - order.sum() / longest.sum():.0%} padding")
    panel.set(xlabel="sample, in batches of 8 (grey: padding)", ylabel="length (entries)")
plt.show()

# %% [markdown]
# A *collate function* makes a batch of a list of samples. In 05 it was a method; here it becomes an argument, so that data may bring their own.

# %% [markdown]
# **Your turn.** `pad_collate(samples, value=0)`. A sample is a tuple or list `(sequence, ...)`, or a bare sequence. A sequence is a Tensor or an array of shape
# (length, ...); a length of 0 is one, too.

# %% [markdown]
# It gives a tuple of Tensors: the sequences, filled up at their ends with `value`, of shape (samples, longest, ...); then each other position, stacked; last
# the lengths, int64.

# %% [markdown]
# - The dtype stays that of the sequences.
# - Shapes that differ in more than the length: `ValueError` with both shapes.
# - It allocates at most three times the bytes of the batch.

# %% [markdown]
# <details><summary>Hint</summary>
#
# `np.full(shape, value, dtype)` is the block; then `block[row, :len(sequence)] = sequence`. NumPy *broadcasts* there: one column would quietly fill three, so
# compare `shape[1:]` first.
# </details>

# %% solution="pad-collate"
#| export
def pad_collate(samples, value=0):
    """Return a batch of samples whose first position is a sequence, filled up to the longest one.

    Args:
        samples: tuples (sequence, ...) or bare sequences; a sequence is a Tensor or an array
            of shape (length, ...).
        value: what the short ones are filled up with.

    Returns:
        Tensors: the sequences (samples, longest, ...), each other position stacked, and the
        lengths (int64).

    Raises:
        ValueError: sequences differ in more than their length.
        TypeError: a masked array. OverflowError: a Python integer that int64 can't hold.
    """
    _refuse_loss(samples)
    ### BEGIN SOLUTION
    rows = [sample if isinstance(sample, (tuple, list)) else (sample,) for sample in samples]
    if len({len(row) for row in rows}) > 1:
        raise ValueError(f"samples of one batch must have equal lengths; these have {[len(row) for row in rows]}")
    columns = [[np.asarray(entry.data if isinstance(entry, Tensor) else entry) for entry in column] for column in zip(*rows)]
    sequences, others = columns[0], columns[1:]
    first = sequences[0]
    lengths = np.array([len(sequence) for sequence in sequences], np.int64)
    padded = np.full((len(rows), lengths.max(), *first.shape[1:]), value, np.result_type(*sequences))
    for row, sequence in zip(padded, sequences):
        if sequence.shape[1:] != first.shape[1:]:
            raise ValueError(f"sequences of shapes {first.shape} and {sequence.shape} differ in more than their length")
        row[:len(sequence)] = sequence
    return tuple(Tensor(array) for array in (padded, *map(np.stack, others), lengths))
    ### END SOLUTION

# %% test="pad-values" points=2
# Test 1a · 2 points · filled up to the longest
got = pad_collate([Tensor([1, 2, 3]), Tensor([4])])
assert isinstance(got, tuple) and len(got) == 2, (
    f"Step 1: bare sequences should give a tuple of two Tensors; it was {got!r}."
)
values, want = got[0].data.tolist(), [[1, 2, 3], [4, 0, 0]]
assert values == want, f"Step 1: 1 2 3 and 4 should become {want}; they became {values}."
### BEGIN HIDDEN TESTS
got = pad_collate([np.array([1.5]), np.array([2.5, 3.5]), np.zeros(0)], value=-1)[0]
assert isinstance(got, Tensor), f"Step 1: arrays should become a Tensor too; they became {got!r}."
values = got.data.tolist()
assert values == [[1.5, -1.0], [2.5, 3.5], [-1.0, -1.0]], f"Step 1: lengths 1, 2 and 0 with value=-1 came as {values}."
values = [part.data.tolist() for part in pad_collate([Tensor([8, 9])])]
assert values == [[[8, 9]], [2]], f"Step 1: a batch of one sequence, 8 9, should be [[8, 9]] and its length [2]; it was {values}."
### END HIDDEN TESTS

# %% test="pad-lengths" points=2
# Test 1b · 2 points · the other positions, and the lengths
got = pad_collate([(Tensor([5, 6]), 1), (Tensor([7, 8, 9]), 0)])
assert len(got) == 3, f"Step 1: pairs should give three Tensors; {len(got)} came."
values = [part.data.tolist() for part in got[1:]]
assert values == [[1, 0], [2, 3]], (
    "Step 1: after the sequences should come the labels 1 0, then the lengths 2 3; it was "
    f"{values}."
)
### BEGIN HIDDEN TESTS
dtype = str(got[-1].data.dtype)
assert dtype == "int64", f"Step 1: lengths should be int64; they were {dtype}."
got = pad_collate([[np.ones(2), Tensor(np.eye(2)), 3.5], [np.ones(4), Tensor(np.zeros((2, 2))), 4.5]])
shapes = [part.data.shape for part in got]
assert shapes == [(2, 4), (2, 2, 2), (2,), (2,)], f"Step 1: lists of three positions should come in four shapes; they were {shapes}."
### END HIDDEN TESTS

# %% test="pad-shapes" points=2
# Test 1c · 2 points · entries that are vectors
values = pad_collate([Tensor([[1, 2], [3, 4]]), Tensor([[5, 6]])])[0].data.tolist()
assert values == [[[1, 2], [3, 4]], [[5, 6], [0, 0]]], (
    f"Step 1: a sequence of pairs is filled up with pairs; got {values}."
)
### BEGIN HIDDEN TESTS
error = error_of(pad_collate, [Tensor(np.ones((4, 3))), Tensor(np.ones((2, 1)))])
assert isinstance(error, ValueError), f"Step 1: shapes (4, 3) and (2, 1) should raise ValueError; they gave {error!r}."
assert "(4, 3)" in str(error) and "(2, 1)" in str(error), f"Step 1: the message should hold both shapes; it was {str(error)!r}."
### END HIDDEN TESTS

# %% test="pad-dtype" points=2
# Test 1d · 2 points · the dtype stays
pair = [Tensor(np.array(values, np.uint8)) for values in ([1, 2], [3])]
got = str(pad_collate(pair)[0].data.dtype)
assert got == "uint8", f"Step 1: sequences of uint8 should stay uint8; they became {got}."
### BEGIN HIDDEN TESTS
kinds = [np.float32, np.int64, np.bool_]
got = [str(pad_collate([np.ones(2, kind), np.ones(1, kind)])[0].data.dtype) for kind in kinds]
assert got == ["float32", "int64", "bool"], f"Step 1: float32, int64 and bool should stay; they became {got}."
### END HIDDEN TESTS

# %% test="pad-profile" points=2
# Profile 1 · 2 points · bytes of a padded batch
lengths = [1000 * (number + 1) for number in range(16)]
sequences = [np.ones(length, np.float32) for length in lengths]
peak, block = peak_bytes(lambda: pad_collate(sequences)), 16 * 16_000 * 4
print(f"{sum(lengths) * 4:,} B of data become a block of {block:,} B, with a peak of {peak:,} B")
assert peak <= 3 * block, (
    f"Step 1: the peak should stay under three times {block:,} B; it was {peak:,} B."
)

# %% [markdown]
# ## Step 2 · A thread that loads while you compute
#
# So far loading and computing take turns. A thread can load the next batch while this one is computed: files are read and images decoded outside of Python's lock.

# %% tags=["explore"]
def timeline(stream, step):
    "When each batch was waited for, and when computed with: pairs (start, duration) in seconds."
    waits, steps, begin = [], [], time.perf_counter()
    stream = iter(stream)
    while True:
        asked = time.perf_counter()
        if next(stream, None) is None:
            return waits, steps
        got = time.perf_counter()
        step()
        waits.append((asked - begin, got - asked))
        steps.append((got - begin, time.perf_counter() - got))

# %% [markdown]
# The plan: the thread takes batches from the source and puts them on a queue; the loop takes them off. Four things go wrong in nearly every first version.

# %% [markdown]
# - The source raises: the thread dies, and the loop waits for ever.
# - The loop is left early: the thread stays, with a batch in its hands.
# - The queue has no limit: the whole dataset moves into memory.
# - A sentinel such as `None` marks the end, and some batch is `None`.

# %% [markdown]
# **Your turn.** `prefetch(batches, ahead=2)` is a generator over any iterable. Nothing begins before the first batch is asked for; then a *daemon* thread takes the batches, so that
# a process can end whatever the thread does.

# %% [markdown]
# - The same batches, in the same order.
# - At most `ahead` batches are made and not yet taken, the one that is being made included.
# - Whatever the source raises comes out where its batch would have: `SystemExit` and the like, too.

# %% [markdown]
# - After the last batch, after an error, and when the generator is closed (that happens when a loop is left), the thread has ended: wait for it.
# - Once closed, it asks the source for nothing more.
# - `ahead` below 1: `ValueError`, at the first batch.

# %% [markdown]
# <details><summary>Hint</summary>
#
# A `threading.Semaphore(ahead)` counts free places: the thread acquires one *before* it asks the source, the loop releases one for each batch taken. Queue pairs `(batch, error)`; the end is a
# `StopIteration` in the second place. In `finally`: say stop, release a place in case the thread waits for one, join.
# </details>

# %% solution="prefetch"
#| export
def prefetch(batches, ahead=2):
    """Yield the batches of an iterable, which a thread takes while the loop computes.

    Args:
        batches: any iterable.
        ahead: how many batches may wait, at least 1.

    What the iterable raises is raised where its batch would have come. However the loop ends, so
    does the thread. Chance that the iterable draws from `random` or `np.random` mixes with the
    loop's own: see step 5.
    """
    ### BEGIN SOLUTION
    if ahead < 1:
        raise ValueError(f"ahead must be at least 1; it was {ahead!r}")
    ready, places, stopped = queue.SimpleQueue(), queue.SimpleQueue(), threading.Event()
    for _ in range(ahead):
        places.put(True)  # a free place; a semaphore counts them, too, but each batch costs more time with it

    def fill():
        try:
            source = iter(batches)
            while places.get() and not stopped.is_set():
                ready.put((next(source), None))
        except BaseException as error:
            ready.put((None, error))

    thread = threading.Thread(target=fill, daemon=True)
    thread.start()
    try:
        while True:
            batch, error = ready.get()
            if isinstance(error, StopIteration):
                return
            if error is not None:
                raise error
            places.put(True)
            yield batch
    finally:
        stopped.set()
        places.put(False)
        if not sys.is_finalizing():  # as Python ends, the thread has been stopped, and 3.13 would wait forever
            thread.join()
    ### END SOLUTION

# %% given="source"
class Source:
    "Gives 0, 1, 2, … and counts them; notes the threads in which it was asked."
    def __init__(self, length):
        self.length, self.made, self.threads = length, 0, set()

    def __iter__(self):
        for number in range(self.length):
            self.made += 1
            self.threads.add(threading.current_thread())
            yield number

def broken_source(good, error):
    "Gives 0, 1, … as many as are good, then raises."
    yield from range(good)
    raise error

# %% test="prefetch-order" points=2
# Test 2a · 2 points · the same batches, in order
got = finished(lambda: list(prefetch(range(5))))
assert got == [0, 1, 2, 3, 4], f"Step 2: the batches 0 to 4 should come in order; it gave {got!r}."
### BEGIN HIDDEN TESTS
for batches, ahead in [([], 2), ([None, 7, None], 1), (list("abcdefg"), 3), ([3], 50)]:
    got = finished(lambda: list(prefetch(iter(batches), ahead)))
    assert got == batches, f"Step 2: {batches} with ahead={ahead} should come as they are; it gave {got!r}."
### END HIDDEN TESTS

# %% test="prefetch-ahead" points=3
# Test 2b · 3 points · never more than `ahead` wait
source = Source(10)
stream = prefetch(source)
begun = source.made
assert begun == 0, (
    f"Step 2: before the first batch is asked for, none should be made; {begun} were."
)
finished(lambda: next(stream))
three, four = reached(lambda: source.made, 3, 4), reached(lambda: source.made, 4, 0.2)
made = source.made
stream.close()
assert three, (
    f"Step 2: with one batch taken, two more should be made meanwhile; only {made} were made in "
    "all."
)
assert not four, f"Step 2: with one batch taken and ahead=2, three should be made; {made} were."
### BEGIN HIDDEN TESTS
source = Source(3)
stream = prefetch(source)
next(stream)
helpers = [thread.daemon for thread in source.threads]
stream.close()
assert helpers == [True], f"Step 2: one thread, a daemon, should ask the source; daemon: {helpers}."
source = Source(20)
stream = prefetch(source, ahead=4)
finished(lambda: [next(stream) for _ in range(3)])
seven, eight = reached(lambda: source.made, 7, 4), reached(lambda: source.made, 8, 0.2)
stream.close()
assert seven and not eight, f"Step 2: with 3 taken and ahead=4, seven should be made; {source.made} were."
### END HIDDEN TESTS

# %% test="prefetch-error" points=3
# Test 2c · 3 points · an error comes where the batch would have
taken = []
source = broken_source(3, OSError("the disk is gone"))
error = finished(lambda: [taken.append(batch) for batch in prefetch(source)])
assert isinstance(error, OSError), (
    f"Step 2: the source's OSError should come out of the loop; it gave {error!r}."
)
assert taken == [0, 1, 2], f"Step 2: the three good batches should come first; {taken} came."
### BEGIN HIDDEN TESTS
text = str(error)
assert text == "the disk is gone", f"Step 2: it should be the very error, 'the disk is gone'; it says {text!r}."
error = finished(lambda: list(prefetch(broken_source(0, SystemExit("enough")))))
assert isinstance(error, SystemExit), f"Step 2: SystemExit should come out, too; it gave {error!r}."
error = finished(lambda: list(prefetch(5)))
assert isinstance(error, TypeError), f"Step 2: 5 is no iterable, so the loop should raise TypeError; it gave {error!r}."
### END HIDDEN TESTS

# %% test="prefetch-leaves" points=3
# Test 2d · 3 points · no thread is left
before = set(threading.enumerate())
source = Source(100)
def leave_early():
    for batch in prefetch(source):
        reached(lambda: source.made, 100, 0.1)
        break
finished(lambda: list(prefetch(Source(3))))
after_end = len(set(threading.enumerate()) - before)
finished(leave_early)
after_break = len(set(threading.enumerate()) - before)
assert after_end == 0, (
    f"Step 2: after the last batch no thread should be left; "
    f"still running: {after_end}. End it, and wait with join()."
)
assert after_break == 0, (
    f"Step 2: after a loop that was left, no thread should be left; still running: {after_break}. "
    "End it, and wait with join()."
)
### BEGIN HIDDEN TESTS
assert source.made <= 4, f"Step 2: a loop left after one batch, with ahead=2, should have made 3 or so; it made {source.made}."
finished(lambda: list(prefetch(broken_source(2, OSError()))))
after_error = len(set(threading.enumerate()) - before)
assert after_error == 0, f"Step 2: after an error no thread should be left; still running: {after_error}. End it, and wait with join()."
source = Source(9)
stream = prefetch(source, ahead=1)
finished(lambda: next(stream))
reached(lambda: source.made, 2, 2), reached(lambda: source.made, 3, 0.2)
made = source.made
finished(stream.close)
after_close = len(set(threading.enumerate()) - before)
assert after_close == 0, f"Step 2: after close() no thread should be left; still running: {after_close}. End it, and wait with join()."
more = reached(lambda: source.made, made + 1, 0.1)
assert not more, f"Step 2: once closed, nothing more should be asked for; {source.made} were made, {made} before."
gate, asked = threading.Event(), []
def gated():
    for number in range(30):
        asked.append(number)
        if number:
            gate.wait(3)
        yield number
stream = prefetch(gated(), ahead=4)
finished(lambda: next(stream))
reached(lambda: len(asked), 2, 3)
opener = threading.Timer(0.2, gate.set)
finished(lambda: (opener.start(), stream.close()))
after_close = len(set(threading.enumerate()) - before - {opener})
opener.join()
assert after_close == 0, f"Step 2: close() should wait for a thread that is busy; {after_close} were left."
assert asked == [0, 1], f"Step 2: closed while batch 1 is made, nothing after it should be asked for; asked for were {asked}."
### END HIDDEN TESTS

# %% test="prefetch-refuses" points=2
# Test 2e · 2 points · at least one ahead
error = finished(lambda: next(prefetch([1, 2], ahead=0)))
assert isinstance(error, ValueError), (
    f"Step 2: ahead=0 should raise ValueError at the first batch; it gave {error!r}."
)
### BEGIN HIDDEN TESTS
error = finished(lambda: next(prefetch([1, 2], ahead=-2)))
assert isinstance(error, ValueError), f"Step 2: ahead=-2 should raise ValueError at the first batch; it gave {error!r}."
### END HIDDEN TESTS

# %% test="prefetch-profile" points=2
# Profile 2 · 2 points · how many batches are alive at once
class Megabytes:
    def __len__(self):
        return 12
    def __getitem__(self, index):
        return np.zeros(250_000, np.float32)

counted = CountingDataset(Megabytes())
def count_alive():
    for batch in prefetch((counted[number] for number in range(12)), ahead=2):
        reached(lambda: len(counted.fetched), 12, 0.03)
finished(count_alive)
print(f"12 batches of 1 MB: at most {counted.peak_alive} alive at once")
assert len(counted.fetched) == 12, (
    f"Step 2: all 12 batches should be made; {len(counted.fetched)} were."
)
assert counted.peak_alive <= 5, (
    "Step 2: with ahead=2 no more than 5 batches should be alive; there were "
    f"{counted.peak_alive}."
)

# %% [markdown]
# Your thread at work: JPEGs, decoded by Pillow, and a training step that multiplies matrices. Orange is time in which the training waits.

# %% tags=["explore"]
import tempfile
from PIL import Image
from tinytorch.datasets import ImageFolder

folder = Path(tempfile.mkdtemp(), "noise")
folder.mkdir()
numbers = np.random.default_rng(0)
for number in range(96):
    small = numbers.integers(0, 256, (24, 32, 3), dtype=np.uint8)
    Image.fromarray(small).resize((640, 480)).save(folder / f"{number:03}.jpg", quality=90)

# %% tags=["explore"]
photos = ImageFolder(folder.parent)
def decoded():
    "Batches of eight decoded photographs."
    for start in range(0, len(photos), 8):
        yield np.stack([photos[index][0] for index in range(start, start + 8)])

# %% tags=["explore"]
matrix = np.random.default_rng(0).random((700, 700), dtype=np.float32)
runs = {"taking turns": timeline(decoded(), lambda: matrix @ matrix @ matrix),
        "prefetch": timeline(prefetch(decoded()), lambda: matrix @ matrix @ matrix)}

# %% tags=["explore"]
waited = [sum(duration for _, duration in waits) for waits, _ in runs.values()]
title = f"Waited {waited[0]:.2f} s, and with prefetch {waited[1]:.2f} s"
print(title)

# %% tags=["explore"]
figure, ax = plt.subplots(figsize=(9, 2.6), layout="constrained")
for row, spans in enumerate(runs.values()):
    for part, span, colour in zip(("waiting", "computing"), spans, plots.COLOURS[1::-1]):
        ax.broken_barh(span, (row - 0.35, 0.7), color=colour, label=part if row == 0 else None)
ax.set(title=title, xlabel="time since the start (s)")
ax.set(yticks=[0, 1], yticklabels=list(runs), ylim=(1.6, -0.6))
ax.legend(ncols=2, loc="lower right", bbox_to_anchor=(1, 1))
plt.show()

# %% [markdown]
# ## Step 3 · Each rank its share
#
# With four machines each takes a quarter of every epoch. Each is a *rank*, 0 to 3, of a *world* of four. They don't talk about samples; they agree by drawing the same
# permutation, and each takes every fourth of it.

# %% [markdown]
# **Your turn.** `ShardedSampler(samples, rank, world_size, shuffle=True, seed=0)`, `samples` being how many there are.

# %% [markdown]
# - It iterates over the indices of its rank, as Python ints; `len` says how many.
# - Over all ranks each sample comes exactly once, also if it does not divide evenly; shares differ by one at most.
# - `set_epoch(epoch)` chooses the epoch, 0 at first. Seed and epoch decide the order alone: each epoch another one, the same one each time.

# %% [markdown]
# - With `shuffle=False` rank r has r, r + world_size, …
# - A `rank` outside 0 to `world_size` - 1, a `world_size` below 1, a negative `samples`: `ValueError`.
#
# If you like, add a method `order()` that gives the indices as an array of int64. Then ten million of them need not
# become Python ints one by one: step 5 can take the array.

# %% [markdown]
# <details><summary>Hint</summary>
#
# `np.random.default_rng([seed, epoch]).permutation(samples)` is the order of all. Slices step: `order[rank::world_size]`. `range` can be sliced, too, and has a `len`.
# </details>

# %% solution="sharded-sampler"
#| export
class ShardedSampler:
    """The indices of one rank's samples; in each epoch all together have each sample once.

    PyTorch's DistributedSampler gives some samples twice, so that all ranks have equally many. Here
    shares differ by one at most, and a loop that needs equally many batches says so itself.

    Args:
        samples: how many samples there are.
        rank, world_size: which share this is, of how many.
        shuffle: whether each epoch has an order of its own, decided by `seed` and `set_epoch`.

    Raises:
        ValueError: there is no such rank, or `samples` is negative.
    """
    def __init__(self, samples, rank, world_size, shuffle=True, seed=0):
        ### BEGIN SOLUTION
        samples, rank, world_size = map(operator.index, (samples, rank, world_size))
        if world_size < 1 or not 0 <= rank < world_size or samples < 0:
            raise ValueError(f"there is no rank {rank} of {world_size} for {samples} samples")
        self.samples, self.rank, self.world_size = samples, rank, world_size
        self.shuffle, self.seed, self.epoch = shuffle, seed, 0
        ### END SOLUTION

    def set_epoch(self, epoch):
        "Choose the epoch whose order comes next."
        ### BEGIN SOLUTION
        self.epoch = epoch
        ### END SOLUTION

    def __len__(self):
        ### BEGIN SOLUTION
        return len(range(self.rank, self.samples, self.world_size))
        ### END SOLUTION

    def __iter__(self):
        ### BEGIN SOLUTION
        return iter(self.order().data)  # one Python int at a time: a list of them takes 40 B each

    def order(self):
        "Return the same indices, as an array of int64."
        if not self.shuffle:
            return np.arange(self.rank, self.samples, self.world_size)
        everybody = np.random.default_rng([self.seed, self.epoch]).permutation(self.samples)
        return everybody[self.rank::self.world_size]
        ### END SOLUTION

# %% given="shares"
def shares(samples, world_size, epoch=0, **options):
    "What each rank gets in an epoch: a list of lists."
    samplers = [ShardedSampler(samples, rank, world_size, **options) for rank in range(world_size)]
    for sampler in samplers:
        sampler.set_epoch(epoch)
    return [list(sampler) for sampler in samplers]

# %% test="shards-cover" points=3
# Test 3a · 3 points · every sample exactly once
got = shares(10, 3)
everything = sorted(index for share in got for index in share)
assert everything == list(range(10)), (
    f"Step 3: three ranks should have 0 to 9 once each; they have {everything}."
)
### BEGIN HIDDEN TESTS
for samples, world_size, epoch in [(7, 2, 1), (9, 4, 2), (12, 4, 5), (3, 5, 0), (1, 1, 9), (0, 2, 0)]:
    got = shares(samples, world_size, epoch)
    everything = sorted(index for share in got for index in share)
    sizes = [len(share) for share in got]
    assert everything == list(range(samples)), f"Step 3: {samples} samples over {world_size} ranks came as {everything}."
    assert max(sizes) - min(sizes) <= 1, f"Step 3: the shares should differ by one at most; they were {sizes}."
kinds = sorted({type(index).__name__ for share in shares(9, 2) for index in share})
assert kinds == ["int"], f"Step 3: indices should be Python ints; they were {kinds}."
### END HIDDEN TESTS

# %% test="shards-epochs" points=3
# Test 3b · 3 points · seed and epoch decide the order
first, again = shares(50, 2), shares(50, 2)
second, other = shares(50, 2, epoch=1), shares(50, 2, seed=1)
assert first == again, (
    "Step 3: the same seed and epoch should give the same order each time; they did not."
)
assert first != second, "Step 3: epoch 1 should have another order than epoch 0; it had the same."
assert first != other, "Step 3: seed 1 should give another order than seed 0; it gave the same."
in_order = shares(7, 2, shuffle=False)
assert in_order == [[0, 2, 4, 6], [1, 3, 5]], (
    f"Step 3: unshuffled, two ranks of 7 have 0 2 4 6 and 1 3 5; they have {in_order}."
)
### BEGIN HIDDEN TESTS
crossed = shares(60, 1, epoch=2, seed=1) == shares(60, 1, epoch=1, seed=2)
assert not crossed, "Step 3: seed 1, epoch 2 should not be seed 2, epoch 1."
sampler = ShardedSampler(50, 0, 2)
sampler.set_epoch(3)
turns = [list(sampler) for _ in range(3)]
assert turns[0] == turns[1] == turns[2], "Step 3: an epoch should have the same order each time, until set_epoch chooses another."
at_first = list(ShardedSampler(50, 0, 2))
assert at_first == first[0], "Step 3: before set_epoch, the epoch should be 0; the order was another one."
later = shares(7, 2, epoch=3, shuffle=False)
assert later == [[0, 2, 4, 6], [1, 3, 5]], f"Step 3: unshuffled, every epoch is the same; epoch 3 came as {later}."
random.seed(5), np.random.seed(5)
want = random.random(), np.random.random()
random.seed(5), np.random.seed(5)
shuffled = shares(50, 2)
got = random.random(), np.random.random()
assert got == want, "Step 3: the order should leave random and np.random alone; their next numbers changed."
assert len(shuffled) == 2 and sorted(shuffled[0]) != list(range(0, 50, 2)), "Step 3: a share should be drawn from all samples, not from every second one."
### END HIDDEN TESTS

# %% test="shards-len" points=1
# Test 3c · 1 point · how many
got = [len(ShardedSampler(10, rank, 4)) for rank in range(4)]
assert got == [3, 3, 2, 2], f"Step 3: 10 samples over four ranks are 3, 3, 2 and 2; len said {got}."
### BEGIN HIDDEN TESTS
got = [len(ShardedSampler(2, rank, 4, shuffle=False)) for rank in range(4)]
assert got == [1, 1, 0, 0], f"Step 3: 2 samples over four ranks are 1, 1, 0 and 0; len said {got}."
### END HIDDEN TESTS

# %% test="shards-refuses" points=2
# Test 3d · 2 points · there is no such rank
for rank, world_size in [(2, 2), (-1, 2), (0, 0)]:
    error = error_of(ShardedSampler, 10, rank, world_size)
    assert isinstance(error, ValueError), (
        f"Step 3: rank {rank} of {world_size} should raise ValueError; it gave {error!r}."
    )
### BEGIN HIDDEN TESTS
error = error_of(ShardedSampler, -1, 0, 1)
assert isinstance(error, ValueError), f"Step 3: -1 samples should raise ValueError; it gave {error!r}."
### END HIDDEN TESTS

# %% [markdown]
# Who reads what, epoch by epoch. One column is one sample, and no column is empty:

# %% tags=["explore"]
owners = np.full((6, 24), -1)
for epoch in range(6):
    for rank, share in enumerate(shares(24, 4, epoch)):
        owners[epoch, share] = rank
assert (owners >= 0).all()  # no sample is left out
figure, ax = plt.subplots(figsize=(9, 2.6), layout="constrained")
ax.imshow(owners, cmap=plt.matplotlib.colors.ListedColormap(plots.COLOURS[:4]), aspect="auto")
for (row, column), rank in np.ndenumerate(owners):
    ink = "white" if rank < 3 else "black"
    ax.text(column, row, rank, ha="center", va="center", color=ink, fontsize=9)
ax.set(title="24 samples, four ranks: the rank that reads each", xlabel="sample", ylabel="epoch")
ax.set(yticks=range(6))
plt.show()

# %% test="sampler-ready" points=0
# Nothing to do here. When graded, what follows uses your ShardedSampler, or a stand-in.
### BEGIN HIDDEN TESTS
def _shares_well():
    one, two = shares(9, 2, 1), shares(9, 1, shuffle=False)
    return sorted(sum(one, [])) == list(range(9)) == two[0] and shares(9, 2, 1) == one != shares(9, 2, 2) and len(ShardedSampler(9, 1, 2)) == 4

class _LentSampler:
    def __init__(self, samples, rank, world_size, shuffle=True, seed=0):
        vars(self).update(all=samples, mine=slice(rank, None, world_size), mixes=shuffle, key=[seed, 0])
    def set_epoch(self, epoch):
        self.key[1] = epoch
    def __len__(self):
        return len(range(self.all)[self.mine])
    def __iter__(self):
        drawn = np.random.default_rng(self.key).random(self.all).argsort() if self.mixes else np.arange(self.all)
        yield from map(int, drawn[self.mine])

if "ShardedSampler" not in globals() or error_of(_shares_well) is not None or not _shares_well():
    ShardedSampler = _LentSampler
### END HIDDEN TESTS

# %% [markdown]
# ## Step 4 · The one bad file of a million
#
# Six hours into the night a file is broken. What does the log say?

# %% given="faulty"
class Faulty:
    "Nine samples, of which one is broken."
    def __len__(self):
        return 9
    def __getitem__(self, index):
        return np.float32(1 / (index - 6))

# %% tags=["explore"]
print(repr(error_of(lambda: [Faulty()[index] for index in (4, 5, 6, 7)])))

# %% [markdown]
# *Which* sample? And from a worker process comes only what can be pickled, which a traceback can't: the line that failed would be lost. So an error gets two things: its sample's index, and
# the original traceback as text.

# %% [markdown]
# **Your turn.** `SampleError(index, text)`, a `RuntimeError`: it keeps `index`, and its own text, `str(error)`, holds the index and `text`. Pickled and unpickled it is the same.

# %% [markdown]
# Then `_tried(index, call, *arguments)`: it gives what the call gives. An `Exception` becomes a `SampleError` with that index and the traceback; the original is its cause.

# %% [markdown]
# - A `SampleError` passes as it is: who was nearer to the fault knows better.
# - `KeyboardInterrupt` and its like are no faults of a sample, and pass.

# %% [markdown]
# <details><summary>Hint</summary>
#
# `traceback.format_exc()`, inside `except`, is the text. An exception is pickled as its class and its `args`, which are what `super().__init__` was given: give it both values, and build the text in
# `__str__`.
# </details>

# %% solution="sample-error"
#| export
class SampleError(RuntimeError):
    """A sample could not be had: `index` says which one, the text holds the original traceback.

    Where collating failed, `index` is the list of the batch's indices.
    """
    def __init__(self, index, text):
        ### BEGIN SOLUTION
        super().__init__(index, text)
        self.index, self.text = index, text
        ### END SOLUTION

    def __str__(self):
        ### BEGIN SOLUTION
        return f"sample {self.index}\n{self.text}"
        ### END SOLUTION

# %% solution="tried"
#| export
def _tried(index, call, *arguments):
    "Return call(*arguments); its error becomes a SampleError with this index and the traceback."
    ### BEGIN SOLUTION
    try:
        return call(*arguments)
    except SampleError:
        raise
    except Exception as error:
        raise SampleError(index, traceback.format_exc()) from error
    ### END SOLUTION

# %% given="decodes"
def decode_badly(value):
    "Stands for a decoder."
    raise ValueError(f"no such colour: {value}")

def raised(index, call, *arguments):
    "The error that `_tried` raises, of whatever kind, or None."
    try:
        _tried(index, call, *arguments)
    except BaseException as error:
        return error

# %% test="error-names" points=2
# Test 4a · 2 points · the index
error = raised(41, decode_badly, "mauve")
name = type(error).__name__
assert name == "SampleError", f"Step 4: an error should become a SampleError; it was a {name}."
assert error.index == 41, f"Step 4: its index should be 41; it was {error.index!r}."
text = str(error)
assert "41" in text, f"Step 4: the index, 41, should be in the text too; it was {text!r:.70}."
### BEGIN HIDDEN TESTS
assert isinstance(error, RuntimeError), f"Step 4: a SampleError should be a RuntimeError; it was {error!r}."
made = SampleError([3, 1], "because")
assert made.index == [3, 1], f"Step 4: a list of indices should be kept as it is; it was {made.index!r}."
text = str(made)
assert "[3, 1]" in text and "because" in text, f"Step 4: its text should hold [3, 1] and 'because'; it was {text!r}."
### END HIDDEN TESTS

# %% test="error-traceback" points=2
# Test 4b · 2 points · the original traceback
error = raised(0, decode_badly, "mauve")
text = str(error)
for part in ["ValueError", "no such colour: mauve", "decode_badly"]:
    assert part in text, (
        f"Step 4: the text should hold {part!r}, from the original traceback; it was {text!r:.70}."
    )
### BEGIN HIDDEN TESTS
cause = type(error.__cause__).__name__
assert cause == "ValueError", f"Step 4: the original error should be the cause, by `raise ... from`; it was {cause}."
### END HIDDEN TESTS

# %% test="error-travels" points=3
# Test 4c · 3 points · it survives pickling
there = SampleError(12, "line one\nline two")
back = pickle.loads(pickle.dumps(there))
assert back.index == 12, f"Step 4: unpickled, the index should be 12; it was {back.index!r}."
texts = str(there), str(back)
assert texts[0] == texts[1], (
    f"Step 4: unpickled, the text should be the same; the two were {texts}."
)
### BEGIN HIDDEN TESTS
name = type(back).__name__
assert name == "SampleError", f"Step 4: unpickled, it should be a SampleError; it was a {name}."
back = pickle.loads(pickle.dumps(raised([5, 6], decode_badly, "mauve")))
text = str(back)
assert "decode_badly" in text and back.index == [5, 6], f"Step 4: unpickled, index [5, 6] and traceback should be there; got {text!r}."
### END HIDDEN TESTS

# %% test="error-passes" points=2
# Test 4d · 2 points · what passes
got = _tried(7, operator.add, 30, 4)
assert got == 34, f"Step 4: a call that works gives its value, here 34; it gave {got!r}."
inner = SampleError(3, "the file")
error = raised(9, broken_source(0, inner).__next__)
assert error.index == 3, (
    f"Step 4: a SampleError should pass with its own index, 3; it was {error.index!r}."
)
### BEGIN HIDDEN TESTS
got = raised(1, broken_source(0, KeyboardInterrupt()).__next__)
assert isinstance(got, KeyboardInterrupt), f"Step 4: a KeyboardInterrupt should pass; it became {got!r}."
### END HIDDEN TESTS

# %% test="error-ready" points=0
# Nothing to do here. When graded, what follows uses your SampleError and _tried, or stand-ins.
### BEGIN HIDDEN TESTS
def _travels():
    home = pickle.loads(pickle.dumps(SampleError(5, "why")))
    return home.index == 5 and "why" in str(home) and "5" in str(home) and isinstance(home, RuntimeError)

def _lent_begin(self, index, text):
    RuntimeError.__init__(self, index, text)
    vars(self)["index"] = index

def _is_tried():
    inner, outer = raised(2, broken_source(0, SampleError(3, "")).__next__), raised(2, decode_badly, 1)
    return (inner.index, outer.index, _tried(1, abs, -4)) == (3, 2, 4) and "decode_badly" in str(outer)

def _lent_tried(index, call, *arguments):
    try:
        lent_value = (call)(*arguments)
    except Exception as lent_fault:
        raise lent_fault if isinstance(lent_fault, SampleError) else SampleError(index, traceback.format_exc())
    return lent_value

if "SampleError" not in globals() or error_of(_travels) is not None or not _travels():
    SampleError = type("SampleError", (RuntimeError,), {"__init__": _lent_begin, "__module__": "__main__"})
if "_tried" not in globals() or error_of(_is_tried) is not None or not _is_tried():
    _tried = _lent_tried
### END HIDDEN TESTS

# %% [markdown]
# ## Step 5 · Order and chance from one seed
#
# Augmentation draws numbers. A forked worker starts as a copy of its parent, *with its chance*. Three workers, three numbers each:

# %% tags=["explore"]
def draws(line):
    line.send(np.random.random(3).round(3).tolist())

for worker in range(3):
    ours, theirs = multiprocessing.get_context("fork").Pipe()
    process = multiprocessing.get_context("fork").Process(target=draws, args=(theirs,))
    process.start()
    print(f"worker {worker}:", ours.recv())
    process.join()

# %% [markdown]
# Three workers flip and crop alike, and nobody notices for years. Seed each worker differently, and the numbers depend on how many workers there are. So
# who should own chance? Neither the process nor the worker: the *sample*. Its numbers follow from seed, epoch and index, whoever makes it, and in whatever batch.

# %% [markdown]
# **Your turn.** `_seed_chance(seed, epoch, index)` seeds `random` and `np.random`, so that both go on from a state that these three numbers decide. Each triple has its own: (0, 1, 2)
# is not (0, 2, 1), so adding the numbers up won't do.

# %% [markdown]
# <details><summary>Hint</summary>
#
# `random.seed` takes any text, one with three numbers in it, say, and stirs it well. `np.random.seed` takes a list of numbers of 32 bits: `random.getrandbits(32)` draws one, and `random` is seeded
# by then.
# </details>

# %% solution="seed-chance"
#| export
def _seed_chance(seed, epoch, index):
    "Seed random and np.random with what seed, epoch and index decide."
    ### BEGIN SOLUTION
    random.seed(f"{seed} {epoch} {index}")
    np.random.seed([random.getrandbits(32) for _ in range(4)])
    ### END SOLUTION

# %% [markdown]
# In the training process others draw from there, too: Dropout, say. What the loader does must not show. This is given:

# %% given="chance-kept"
#| export
@contextmanager
def _chance_kept():
    "Afterwards random and np.random go on from where they were before."
    before = random.getstate(), np.random.get_state()
    try:
        yield
    finally:
        random.setstate(before[0])
        np.random.set_state(before[1])

# %% [markdown]
# **Your turn.** `_make_batch(dataset, collate, seed, epoch, indices)`, where `indices` is an array of int64. For each it seeds, fetches `dataset[index]` (a Python int), and gives
# `collate(list of samples)`. All of it with chance kept.

# %% [markdown]
# What fails comes as a `SampleError`: with the sample's index, or, where `collate` fails, with the list of the batch's indices.

# %% [markdown]
# <details><summary>Hint</summary>
#
# `indices.tolist()` has Python ints. `operator.getitem` is `dataset[index]` as a function, just right for `_tried`.
# </details>

# %% solution="make-batch"
#| export
def _make_batch(dataset, collate, seed, epoch, indices):
    "Return the batch of some indices, each fetched with its own chance; errors are SampleErrors."
    ### BEGIN SOLUTION
    indices, samples = indices.tolist(), []
    with _chance_kept():
        for index in indices:
            _seed_chance(seed, epoch, index)
            samples.append(_tried(index, operator.getitem, dataset, index))
        return _tried(indices, collate, samples)
    ### END SOLUTION

# %% given="noisy"
class Noisy:
    "Samples of chance: the index, a number of random and one of np.random."
    def __init__(self, length=10):
        self.length = length
    def __len__(self):
        return self.length
    def __getitem__(self, index):
        return np.array([index, random.random(), np.random.random()])

def drawn(*numbers):
    "What random and np.random give after `_seed_chance`."
    _seed_chance(*numbers)
    return random.random(), np.random.random()

# %% test="chance-seeded" points=3
# Test 5a · 3 points · seed, epoch and index decide
first, again, later = drawn(0, 1, 2), drawn(0, 1, 2), drawn(0, 2, 1)
assert first == again, (
    f"Step 5: the same seed, epoch and index should give the same numbers; they gave {first} and "
    f"{again}."
)
assert first[0] != later[0], (
    f"Step 5: (0, 1, 2) and (0, 2, 1) should differ in random; both gave {first[0]}."
)
assert first[1] != later[1], (
    f"Step 5: (0, 1, 2) and (0, 2, 1) should differ in np.random; both gave {first[1]}."
)
### BEGIN HIDDEN TESTS
triples = [(seed, epoch, index) for seed in range(3) for epoch in range(3) for index in (0, 1, 2, 12)]
got = [drawn(*triple) for triple in triples]
counts = [len({numbers[place] for numbers in got}) for place in (0, 1)]
assert counts == [36, 36], f"Step 5: 36 triples should give 36 different numbers of random and of np.random; they gave {counts}."
powers = [10**exponent for exponent in range(7)]
triples = [(0, 0, 0)] + [tuple(power * (place == axis) for place in range(3)) for power in powers for axis in range(3)]
got = [drawn(*triple) for triple in triples]
counts = [len({numbers[place] for numbers in got}) for place in (0, 1)]
assert counts == [22, 22], f"Step 5: seed 1, epoch 100 or index 1000 alone, and the like, should give 22 different numbers; they gave {counts}."
### END HIDDEN TESTS

# %% test="batch-own-chance" points=3
# Test 5b · 3 points · chance belongs to the sample
alone = _make_batch(Noisy(), np.stack, 3, 0, np.array([4])).tolist()
among = _make_batch(Noisy(), np.stack, 3, 0, np.array([7, 4, 1])).tolist()
later = _make_batch(Noisy(), np.stack, 3, 1, np.array([4])).tolist()
assert among[1] == alone[0], (
    f"Step 5: sample 4 should be the same alone, {alone[0]}, and among others; it was {among[1]}."
)
assert later != alone, (
    "Step 5: in epoch 1 sample 4 should have other numbers than in epoch 0; it had the same."
)
### BEGIN HIDDEN TESTS
random.seed(2), np.random.seed(2)
want = random.random(), np.random.random()
random.seed(2), np.random.seed(2)
_make_batch(Noisy(), np.stack, 3, 0, np.array([5, 6]))
got = random.random(), np.random.random()
assert got == want, f"Step 5: after a batch, random and np.random should go on with {want}; they went on with {got}."
random.seed(2), np.random.seed(2)
error_of(_make_batch, Noisy(), decode_badly, 3, 0, np.array([5, 6]))
got = random.random(), np.random.random()
assert got == want, f"Step 5: after an error, too, they should go on with {want}; they went on with {got}."
typed = type("Typed", (), {"__getitem__": lambda self, index: type(index).__name__})()
got = _make_batch(typed, list, 0, 0, np.array([2, 8]))
assert got == ["int", "int"], f"Step 5: the dataset should be asked with Python ints; it was asked with {got}."
asked = CountingDataset(range(9))
got = _make_batch(asked, list, 0, 0, np.array([8, 2, 2])), asked.fetched
assert got == ([8, 2, 2], [8, 2, 2]), f"Step 5: 8, 2, 2 should be fetched and collated in this order; it was {got}."
### END HIDDEN TESTS

# %% test="batch-errors" points=2
# Test 5c · 2 points · which sample failed
error = error_of(_make_batch, Faulty(), np.stack, 0, 0, np.array([8, 6, 1]))
name = type(error).__name__
assert name == "SampleError", (
    f"Step 5: a sample that fails should raise a SampleError; it was a {name}."
)
assert error.index == 6, f"Step 5: of 8, 6, 1 sample 6 fails; the index was {error.index!r}."
### BEGIN HIDDEN TESTS
error = error_of(_make_batch, Noisy(), decode_badly, 0, 0, np.array([5, 2]))
name = type(error).__name__
assert name == "SampleError", f"Step 5: a collate that fails should raise a SampleError; it was a {name}."
assert error.index == [5, 2], f"Step 5: where collating fails the index should be the list, [5, 2]; it was {error.index!r}."
### END HIDDEN TESTS

# %% [markdown]
# Now the loader around it. A `ScalingLoader` is a `DataLoader` with more to say. Its `__init__` checks and keeps:

# %% [markdown]
# - `num_workers` (an int or NumPy's, 0 or more; 0: in this process), `ahead` (at least 1), else `ValueError`;
# - `workers`, which step 8 is about, is given;
# - `collate_fn` and `seed` as they are;
# - `sampler`, any iterable of indices with a `len`. Without one it is the `ShardedSampler` of rank 0 of 1, with this `shuffle` and `seed`. Both a sampler and `shuffle=True`: `ValueError`.

# %% [markdown]
# `len(loader)` counts the batches of what the *sampler* gives. `_plan(epoch)` tells the sampler the epoch, if it has a `set_epoch`, and gives the list of the batches' indices: arrays of
# int64, the last one maybe shorter.

# %% [markdown]
# <details><summary>Hint</summary>
#
# `np.fromiter(sampler, np.int64)` is the order (or `sampler.order()`, if your sampler has it); slices of it are the batches. `hasattr` asks for `set_epoch`. `_next`, `_at` and `_runs` are for step 7.
# </details>

# %% solution="scaling-loader"
#| export
class ScalingLoader(DataLoader):
    """A DataLoader with the same batches, to the bit, whoever makes them; each loop is a new epoch.

    Args:
        dataset, batch_size, shuffle: as for a DataLoader.
        num_workers: how many workers make batches; 0: this process does.
        workers: "processes" or "threads", in which samples cannot draw chance: see step 8.
        collate_fn: makes a batch of a list of samples; without it, the DataLoader's way.
        sampler: gives the indices, in place of `shuffle`; the same ones for the same epoch.
        seed: decides the order, and, with epoch and index, what a sample draws from `random` and
            `np.random`.
        ahead: how many batches wait for each worker.
    """
    def __init__(self, dataset, batch_size, shuffle=False, *, num_workers=0, workers="processes",
                 collate_fn=None, sampler=None, seed=0, ahead=2):
        super().__init__(dataset, batch_size, shuffle)
        self._next = self._at = 0, 0
        self._runs = weakref.WeakSet()
        if workers not in ("processes", "threads"):
            raise ValueError(f"workers must be 'processes' or 'threads'; it was {workers!r}")
        self.workers = workers
        ### BEGIN SOLUTION
        for name, value, least in (("num_workers", num_workers, 0), ("ahead", ahead, 1)):
            if not isinstance(value, (int, np.integer)) or value < least:
                raise ValueError(f"{name} must be an integer, {least} or more; it was {value!r}")
        if sampler is not None and shuffle:
            raise ValueError("a sampler decides the order: leave shuffle out")
        self.num_workers, self.ahead, self.seed, self.collate_fn = num_workers, ahead, seed, collate_fn
        self.sampler = ShardedSampler(len(dataset), 0, 1, shuffle, seed) if sampler is None else sampler
        ### END SOLUTION

    def __len__(self):
        ### BEGIN SOLUTION
        return -(-len(self.sampler) // self.batch_size)
        ### END SOLUTION

    def _plan(self, epoch):
        "The indices of each batch of an epoch."
        ### BEGIN SOLUTION
        if hasattr(self.sampler, "set_epoch"):
            self.sampler.set_epoch(epoch)
        in_array = hasattr(self.sampler, "order")
        order = self.sampler.order() if in_array else np.fromiter(map(operator.index, self.sampler), np.int64)
        return [order[start:start + self.batch_size] for start in range(0, len(order), self.batch_size)]
        ### END SOLUTION

# %% [markdown]
# A dataset may give whole batches by `get_batch` (05, step 7). These are what its samples give, so no chance is in them, and nothing has to be seeded or collated. `_at_once` makes use of that, and is
# given:

# %% given="at-once"
#| export
def _at_once(loader, make):
    "Return a `make` that asks the dataset for a whole batch; where it cannot, `make` itself."
    # the loader of 05 decides it alike, if its step 7 was done; this one does not depend on that
    kinds, names = type(loader.dataset).__mro__, {"get_batch", "__getitem__"}
    defined = [vars(kind).keys() & names for kind in kinds]
    own = "get_batch" in next(filter(None, defined), ()) and hasattr(loader.dataset, "get_batch")
    if not own or loader.collate_fn or type(loader)._collate_batch is not DataLoader._collate_batch:
        return make

    def make_at_once(indices):
        try:
            batch = _tried(indices.tolist(), loader.dataset.get_batch, indices)
        except SampleError:
            make(indices)  # sample by sample: the bad one is named
            raise
        return tuple(part if isinstance(part, Tensor) else Tensor(part) for part in batch)

    return make_at_once

# %% given="beside"
#| export
def _beside(loader, make, plan):
    "Return the batches of a plan, made by the loader's workers."
    if loader.workers == "processes":
        return _in_workers(make, plan, loader.num_workers, loader.ahead)
    return _without_chance(loader, plan)

# %% [markdown]
# **Your turn**, last. `loader._batches(epoch, first=0)`: a generator of the epoch's batches from number `first` on. Those before are not made. Without a `collate_fn` the loader's own
# `_collate_batch` collates.
#
# With workers, `_beside(self, make, plan)` gives the batches: `make(indices)` is a function that makes one, `plan` the list of arrays. It is
# given, and calls what you write in steps 6 and 8.

# %% [markdown]
# <details><summary>Hint</summary>
#
# `make = partial(_make_batch, dataset, collate, seed, epoch)` lacks only the indices; `_at_once(self, make)` is faster where it can be. Then `yield from`, either `_beside(...)` or
# `map(make, plan)`, which is lazy.
# </details>

# %% solution="batches"
#| export
@patch
def _batches(self: ScalingLoader, epoch, first=0):
    "Yield the batches of an epoch, from number `first` on."
    ### BEGIN SOLUTION
    plan = self._plan(epoch)[first:]
    make = _at_once(self, partial(_make_batch, self.dataset, self.collate_fn or self._collate_batch, self.seed, epoch))
    yield from _beside(self, make, plan) if self.num_workers else map(make, plan)
    ### END SOLUTION

# %% given="bits"
def as_bits(batches):
    "Batches of Tensors as bytes, with dtypes and shapes."
    def bits(array):
        return array.dtype.str, array.shape, array.tobytes()
    return [[bits(part.data) for part in batch] for batch in batches]

def planned(loader, epoch=0):
    "The plan of an epoch, as lists."
    return [indices.tolist() for indices in loader._plan(epoch)]

# %% test="loader-plan" points=3
# Test 5d · 3 points · which samples, in which batch
loader = ScalingLoader(Noisy(7), 3)
got = planned(loader), len(loader)
assert got == ([[0, 1, 2], [3, 4, 5], [6]], 3), (
    f"Step 5: 7 samples by 3 should be planned as 0 1 2, 3 4 5 and 6, 3 batches; it was {got}."
)
one, two = [planned(ScalingLoader(Noisy(40), 8, True)) for _ in range(2)]
later = planned(ScalingLoader(Noisy(40), 8, True), 1)
assert one == two, (
    "Step 5: the same seed and epoch should have the same plan; two loaders differed."
)
assert one != later, "Step 5: shuffled, epoch 1 should have another plan than epoch 0."
### BEGIN HIDDEN TESTS
everything = sorted(index for batch in one for index in batch)
assert everything == list(range(40)), f"Step 5: a shuffled epoch should have each of 40 samples once; it had {everything}."
other = planned(ScalingLoader(Noisy(40), 8, shuffle=True, seed=6))
assert other != one, "Step 5: another seed should have another plan."
shard = ShardedSampler(10, 1, 2, seed=4)
loader = ScalingLoader(Noisy(), 2, sampler=shard)
got = sum(planned(loader, 3), []), len(loader)
assert got == (shares(10, 2, 3, seed=4)[1], 3), f"Step 5: with a sampler the plan should be its indices of epoch 3, in 3 batches; it was {got}."
even = planned(ScalingLoader(Noisy(6), 3))
assert even == [[0, 1, 2], [3, 4, 5]], f"Step 5: 6 samples by 3 should be planned as two batches; it was {even}."
loader = ScalingLoader(Noisy(), 2, sampler=[9, 9, 1])
dtypes = {indices.dtype.str for indices in loader._plan(0)}
got = planned(loader), len(loader)
assert got == ([[9, 9], [1]], 2), f"Step 5: the sampler [9, 9, 1] by 2 should be planned as 9 9 and 1; it was {got}."
assert dtypes == {"<i8"}, f"Step 5: the plan should be arrays of int64; they were {dtypes}."
### END HIDDEN TESTS

# %% test="loader-refuses" points=2
# Test 5e · 2 points · what makes no sense
error = error_of(ScalingLoader, Noisy(), 2, num_workers=-1)
assert isinstance(error, ValueError), f"Step 5: -1 workers should raise ValueError, not {error!r}."
error = error_of(ScalingLoader, Noisy(), 2, True, sampler=[1, 2])
assert isinstance(error, ValueError), (
    f"Step 5: a sampler and shuffle=True should raise ValueError; it gave {error!r}."
)
### BEGIN HIDDEN TESTS
for options in [{"ahead": 0}, {"num_workers": 1.5}, {"ahead": "2"}, {"workers": "fibres"}]:
    error = error_of(ScalingLoader, Noisy(), 2, **options)
    assert isinstance(error, ValueError), f"Step 5: {options} should raise ValueError; it gave {error!r}."
error = error_of(ScalingLoader, Noisy(), 2, sampler=[1, 2], num_workers=np.int64(1), ahead=1)
assert error is None, f"Step 5: a sampler alone, one worker and one ahead are fine; it raised {error!r}."
### END HIDDEN TESTS

# %% test="loader-batches" points=2
# Test 5f · 2 points · the batches, and from where on
counted = CountingDataset(Noisy(7))
loader = ScalingLoader(counted, 3)
first = next(loader._batches(0))
assert isinstance(first, tuple), (
    f"Step 5: the first batch should be a tuple of Tensors, not {first!r}."
)
shape, fetched = first[0].data.shape, list(counted.fetched)
assert shape == (3, 3), (
    f"Step 5: the first batch should be collated as in 05, to shape (3, 3); it was {shape}."
)
assert fetched == [0, 1, 2], (
    f"Step 5: the first batch should fetch 0 1 2 and no more; it fetched {fetched}."
)
### BEGIN HIDDEN TESTS
whole = as_bits(loader._batches(5))
counted.fetched.clear()
rest = as_bits(loader._batches(5, 2))
assert rest == whole[2:], "Step 5: from batch 2 on, the batches should be those of the whole epoch, without two; they differ."
assert counted.fetched == [6], f"Step 5: from batch 2 of 3 on, only sample 6 should be fetched; it fetched {counted.fetched}."
got = list(ScalingLoader(range(5), 2, collate_fn=sum)._batches(0))
assert got == [1, 5, 4], f"Step 5: 0 to 4 by 2 with collate_fn=sum should give 1, 5, 4; it gave {got}."
### END HIDDEN TESTS

# %% test="loader-ready" points=0
# Nothing to do here. When graded, what follows uses your part of step 5, or a stand-in.
### BEGIN HIDDEN TESTS
def _draws_well():
    return drawn(1, 2, 3) == drawn(1, 2, 3) != drawn(3, 2, 1)

def _makes_well():
    one, two = (_make_batch(Noisy(), np.stack, 1, 0, np.array(rows)).tolist() for rows in ([3, 5], [5]))
    fault = error_of(_make_batch, Faulty(), np.stack, 0, 0, np.array([6]))
    return one[1] == two[0] and fault.index == 6 and error_of(_make_batch, Noisy(), decode_badly, 0, 0, np.array([1])).index == [1]

def _loads_well():
    seen = CountingDataset(Noisy(5))
    probe = ScalingLoader(seen, 2, shuffle=True, seed=1)
    whole, rest = as_bits(probe._batches(2)), as_bits(probe._batches(2, first=1))
    if len(seen.fetched) != 5 + 3:  # the batches before the first are not made
        return False
    if list(ScalingLoader(range(3), 2, collate_fn=sum)._batches(0)) != [1, 2]:
        return False
    return rest == whole[1:] and len(probe) == 3 and probe._next == (0, 0) and planned(ScalingLoader([1, 2], 1)) == [[0], [1]]

def _lent_seed(seed, epoch, index):
    fresh = np.random.default_rng((seed, epoch, index)).integers(2**32, size=2).tolist()
    random.seed(fresh[0]), np.random.seed(fresh[1])

def _lent_make(dataset, collate, seed, epoch, indices):
    lent_rows = [*map(int, indices)]
    with _chance_kept() as _nothing:
        got = [(_seed_chance(seed, epoch, row), _tried(row, lambda: dataset[row]))[1] for row in lent_rows]
        return _tried(lent_rows, lambda: collate(got))

class _LentLoader(DataLoader):
    def __init__(self, dataset, batch_size, shuffle=False, **given):
        DataLoader.__init__(self, *(dataset, batch_size, shuffle))
        options = {"num_workers": 0, "workers": "processes", "collate_fn": None, "sampler": None, "seed": 0, "ahead": 2} | given
        vars(self).update(options, _next=(0, 0), _at=(0, 0), _runs=weakref.WeakSet())
        self.sampler = self.sampler or ShardedSampler(len(dataset), 0, 1, shuffle, self.seed)
    def __len__(self):
        return (len(self.sampler) + self.batch_size - 1) // self.batch_size
    def _plan(self, epoch):
        getattr(self.sampler, "set_epoch", abs)(epoch)
        every = np.array(list(self.sampler), dtype="int64")
        return np.split(every, np.arange(self.batch_size, len(every), self.batch_size)) if len(every) else []
    def _batches(self, epoch, first=0):
        def one(rows):
            return _make_batch(self.dataset, self.collate_fn or self._collate_batch, self.seed, epoch, rows)
        lent_rest = self._plan(epoch)[first:]
        yield from (_beside(self, one, lent_rest) if self.num_workers > 0 else (one(rows) for rows in lent_rest))

if "_seed_chance" not in globals() or error_of(_draws_well) is not None or not _draws_well():
    _seed_chance = _lent_seed
if "_make_batch" not in globals() or error_of(_makes_well) is not None or not _makes_well():
    _make_batch = _lent_make
if "ScalingLoader" not in globals() or error_of(_loads_well) is not None or not _loads_well():
    ScalingLoader = type("ScalingLoader", (_LentLoader,), {})
### END HIDDEN TESTS

# %% [markdown]
# ## Step 6 · Processes, and shared memory between them
#
# A thread shares Python's lock: where samples are made by Python code, two threads take turns. Processes don't. But they share nothing else either, so a batch
# has to travel.

# %% [markdown]
# Through a pipe it would be pickled, copied in, copied out, unpickled. *Shared memory* is a block that two processes see: the worker writes the arrays into it, and only some sizes
# go through the pipe. On Linux such blocks are files in `/dev/shm`, and whoever forgets one there loses memory until the next restart.

# %% [markdown]
# Pickle's protocol 5 takes a batch apart for us, whatever it consists of: a small head, and the arrays' memory beside it.

# %% tags=["explore"]
parts = []
batch = {"image": np.zeros((100, 100)), "name": "cat"}
head = pickle.dumps(batch, protocol=5, buffer_callback=parts.append)
len(head), [part.raw().nbytes for part in parts]

# %% [markdown]
# Memory that nobody used before is slow: at the first write to each of its pages the system has to find one and fill it with zeros. So let's not make a block for each batch:

# %% tags=["explore"]
photographs, seconds = np.random.default_rng(0).bytes(64 * 224 * 224 * 3), {}
block = SharedMemory(create=True, size=len(photographs))
for when in ("in a new block", "once more"):
    began = time.perf_counter()
    block.buf[:len(photographs)] = photographs
    seconds[when] = time.perf_counter() - began
block.close(), block.unlink();

# %% tags=["explore"]
more = seconds["in a new block"] / seconds["once more"]
plots.draw_bars(seconds, unit="s", title=f"New memory took {more:.1f} times as long",
                x_label="time to write a batch of 64 photographs, 9.6 MB");

# %% [markdown]
# Given: `_block(name, size)` is the block of this name, with room for `size` bytes. It is made when it is first asked for, and stays open in both processes, for the next batch.

# %% given="block-tools"
#| export
_open_blocks = {}  # those that this process has open, by name

def _block(name, size):
    "Return the block of this name, with room for so many bytes; where necessary, a new one."
    if name in _open_blocks and _open_blocks[name].size < size:
        _open_blocks.pop(name).close()  # the other process may have made a larger one
    if name not in _open_blocks:
        try:
            _open_blocks[name] = SharedMemory(name)
        except FileNotFoundError:
            _open_blocks[name] = SharedMemory(name, create=True, size=size)
    if _open_blocks[name].size < size:
        _remove_block(name)
        return _block(name, size)
    return _open_blocks[name]

# %% [markdown]
# Whoever makes blocks removes them, whatever happened meanwhile. So all names of a loop are known before its first block is made:

# %% given="block-names"
#| export
def _remove_block(name):
    "Remove the block of this name, if there is one."
    with suppress(FileNotFoundError):
        try:
            block = _open_blocks.pop(name, None) or SharedMemory(name)
        except ValueError:  # its maker was stopped before the block had a size
            Path("/dev/shm", name).unlink()
            return
        block.close()
        block.unlink()

def _new_names(count):
    "Names for the blocks of one loop; macOS allows 30 characters."
    tag = f"tt_{os.getpid()}_{secrets.token_hex(3)}"
    return [f"{tag}_{number}" for number in range(count)]

# %% [markdown]
# **Your turn.** `_to_block(name, batch)` writes head and memory into the block of this name, one after the other. It returns what the other side needs: a few numbers, as it has to go through the
# pipe.

# %% [markdown]
# `_from_block(name, told)`, in the other process, gives the batch. It owns its memory, and can be written to: the block is for the next one.

# %% [markdown]
# <details><summary>Hint</summary>
#
# How large is it all together? Then `block = _block(name, ...)`, and `block.buf[start:stop] = part`. No block of 0 bytes. `bytearray(block.buf[start:stop])` is a copy that arrays may write to;
# `pickle.loads(head, buffers=...)`.
# </details>

# %% solution="to-block"
#| export
def _to_block(name, batch):
    "Write a batch into the block of this name; give what `_from_block` has to be told."
    ### BEGIN SOLUTION
    buffers = []
    head = pickle.dumps(batch, protocol=5, buffer_callback=buffers.append)
    parts = [memoryview(head), *(buffer.raw() for buffer in buffers)]
    sizes = [part.nbytes for part in parts]
    block, start = _block(name, sum(sizes)), 0
    for part in parts:
        block.buf[start:start + part.nbytes] = part
        start += part.nbytes
    return sizes
    ### END SOLUTION

# %% solution="from-block"
#| export
def _from_block(name, told):
    "Give the batch in the block of this name, with memory of its own."
    ### BEGIN SOLUTION
    block, start, parts = _block(name, sum(told)), 0, []
    for size in told:
        parts.append(bytearray(block.buf[start:start + size]))
        start += size
    return pickle.loads(parts[0], buffers=parts[1:])
    ### END SOLUTION

# %% given="through"
def through(*batches):
    "Batches, one after the other into a block and out of it; the last one as it came out."
    (name,) = _new_names(1)
    try:
        return [_from_block(name, _to_block(name, batch)) for batch in batches][-1]
    finally:
        _remove_block(name)

def left_behind():
    "How many processes there are below this one, and blocks of shared memory that it named."
    names = os.listdir("/dev/shm") if os.path.isdir("/dev/shm") else []
    ours = [name for name in names if name.startswith(f"tt_{os.getpid()}_")]
    return len(multiprocessing.active_children()), len(ours)

# %% test="block-there-and-back" points=3
# Test 6a · 3 points · what comes out is what went in
(name,) = _new_names(1)
told = _to_block(name, "a batch")
_remove_block(name)
assert told is not None, "Step 6: _to_block gave None: is its `return` missing?"
x, y = through((Tensor([[1.5, 2.5]]), Tensor([7, 8])))
values = x.data.tolist(), y.data.tolist()
assert values == ([[1.5, 2.5]], [7, 8]), (
    f"Step 6: two Tensors should come back as they were; they came as {values}."
)
### BEGIN HIDDEN TESTS
assert isinstance(x, Tensor), f"Step 6: a Tensor should come back as one; it came as {x!r}."
got = through({"name": ["cat", None], "n": 3})
assert got == {"name": ["cat", None], "n": 3}, f"Step 6: a batch without an array should come back as it was; it came as {got}."
arrays = [np.zeros((0, 4)), np.arange(6, dtype=np.int16).reshape(2, 3).T, np.array([True, False]), np.arange(8.0)[::2]]
got = [array.tolist() for array in through(arrays)]
assert got == [[], [[0, 3], [1, 4], [2, 5]], [True, False], [0.0, 2.0, 4.0, 6.0]], f"Step 6: empty, transposed, bool and strided arrays came as {got}."
dtypes = [array.dtype.str for array in through(arrays)]
assert dtypes == ["<f8", "<i2", "|b1", "<f8"], f"Step 6: dtypes should stay; they became {dtypes}."
### END HIDDEN TESTS

# %% test="block-owned" points=2
# Test 6b · 2 points · the block is used again, the batch stays
(name,) = _new_names(1)
told = _to_block(name, (Tensor(np.ones(1000)),))
first = _from_block(name, told)[0].data
told = _to_block(name, (Tensor(np.full(1000, 2.0)),))
second = _from_block(name, told)[0].data
second += 1
_remove_block(name)
got = float(first.sum()), float(second.sum())
assert got == (1000, 3000), (
    "Step 6: 1,000 ones stay; 1,000 twos, one added to each, make 3,000; the two batches were "
    f"{got}."
)
### BEGIN HIDDEN TESTS
before = left_behind()
large, small, larger = (Tensor(np.arange(float(count))) for count in (500, 20, 9000))
for batches in [(large, small), (small, larger), (large, small, larger, large)]:
    got, want = through(*batches).data.tolist(), batches[-1].data.tolist()
    assert got == want, f"Step 6: batches of other sizes in one block: the last of {[len(each) for each in batches]} values came as {got[:5]}..."
after = left_behind()
assert after == before, f"Step 6: processes and blocks should be {before} as before; there were {after}: no block but that of `_block`."
### END HIDDEN TESTS

# %% test="block-profile" points=2
# Profile 6 · 2 points · what goes through the pipe
(name,) = _new_names(1)
told = _to_block(name, (Tensor(np.zeros((32, 3, 64, 64))), Tensor(np.zeros(32))))
pipe_bytes = len(pickle.dumps(told))
_remove_block(name)
print(f"a batch of 1.57 MB: {pipe_bytes} B go through the pipe")
assert pipe_bytes < 2000, f"Step 6: at most 2,000 B should go through the pipe, not {pipe_bytes:,}."

# %% test="block-ready" points=0
# Nothing to do here. When graded, what follows uses your two functions, or stand-ins.
### BEGIN HIDDEN TESTS
def _goes_through():
    before = left_behind()
    back = through("a longer batch", {"a": np.arange(5), "b": "text"})
    back["a"][0] = 9
    return back["a"].tolist() == [9, 1, 2, 3, 4] and back["b"] == "text" and through(5) == 5 and left_behind() == before

def _lent_to(name, batch):
    packed = pickle.dumps([batch])
    _block(name, len(packed)).buf[:len(packed)] = packed
    return len(packed)

def _lent_from(name, told):
    return pickle.loads(bytes(_block(name, told).buf[:told])).pop()

if "_to_block" not in globals() or "_from_block" not in globals() or error_of(_goes_through) is not None or not _goes_through():
    _to_block, _from_block = _lent_to, _lent_from
### END HIDDEN TESTS

# %% [markdown]
# Now the workers. Batch k is made by worker k modulo their number, and each makes its batches one after the other. So whoever wants batch k knows whom to ask: the order needs no
# sorting.

# %% [markdown]
# **Your turn.** `_work(line, make, plan, names)` runs in a worker, for ever: it receives a number on its line, makes `plan[number]`, writes it to the block `names[number % len(names)]`, and sends what
# `_to_block` gave. In its place it sends the `SampleError`, if there was one; what fails on the way to the block becomes one too, with the list of the indices.

# %% [markdown]
# <details><summary>Hint</summary>
#
# `line.recv()` waits for a value, `line.send(value)` pickles one. `_tried` makes a `SampleError` of any fault and lets those of `make` pass; catch it, and send it.
# </details>

# %% solution="work"
#| export
def _work(line, make, plan, names):
    "In a worker: make the batch of each number that comes, send `_to_block`'s answer or the error."
    ### BEGIN SOLUTION
    while True:
        number = line.recv()
        try:
            answer = _tried(plan[number].tolist(), lambda: _to_block(names[number % len(names)], make(plan[number])))
        except SampleError as error:
            answer = error
        line.send(answer)
    ### END SOLUTION

# %% [markdown]
# Starting and ending processes is full of traps, and given. Three of them: a line ends only when *every* copy of its other end is closed, and forked siblings hold copies; Ctrl+C goes to all processes of a terminal;
# Python's *resource tracker*, a small process that removes blocks should this one be killed, has to be there before the first fork.

# %% given="begin-worker"
#| export
def _begin_worker(line, others, *job):
    "The first thing that a worker does."
    for other in others:
        other.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(EOFError, OSError):  # the training process closed the line, or is gone
        _work(line, *job)

# %% given="start-workers"
#| export
def _start_workers(count, *job):
    "Fork workers; give a list of pairs: the process, and this side's end of its line."
    if "fork" not in multiprocessing.get_all_start_methods():
        raise RuntimeError("no process can be forked here: use workers='threads' or num_workers=0")
    resource_tracker.ensure_running()
    context, workers = multiprocessing.get_context("fork"), []
    try:
        for _ in range(count):
            ours, theirs = context.Pipe()
            others = [line for _, line in workers] + [ours]
            begin = (theirs, others, *job)
            process = context.Process(target=_begin_worker, args=begin, daemon=True)
            process.start()
            theirs.close()
            workers.append((process, ours))
    except BaseException:
        _end_workers(workers)
        raise
    return workers

# %% given="end-workers"
#| export
def _end_workers(workers):
    "End workers: one that waits ends by itself, one that is busy is stopped; it only reads."
    for _, line in workers:
        line.close()
    deadline = time.monotonic() + 0.1
    for process, _ in workers:
        process.join(max(0, deadline - time.monotonic()))
        process.kill()
        process.join()
        process.close()

# %% given="ask-and-answer"
#| export
def _ask(worker, number):
    "Tell a worker to make a batch."
    with suppress(OSError):  # it has ended; that is said where its answer is missing
        worker[1].send(number)

def _answer(worker):
    "Wait for what a worker sends next."
    try:
        return worker[1].recv()
    except (EOFError, OSError):
        worker[0].join()
        how = f"a worker ended with exit code {worker[0].exitcode}"
        why = "-9: killed, memory may have run out; -7: /dev/shm may be full"
        raise RuntimeError(f"{how} ({why})") from None

# %% [markdown]
# **Your turn.** `_in_workers(make, plan, count, ahead)`: a generator of the batches `make(indices)` for each entry of `plan`, in order, made by `count` workers, or fewer if there are fewer
# batches.

# %% [markdown]
# - While you hold one batch, at most `ahead` for each worker are made or waiting.
# - With `(ahead + 1) * workers` names from `_new_names`, or more, no block is written to again before it was read.
# - A `SampleError` is raised where its batch would have come.
# - Whatever ends it, the last batch, an error or `close()`: no process and no block is left.

# %% [markdown]
# <details><summary>Hint</summary>
#
# `_start_workers(workers, make, plan, names)`. Before you wait for batch `number`, ask for all below `number + 1 + ahead * workers` that you have not asked
# for; then `_answer`, raise or `yield _from_block`. In `finally`: `_end_workers`, then `_remove_block` for each name: in this order, as a living worker could make a new one.
# </details>

# %% solution="in-workers"
#| export
def _in_workers(make, plan, count, ahead):
    "Yield make(indices) for each entry of the plan, in order, made in processes; leave none."
    ### BEGIN SOLUTION
    count, asked = min(count, len(plan)), 0
    names = _new_names((ahead + 1) * count)
    workers = _start_workers(count, make, plan, names)
    try:
        for number in range(len(plan)):
            while asked < min(len(plan), number + 1 + ahead * count):
                _ask(workers[asked % count], asked)
                asked += 1
            answer = _answer(workers[number % count])
            if isinstance(answer, SampleError):
                raise answer
            yield _from_block(names[number % len(names)], answer)
    finally:
        _end_workers(workers)
        for name in names:
            _remove_block(name)
    ### END SOLUTION

# %% given="singles"
def singles(count):
    "A plan of batches of one sample each."
    return [np.array([number]) for number in range(count)]

def says_where(indices):
    "Makes a batch of its index and the process that made it."
    return int(indices[0]), os.getpid()

def slow_first(indices):
    "Makes the batch of sample 0 slowly."
    threading.Event().wait(0.3 if indices[0] == 0 else 0)
    return int(indices[0])

# %% test="workers-order" points=3
# Test 6c · 3 points · in order, from other processes
got = finished(lambda: list(_in_workers(says_where, singles(7), 2, 2)))
assert isinstance(got, list), (
    f"Step 6: seven batches should come from two workers; it gave {got!r}."
)
numbers, places = [batch[0] for batch in got], {batch[1] for batch in got}
own = os.getpid()
assert numbers == [0, 1, 2, 3, 4, 5, 6], (
    f"Step 6: the batches 0 to 6 should come in order; they came as {numbers}."
)
assert len(places) == 2 and own not in places, (
    f"Step 6: two other processes should make them; {len(places)} did, this one is among them: "
    f"{own in places}."
)
### BEGIN HIDDEN TESTS
got = finished(lambda: list(_in_workers(slow_first, singles(5), 3, 1)))
assert got == [0, 1, 2, 3, 4], f"Step 6: a slow batch 0 should still come first; it gave {got!r}."
got = finished(lambda: list(_in_workers(slow_first, singles(2), 4, 2))), finished(lambda: list(_in_workers(slow_first, [], 2, 2)))
assert got == ([0, 1], []), f"Step 6: two batches, then none, from more workers than that; it gave {got!r}."
_start_one, started = multiprocessing.process.BaseProcess.start, []  # all that are started: one that was asked too much has ended
multiprocessing.process.BaseProcess.start = lambda process: (started.append(process), _start_one(process))[1]
finished(lambda: list(_in_workers(says_where, singles(2), 5, 1)))
multiprocessing.process.BaseProcess.start = _start_one
_read_at_once = _from_block
_from_block = lambda name, told: (threading.Event().wait(0.1), _read_at_once(name, told))[1]  # meanwhile, workers write
plan = [np.array(number) for number in range(8)]
got = finished(lambda: [[int(batch[0]) for batch in _in_workers(partial(np.full, 9), plan, count, ahead)] for count, ahead in ((1, 2), (2, 3))], 6)
_from_block = _read_at_once
assert got == [list(range(8))] * 2, f"Step 6: eight batches, slowly read, should come as 0 to 7; blocks were written to before they were read: {got!r}."
assert len(started) == 2, f"Step 6: for two batches two workers should be started, not five; {len(started)} were."
got = finished(lambda: sorted({str(place) for place in ScalingLoader(Noisy(), 2, num_workers=3, ahead=1, collate_fn=lambda samples: os.getpid())._batches(0)}))
assert len(got) == 3, f"Step 6: a loader with num_workers=3 and ahead=1 should use three processes; it gave {got!r}."
for epoch in (0, 3):
    one = as_bits(ScalingLoader(Noisy(), 3, shuffle=True)._batches(epoch))
    two = finished(lambda: as_bits(ScalingLoader(Noisy(), 3, shuffle=True, num_workers=2)._batches(epoch)))
    assert one == two, f"Step 6: with two workers the batches of epoch {epoch} should be the same to the bit; they differ."
### END HIDDEN TESTS

# %% test="workers-ahead" points=2
# Test 6d · 2 points · not more than `ahead` for each worker
board = mmap.mmap(-1, 32)  # memory that forked processes share
def noted(indices):
    board[int(indices[0])] = 1
    return int(indices[0])

stream = _in_workers(noted, singles(20), 2, 2)
finished(lambda: next(stream))
five, six = reached(lambda: sum(board[:20]), 5, 4), reached(lambda: sum(board[:20]), 6, 0.2)
made = sum(board[:20])
stream.close()
assert five, (
    f"Step 6: with one batch taken, two workers and ahead=2, five should be made; {made} were."
)
assert not six, (
    "Step 6: with one batch taken, two workers and ahead=2, no more than five should be made; "
    f"{made} were."
)
### BEGIN HIDDEN TESTS
board[:] = bytes(32)
stream = _in_workers(noted, singles(20), 1, 1)
finished(lambda: [next(stream), next(stream)])
three, four = reached(lambda: sum(board[:20]), 3, 4), reached(lambda: sum(board[:20]), 4, 0.2)
made = sum(board[:20])
stream.close()
assert three and not four, f"Step 6: with two batches taken, one worker and ahead=1, three should be made; {made} were."
### END HIDDEN TESTS

# %% test="workers-errors" points=3
# Test 6e · 3 points · what a worker raises
taken = []
faulty = partial(_make_batch, Faulty(), np.stack, 0, 0)
batches = _in_workers(faulty, singles(9), 2, 2)
error = finished(lambda: [taken.append(float(batch[0])) for batch in batches])
name = type(error).__name__
assert name == "SampleError", (
    f"Step 6: a worker's SampleError should come out of the loop; it gave {error!r}."
)
got = error.index, len(taken)
assert got == (6, 6), (
    f"Step 6: sample 6 fails after six good batches; index and good batches were {got}."
)
### BEGIN HIDDEN TESTS
text = str(error)
assert "ZeroDivisionError" in text and "__getitem__" in text, f"Step 6: the original traceback should be in the text; it was {text!r}."
error = finished(lambda: list(_in_workers(lambda indices: (lambda: 1), singles(3), 2, 1)))
name = type(error).__name__
assert name == "SampleError", f"Step 6: a batch that cannot be pickled should come as a SampleError; it gave {error!r}."
error = finished(lambda: list(_in_workers(lambda indices: os._exit(5), singles(3), 2, 1)))
assert isinstance(error, RuntimeError), f"Step 6: a worker that dies should raise RuntimeError, not hang; it gave {error!r}."
text = str(error)
assert "5" in text, f"Step 6: the error should name its exit code, 5; it says {text!r}."
### END HIDDEN TESTS

# %% test="workers-leave" points=4
# Test 6f · 4 points · nothing is left behind
def big(indices):
    return np.full(10_000, indices[0])

def taken_and_left(batches, count):
    "Takes some batches, and leaves the loop; gives what was there before and after."
    before = left_behind()
    for number, batch in enumerate(batches, 1):
        if number == count:
            break
    del batches
    return before, left_behind()

before, after = finished(lambda: taken_and_left(_in_workers(big, singles(6), 2, 2), 99))
assert after == before, (
    f"Step 6: after the last batch processes and blocks should be {before} as before; there were "
    f"{after}."
)
before, after = finished(lambda: taken_and_left(_in_workers(big, singles(60), 2, 3), 4))
assert after == before, (
    f"Step 6: after a break processes and blocks should be {before} as before; there were {after}."
)
### BEGIN HIDDEN TESTS
before = left_behind()
finished(lambda: list(_in_workers(faulty, singles(9), 2, 4)))
after = left_behind()
assert after == before, f"Step 6: after an error processes and blocks should be {before} as before; there were {after}."
stream = _in_workers(big, singles(50), 3, 4)
finished(lambda: next(stream))
reached(lambda: left_behind()[1], 12, 1)
finished(stream.close)
after = left_behind()
assert after == before, f"Step 6: after close() processes and blocks should be {before} as before; there were {after}."
### END HIDDEN TESTS

# %% [markdown]
# ## Step 7 · Go on in the middle of an epoch
#
# A checkpoint of 08 knows of epochs. Where an epoch takes a day, a crash costs a day. But all that a loader does follows from its seed, an epoch and the number of a
# batch: three numbers are its whole state.

# %% [markdown]
# **Your turn.** `loader._run()` is a generator of the batches from `self._next` = (epoch, first) on: those of `_batches(epoch, first)`. Meanwhile:

# %% [markdown]
# - once it begins, `_next` is the next epoch's (epoch + 1, 0), so that each loop is another epoch;
# - `_at` is (epoch, number of batches handed out so far), from before its first batch on; it stays there when the loop is left, and is (epoch + 1, 0) once the epoch is over.

# %% [markdown]
# Then `state_dict()`: a dict of `seed`, `batch_size`, `shuffle`, `samples` (the sampler's `len`), and of where the loader is: `epoch` and `batch`. Numbers and bools that JSON takes.

# %% [markdown]
# `load_state_dict(state)` sets `_at` and `_next` to that place. If one of the first four differs from the loader's own, or anything is missing: `ValueError`, whose text names it, and nothing
# changes. So it is with a place that no epoch has: an `epoch` or a `batch` below 0, or a `batch` above `len(self)`. The number of workers may differ.

# %% [markdown]
# <details><summary>Hint</summary>
#
# `enumerate(batches, first + 1)` counts what was handed out. Set `_at` *before* `yield`: whoever holds a batch has it. `with closing(self._batches(...)) as batches:` ends the workers at once, whatever ends the loop.
# </details>

# %% solution="run"
#| export
@patch
def _run(self: ScalingLoader):
    "Yield the batches from `_next` on, and note in `_at` how far it is."
    ### BEGIN SOLUTION
    epoch, first = self._next
    self._at, self._next = (epoch, first), (epoch + 1, 0)
    with closing(self._batches(epoch, first)) as batches:
        for handed, batch in enumerate(batches, first + 1):
            self._at = epoch, handed
            yield batch
    self._at = epoch + 1, 0
    ### END SOLUTION

# %% solution="state-dict"
#| export
@patch
def state_dict(self: ScalingLoader) -> dict:
    "Where the loader is: all that it takes to go on from there, as numbers that JSON takes."
    ### BEGIN SOLUTION
    epoch, batch = self._at
    settings = {"seed": self.seed, "batch_size": self.batch_size, "shuffle": self.shuffle, "samples": len(self.sampler)}
    return {**settings, "epoch": epoch, "batch": batch}
    ### END SOLUTION

# %% solution="load-state-dict"
#| export
@patch
def load_state_dict(self: ScalingLoader, state):
    "Go on from there with the next loop. Raises ValueError if the state is that of another loader."
    ### BEGIN SOLUTION
    for name, mine in self.state_dict().items():
        if name not in state:
            raise ValueError(f"the state says nothing of {name}")
        if name not in ("epoch", "batch") and state[name] != mine:
            raise ValueError(f"{name} is {state[name]!r} in the state and {mine!r} here")
    for name in ("epoch", "batch"):
        if not isinstance(state[name], (int, np.integer)) or state[name] < 0:
            raise ValueError(f"{name} is {state[name]!r} in the state, where a whole number from 0 on was expected")
    if state["batch"] > len(self):
        raise ValueError(f"batch is {state['batch']!r} in the state, and the last one of an epoch is {len(self)}")
    self._at = self._next = state["epoch"], state["batch"]
    ### END SOLUTION

# %% [markdown]
# Given: a loop begins a run, and `close()` ends all that are still going on. When a run is closed, so are its batches, and with them the workers.

# %% given="loader-iter"
#| export
@patch
def __iter__(self: ScalingLoader):
    "The batches of the next epoch; after `load_state_dict`, of the rest of that one."
    run = self._run()
    self._runs.add(run)
    return run

@patch
def close(self: ScalingLoader):
    "End all loops over this loader, and their workers."
    for run in list(self._runs):
        run.close()

# %% given="stopped"
def stopped(loader, count):
    "The bits of so many batches; then the loop is left. And the state, once through JSON."
    taken = []
    for batch in loader:
        taken += as_bits([batch])
        if len(taken) == count:
            break
    return taken, json.loads(json.dumps(loader.state_dict()))

# %% test="loop-epochs" points=3
# Test 7a · 3 points · each loop is another epoch
loader, other = ScalingLoader(Noisy(), 4, True), ScalingLoader(Noisy(), 4, True)
kind = type(ScalingLoader(Noisy(), 4)._run()).__name__
assert kind == "generator", f"Step 7: _run should be a generator, with `yield`; it gave a {kind}."
got, want = [as_bits(loader), as_bits(loader)], [as_bits(other._batches(epoch)) for epoch in (0, 1)]
assert got[0] == want[0], "Step 7: the first loop should give the batches of epoch 0; they differ."
assert got[1] == want[1], "Step 7: the second loop should give the batches of epoch 1; they differ."
### BEGIN HIDDEN TESTS
loader = ScalingLoader(Noisy(), 4, True)
stopped(loader, 1)
got = as_bits(loader)
assert got == want[1], "Step 7: a loop that was left counts: the next one should be epoch 1; it was not."
loader = ScalingLoader(Noisy(), 4, True)
first, second = iter(loader), iter(loader)
got = as_bits([next(first), next(second)])
assert got == [want[0][0], want[1][0]], "Step 7: of two loops at once, the one that begins first is epoch 0, the other epoch 1."
peeking = ScalingLoader(Noisy(), 5, collate_fn=lambda samples: peeking._at)
next(iter(peeking))
got = list(peeking)[0]
assert got == (1, 0), f"Step 7: while the first batch of epoch 1 is made, _at should be (1, 0); it was {got}."
### END HIDDEN TESTS

# %% test="state-resumes" points=4
# Test 7b · 4 points · stopped and resumed, to the bit
whole = ScalingLoader(Noisy(11), 2, True, seed=5)
error = error_of(json.dumps, whole.state_dict())
assert error is None, (
    f"Step 7: state_dict() should hold numbers that JSON takes; it gave {error!r}."
)
want = [as_bits(whole), as_bits(whole)]
taken, state = stopped(ScalingLoader(Noisy(11), 2, True, seed=5), 4)
fresh = ScalingLoader(Noisy(11), 2, True, seed=5)
fresh.load_state_dict(state)
got = as_bits(fresh)
place = state["epoch"], state["batch"]
assert place == (0, 4), (
    f"Step 7: after four batches the state should say epoch 0, batch 4, not {place}."
)
assert taken + got == want[0], (
    f"Step 7: four batches and the rest should be the whole epoch; {len(taken)} and {len(got)} "
    "came, or their bits differ."
)
### BEGIN HIDDEN TESTS
got = as_bits(fresh)
assert got == want[1], "Step 7: after the rest of epoch 0, epoch 1 should follow; it did not."
place = [fresh.state_dict()[name] for name in ("epoch", "batch")]
assert place == [2, 0], f"Step 7: after two whole epochs the state should be epoch 2, batch 0; it was {place}."
fresh.load_state_dict({**state, "epoch": 0, "batch": 6})
got = as_bits(fresh), as_bits(fresh)
assert got == ([], want[1]), "Step 7: a state after the last batch of epoch 0 leaves nothing of it, and then epoch 1 follows; it did not."
fresh.load_state_dict({**state, "epoch": 1, "batch": 1})
place = [fresh.state_dict()[name] for name in ("epoch", "batch")]
assert place == [1, 1], f"Step 7: a state that was just loaded should be given back, epoch 1, batch 1; it was {place}."
next(iter(fresh))
place = [fresh.state_dict()[name] for name in ("epoch", "batch")]
assert place == [1, 2], f"Step 7: one batch on, it should be epoch 1, batch 2; it was {place}."
### END HIDDEN TESTS

# %% test="state-refuses" points=2
# Test 7c · 2 points · a state of another loader
loader = ScalingLoader(Noisy(), 2, seed=3)
state = loader.state_dict()
error = error_of(ScalingLoader(Noisy(), 4, seed=3).load_state_dict, state)
assert isinstance(error, ValueError), (
    f"Step 7: another batch_size should raise ValueError; it gave {error!r}."
)
text = str(error)
assert "batch_size" in text, f"Step 7: the text should name batch_size; it was {text!r}."
### BEGIN HIDDEN TESTS
for name, other in [("seed", {"seed": 4}), ("shuffle", {"shuffle": True, "seed": 3}), ("samples", {"sampler": [1, 2], "seed": 3})]:
    loader = ScalingLoader(Noisy(), 2, **other)
    error, place = error_of(loader.load_state_dict, {**state, "epoch": 7}), loader._next
    assert isinstance(error, ValueError), f"Step 7: another {name} should raise ValueError; it gave {error!r}."
    assert name in str(error), f"Step 7: the text should name {name}; it was {str(error)!r}."
    assert place == (0, 0), f"Step 7: a state that is refused should change nothing; the next loop would begin at {place}."
for name in ("seed", "epoch", "batch"):
    loader = ScalingLoader(Noisy(), 2, seed=3)
    error = error_of(loader.load_state_dict, {key: value for key, value in state.items() if key != name})
    assert isinstance(error, ValueError), f"Step 7: a state without {name} should raise ValueError; it gave {error!r}."
    assert name in str(error), f"Step 7: the text should name {name}, which is missing; it was {str(error)!r}."
### END HIDDEN TESTS

# %% test="state-place" points=1
# Test 7d · 1 point · a place that no epoch has
loader = ScalingLoader(Noisy(10), 2)
error, place = error_of(loader.load_state_dict, {**loader.state_dict(), "batch": 99}), loader._next
name = type(error).__name__
assert name == "ValueError", f"Step 7: batch 99 of 5 should raise ValueError; it gave {name}."
assert "batch" in str(error), f"Step 7: the text should name batch; it was {str(error)!r}."
assert place == (0, 0), (
    f"Step 7: a state that is refused should change nothing; the next loop would begin at {place}."
)
### BEGIN HIDDEN TESTS
for name, value in (("batch", -1), ("batch", 6), ("epoch", -1)):
    error = error_of(loader.load_state_dict, {**loader.state_dict(), name: value})
    assert isinstance(error, ValueError), f"Step 7: {name} {value} should raise ValueError; it gave {error!r}."
    assert name in str(error), f"Step 7: the text should name {name}; it was {str(error)!r}."
for expected in ((3, 5), (9, 2)):
    loader.load_state_dict({**loader.state_dict(), "epoch": expected[0], "batch": expected[1]})
    place = loader._next
    assert place == expected, f"Step 7: epoch {expected[0]} and batch {expected[1]} of 5 are a place; the next loop would begin at {place}."
### END HIDDEN TESTS

# %% test="loop-lazy" points=1
# Test 7e · 1 point · a batch is made when it is asked for
counted = CountingDataset(Noisy(12))
loader = ScalingLoader(counted, 3)
stream = iter(loader)
next(stream)
loader.close()
fetched, after = list(counted.fetched), next(stream, "ended")
assert fetched == [0, 1, 2], f"Step 7: one batch of three should fetch 0 1 2; it fetched {fetched}."
assert after == "ended", f"Step 7: close() should end a loop that is going on; it gave {after!r}."

# %% test="resume-profile" points=2
# Profile 7 · 2 points · what was done is not done again
counted = CountingDataset(Noisy(1000))
loader = ScalingLoader(counted, 10)
loader.load_state_dict({**loader.state_dict(), "epoch": 4, "batch": 97})
batches = len(list(loader))
print(f"resumed at batch 97 of 100: {batches} batches, {len(counted.fetched)} samples fetched")
assert batches == 3, f"Step 7: from batch 97 of 100 on, three are left; {batches} came."
assert counted.fetched == list(range(970, 1000)), (
    f"Step 7: only samples 970 to 999 should be fetched; {len(counted.fetched)} were."
)

# %% [markdown]
# ## Step 8 · Threads in place of processes
#
# A process has to be forked, which Windows cannot do. Its first batch comes later, its memory comes on top, and every batch is copied. A thread is
# begun at once and shares all memory, but Python's lock, too.

# %% [markdown]
# So it matters *who* works. Python code keeps the lock. Pillow, zlib and NumPy give it back while they compute. How long do two of a kind take side by side?
# Twice as long is taking turns; as long as one alone is truly side by side, and needs two idle cores.

# %% tags=["explore"]
import zlib

packed, numbers = zlib.compress(bytes(20_000_000)), np.random.default_rng(0).random(400_000)
works = {"a loop in Python": lambda _: sum(number * number for number in range(400_000)),
         "NumPy sorts": lambda _: np.sort(numbers),
         "zlib unpacks": lambda _: zlib.decompress(packed)}

# %% tags=["explore"]
from tinytorch.profiling import seconds_per_call

times = {}  # in times of one alone
with ThreadPoolExecutor(2) as pool:
    for name, work in works.items():
        both = seconds_per_call(lambda: list(pool.map(work, range(2))))
        times[name] = both / seconds_per_call(lambda: work(0))
plots.draw_bars(times, title="How long do two take side by side, in two threads?",
                x_label=f"times as long as one alone ({os.cpu_count()} cores)");

# %% [markdown]
# **Your turn.** `_in_threads(make, plan, count, ahead)`: a generator of the batches `make(indices)` for each entry of `plan`, in order, made by up to `count` threads, each as it
# was made: nothing is copied.

# %% [markdown]
# - As in step 6: while you hold one batch, at most `ahead` for each thread are made or waiting.
# - Whatever `make` raises comes out where its batch would have.
# - Whatever ends it, the last batch, an error or `close()`: no thread is left. Nobody can stop a thread, so what has begun is waited for, and what has not is not made.

# %% [markdown]
# <details><summary>Hint</summary>
#
# A `ThreadPoolExecutor(count)` starts threads when it needs them. `pool.submit(make, indices)` gives a *future* at once; its `result()` waits for the batch, or raises what `make` raised.
# Keep the futures in a `deque`, in the order of the plan. `pool.shutdown(cancel_futures=True)` ends the pool.
# </details>

# %% solution="in-threads"
#| export
def _in_threads(make, plan, count, ahead):
    "Yield make(indices) for each entry of the plan, in order, made in threads; leave none."
    ### BEGIN SOLUTION
    pool, waiting = ThreadPoolExecutor(count), deque()
    try:
        for number in range(len(plan)):
            for indices in plan[number + len(waiting):number + 1 + ahead * count]:
                waiting.append(pool.submit(make, indices))
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)
    ### END SOLUTION

# %% given="in-threads-tools"
class Begun:
    "Makes batches of one number; notes which it began, and waits before it makes some of them."
    def __init__(self, waits=lambda number: None):
        self.numbers, self.waits = [], waits

    def __call__(self, indices):
        self.numbers.append(int(indices[0]))
        self.waits(int(indices[0]))
        return int(indices[0])

def broken_at(number, error):
    "Makes batches of one number; one of them cannot be made."
    return Begun(lambda made: broken_source(0, error).__next__() if made == number else None)

# %% test="threads-order" points=2
# Test 8a · 2 points · in order, and two at once
both = threading.Barrier(2)  # lets nobody pass before two wait
got = finished(lambda: list(_in_threads(Begun(lambda number: both.wait(3)), singles(8), 2, 2)))
assert isinstance(got, list), (
    "Step 8: two threads should make batches at the same time: submit the second batch before "
    f"you ask for the first one's `.result()`; it gave {got!r}."
)
assert got == list(range(8)), f"Step 8: the batches 0 to 7 should come in order, not as {got}."
### BEGIN HIDDEN TESTS
slow = Begun(lambda number: threading.Event().wait(0.3 if number in (0, 5) else 0))
got = finished(lambda: list(_in_threads(slow, singles(9), 3, 2)))
assert got == list(range(9)), f"Step 8: where batches 0 and 5 are slow, 0 to 8 should still come in order; it gave {got!r}."
got = [finished(lambda: list(_in_threads(Begun(), singles(length), 4, 1))) for length in (0, 1, 3)]
assert got == [[], [0], [0, 1, 2]], f"Step 8: none, one and three batches from four threads came as {got!r}."
batches = [object() for _ in range(5)]
got = finished(lambda: list(_in_threads(lambda indices: batches[indices[0]], singles(5), 2, 1)))
same = [one is other for one, other in zip(got, batches)]
assert same == [True] * 5, f"Step 8: a batch should come as it was made, and not a copy; the same objects came: {same}."
### END HIDDEN TESTS

# %% test="threads-ahead" points=2
# Test 8b · 2 points · not more than `ahead` for each thread
make = Begun()
stream = _in_threads(make, singles(20), 2, 2)
begun = len(make.numbers)
finished(lambda: next(stream))
five, six = reached(lambda: len(make.numbers), 5, 4), reached(lambda: len(make.numbers), 6, 0.2)
made = len(make.numbers)
finished(stream.close)
assert begun == 0, (
    f"Step 8: before the first batch is asked for, none should be made; {begun} were."
)
assert five, (
    f"Step 8: with one batch taken, two threads and ahead=2, five should be made; {made} were."
)
assert not six, (
    "Step 8: with one batch taken, two threads and ahead=2, no more than five should be made; "
    f"{made} were."
)
### BEGIN HIDDEN TESTS
make = Begun()
stream = _in_threads(make, singles(20), 1, 3)
finished(lambda: [next(stream), next(stream)])
five, six = reached(lambda: len(make.numbers), 5, 4), reached(lambda: len(make.numbers), 6, 0.2)
made = len(make.numbers)
finished(stream.close)
assert five and not six, f"Step 8: with two batches taken, one thread and ahead=3, five should be made; {made} were."
### END HIDDEN TESTS

# %% test="threads-errors" points=2
# Test 8c · 2 points · an error comes where its batch would have
taken = []
make = broken_at(4, SampleError(4, "the file is torn"))
error = finished(lambda: taken.extend(_in_threads(make, singles(9), 2, 2)))
assert isinstance(error, SampleError), (
    "Step 8: the SampleError of batch 4 should come out of the loop, as `.result()` raises it; "
    f"the loop gave {taken} and {error!r}."
)
assert taken == [0, 1, 2, 3], f"Step 8: the four good batches should come first; {taken} came."
### BEGIN HIDDEN TESTS
index = error.index
assert index == 4, f"Step 8: it should be the very error, of sample 4; its index was {index!r}."
error = finished(lambda: list(_in_threads(broken_at(1, SystemExit("enough")), singles(9), 2, 2)))
assert isinstance(error, SystemExit), f"Step 8: SystemExit should come out, too; it gave {error!r}."
### END HIDDEN TESTS

# %% test="threads-leave" points=2
# Test 8d · 2 points · no thread is left
def left_early():
    for batch in _in_threads(Begun(lambda number: threading.Event().wait(0.02)), singles(50), 3, 4):
        break

before = set(threading.enumerate())
finished(lambda: list(_in_threads(Begun(), singles(6), 2, 2)))
after_end = len(set(threading.enumerate()) - before)
finished(left_early)
after_break = len(set(threading.enumerate()) - before)
assert after_end == 0, (
    f"Step 8: after the last batch no thread should be left; "
    f"still running: {after_end}. shutdown(wait=True) waits for them."
)
assert after_break == 0, (
    f"Step 8: after a loop that was left, no thread should be left; still running: {after_break}. "
    "shutdown(wait=True) waits for them."
)
### BEGIN HIDDEN TESTS
finished(lambda: list(_in_threads(broken_at(2, OSError()), singles(30), 2, 3)))
after_error = len(set(threading.enumerate()) - before)
assert after_error == 0, f"Step 8: after an error no thread should be left; still running: {after_error}. shutdown(wait=True) waits for them."
gate = threading.Event()
make = Begun(lambda number: gate.wait(3) if number else None)
stream = _in_threads(make, singles(30), 1, 4)
finished(lambda: next(stream))
reached(lambda: len(make.numbers), 2, 3)
opener = threading.Timer(0.2, gate.set)
finished(lambda: (opener.start(), stream.close()))
late, after_close = make.numbers[2:], len(set(threading.enumerate()) - before - {opener})
opener.join()
assert late == [], f"Step 8: once closed, batches that have not begun should not be made; {late} were."
assert after_close == 0, f"Step 8: after close() no thread should be left; still running: {after_close}. shutdown(wait=True) waits for them."
### END HIDDEN TESTS

# %% test="threads-profile" points=1
# Profile 8 · 1 point · how much is in memory at once
megabyte = lambda indices: np.zeros(125_000)
def take_all():
    for batch in _in_threads(megabyte, singles(12), 2, 1):
        threading.Event().wait(0.02)

peak = finished(lambda: peak_bytes(take_all))
print(f"12 batches of 1 MB, two threads, one ahead: at most {peak:,} B at once")
assert peak <= 5_500_000, (
    f"Step 8: five batches of 1 MB at most should be in memory at once; the peak was {peak:,} B."
)

# %% [markdown]
# What becomes of chance? Processes have a `random` each, threads share one, with your Dropout. Seeded here and drawn there, it would be anybody's. So samples that
# threads make must not draw. The first batch is made without threads, and watched:

# %% given="no-chance"
#| export
@contextmanager
def _no_chance():
    "Raise RuntimeError where what is done meanwhile draws chance, which then goes on as before."
    states = [pickle.dumps((random.getstate(), np.random.get_state()))]
    with _chance_kept():
        yield
        states.append(pickle.dumps((random.getstate(), np.random.get_state())))
    if states[0] != states[1]:
        shared = "samples draw from `random` or `np.random`, which threads share"
        raise RuntimeError(f"{shared}: use workers='processes'")

# %% given="without-chance"
#| export
def _without_chance(loader, plan):
    "Yield the batches of a plan, made by threads from samples that draw no chance."
    def make(indices):
        numbers = indices.tolist()
        samples = [_tried(number, lambda: loader.dataset[number]) for number in numbers]
        return _tried(numbers, loader.collate_fn or loader._collate_batch, samples)

    make = _at_once(loader, make)
    for first in plan[:1]:
        with _no_chance():
            batch = make(first)
        yield batch
        del batch
    yield from _in_threads(make, plan[1:], loader.num_workers, loader.ahead)

# %% [markdown]
# That is all: `workers="threads"` is ready.

# %% given="steady"
class Steady(Noisy):
    "Samples without chance."
    def __getitem__(self, index):
        return np.array([index, index**2])

# %% test="threads-loader" points=1
# Test 8f · 1 point · the same batches as with no worker
alone = ScalingLoader(Steady(11), 3, shuffle=True)
loader = ScalingLoader(Steady(11), 3, shuffle=True, num_workers=2, workers="threads")
want, got = as_bits(alone._batches(0)), finished(lambda: as_bits(loader._batches(0)))
assert isinstance(got, list), (
    f"Step 8: a loader with two threads should give all batches; it gave {got!r}."
)
assert got == want, (
    "Step 8: a loader with two threads should give the same batches to the bit; they differ."
)
### BEGIN HIDDEN TESTS
want, got = as_bits(alone._batches(4, 2)), finished(lambda: as_bits(loader._batches(4, 2)))
assert got == want, "Step 8: from batch 2 of epoch 4 on, the same batches should come with two threads; they differ."
### END HIDDEN TESTS

# %% [markdown]
# Samples of chance are refused, and told why.

# %% tags=["explore"]
print(error_of(list, ScalingLoader(Noisy(), 4, num_workers=2, workers="threads")))

# %% [markdown]
# When does each of them give its first batch of your photographs?

# %% tags=["explore"]
pictures = ImageFolder(folder.parent, size=(96, 128))

def first_batch(**options):
    "The seconds until the first batch of sixteen photographs."
    began = time.perf_counter()
    with closing(iter(ScalingLoader(pictures, 16, **options))) as stream:
        next(stream)
        return time.perf_counter() - began

# %% tags=["explore"]
ways = {"no workers": {}, "two threads": {"num_workers": 2, "workers": "threads"},
        "two processes": {"num_workers": 2}}
seconds = {way: min(first_batch(**options) for _ in range(5)) for way, options in ways.items()}
plots.draw_bars(seconds, unit="s", title="How long until the first batch?",
                x_label="time to the first 16 photographs, the best of five");

# %% [markdown]
# And how much memory has nobody but the workers? (Linux tells.)

# %% tags=["explore"]
def own_bytes(process):
    "The memory that a process shares with no other."
    path = Path(f"/proc/{process.pid}/smaps_rollup")
    lines = path.read_text().splitlines() if path.exists() else []
    return sum(1024 * int(line.split()[1]) for line in lines if line.startswith("Private"))

# %% tags=["explore"]
for way, options in ways.items():
    with closing(iter(ScalingLoader(pictures, 16, **options))) as stream:
        next(stream)
        owned = [own_bytes(process) for process in multiprocessing.active_children()]
        print(f"{way}: {len(owned)} more processes, with {sum(owned):,} B of their own")

# %% [markdown]
# ## Finale · What it brings
#
# Three datasets: one whose samples are Python's work, the photographs of step 2 made small, and rows that lie in memory. How many samples a second come with so many workers?

# %% tags=["explore"]
from tinytorch.profiling import throughput

class Computed:
    def __len__(self):
        return 160
    def __getitem__(self, index):
        return np.float32(sum(number * number for number in range(40_000)))

class Rows(Computed):
    rows = np.zeros((160, 784), np.float32)
    def __getitem__(self, index):
        return self.rows[index]

# %% tags=["explore"]
def rate(dataset, **options):
    "Samples a second."
    return throughput(ScalingLoader(dataset, 16, **options), passes=3).samples_per_second

# %% tags=["explore"]
counts, rates = [0, 1, 2, 4], {}
datasets = {"computed in Python": Computed(), "JPEGs": pictures, "rows in memory": Rows()}
for name, dataset in datasets.items():
    rates[name] = [rate(dataset, num_workers=count) for count in counts]

# %% tags=["explore"]
relative = {name: [rate / values[0] for rate in values] for name, values in rates.items()}
x_label, y_label = f"num_workers ({os.cpu_count()} cores)", "times as fast as with 0"
ax = plots.draw_curves(counts, relative, title="What do worker processes bring?", log=False,
                       x_label=x_label, y_label=y_label)
ax.axhline(1, color="#888888", ls=":")
plt.show()

# %% [markdown]
# *In words: where a sample is Python's work, two workers on two idle cores are nearly twice as fast, and more workers than cores bring little. Where it is a row of an array, a process to fetch it costs more than it
# brings.*
#
# And threads? They share Python's lock, and copy nothing:

# %% tags=["explore"]
gains = {}
for name in ("computed in Python", "JPEGs"):
    alone, processes = rates[name][0], rates[name][counts.index(2)]
    threads = rate(datasets[name], num_workers=2, workers="threads")
    gains |= {f"{name}, 2 threads": threads / alone, f"{name}, 2 processes": processes / alone}

# %% tags=["explore"]
plots.draw_bars(gains, title="Threads or processes?",
                x_label=f"times as fast as with no worker ({os.cpu_count()} cores)");

# %% [markdown]
# *In words, for idle cores: Python's own work is for processes. Decoders and NumPy work in threads, too, and there threads begin sooner, need less memory, and run where nothing can
# be forked.*
#
# What rows in memory need is `get_batch`. No chance to seed, no samples to stack:

# %% tags=["explore"]
class RowsAtOnce(Rows):
    def get_batch(self, indices):
        return (self.rows[indices],)

seconds = {"sample by sample": 1 / rate(Rows()), "get_batch": 1 / rate(RowsAtOnce())}
plots.draw_bars(seconds, unit="s", title="How long does a row in memory take?",
                x_label="time per sample, without workers");

# %% [markdown]
# All of these loaders gave the same batches, to the bit:

# %% tags=["explore"]
for options in ways.values():
    dataset = Steady(100) if "workers" in options else Noisy(100)
    alone, beside = ScalingLoader(dataset, 8, True), ScalingLoader(dataset, 8, True, **options)
    assert as_bits(beside) == as_bits(alone)
    print(options, "the same")

# %% [markdown]
# ## Traps that are left
#
# - A transform with a generator of its own (`RandomCrop(8, generator=...)`) is copied into each worker, and repeats itself there. Leave it out: then it draws from `random`, which step 5 seeds.
# - In `prefetch` chance is drawn in a thread beside your Dropout: not repeatable. Use processes where samples are random.
# - With threads only the first batch is watched for chance: samples of which some draw and others don't can slip through.

# %% [markdown]
# - `prefetch(loader)` takes batches before you do: its loader's `state_dict()` is up to `ahead` batches further than you are.
# - A `Trainer`'s checkpoint does not know of `state_dict()`: save it beside.
# - In a container `/dev/shm` is often 64 MB small. A worker that writes beyond is ended by a signal, with exit code -7.

# %% [markdown]
# ## Beside PyTorch
#
# | here | PyTorch |
# |---|---|
# | `pad_collate` | `torch.nn.utils.rnn.pad_sequence`, in a `collate_fn` of yours |
# | a sample's chance by seed, epoch, index | a worker's by its number: other workers, other numbers |
# | `ShardedSampler`: each sample once | `DistributedSampler`: some twice, so that ranks stay in step |
# | an epoch is counted by the loader | `sampler.set_epoch(epoch)`, by hand; often forgotten |
# | `state_dict()` | torchdata's `StatefulDataLoader` |
# | workers begin anew each epoch | `persistent_workers=True` keeps them |
# | processes by fork, on Linux and macOS; threads everywhere | processes, also by spawn, for Windows and CUDA |

# %% [markdown]
# ## What you take with you
#
# - A thread hides waiting, and the work of those who give Python's lock back. A process hides Python's own work, too.
# - Whatever runs beside you needs three ways to end: done, failed, no longer wanted.
# - Chance belongs to the sample. Then it does not matter who makes it.
# - If all follows from a few numbers, these numbers are the checkpoint.

# %% [markdown]
# Checklist, can you say it without looking?

# %% [markdown]
# - [ ] Why is a place acquired before the source is asked, and not before the queue is filled?
# - [ ] Why do forked workers draw equal numbers?
# - [ ] Who removes a block whose worker was killed?
# - [ ] When is one worker slower than none?

# %% [markdown]
# ## Further reading
#
# - PEP 574, *Pickle protocol 5 with out-of-band data*, 2018: what step 6 stands on.
# - J. K. Salmon and others, *Parallel random numbers: as easy as 1, 2, 3*, 2011: random numbers that follow from a counter.
# - D. G. Murray and others, *tf.data: a machine learning data processing framework*, 2021, arXiv:2101.12127.
# - Python's documentation of `multiprocessing.shared_memory`.

# %% [markdown]
# **The end of the extra tier.** Export your work: `tito export 10`. And on Binder, **download this notebook**: the session, and all you wrote in it, ends when you leave.

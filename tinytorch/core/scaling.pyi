"""Load beside the training, and lose nothing by it: no order, no seed, no error, no process."""
__all__ = ['pad_collate', 'prefetch', 'ShardedSampler', 'SampleError', 'ScalingLoader']
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
from .dataloader import DataLoader, _refuse_loss
from .tensor import Tensor

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
    ...

def prefetch(batches, ahead=2):
    """Yield the batches of an iterable, which a thread takes while the loop computes.

    Args:
        batches: any iterable.
        ahead: how many batches may wait, at least 1.

    What the iterable raises is raised where its batch would have come. However the loop ends, so
    does the thread. Chance that the iterable draws from `random` or `np.random` mixes with the
    loop's own: see step 5.
    """
    ...

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
        ...

    def set_epoch(self, epoch):
        """Choose the epoch whose order comes next."""
        ...

    def __len__(self):
        ...

    def __iter__(self):
        ...

    def order(self):
        """Return the same indices, as an array of int64."""
        ...

class SampleError(RuntimeError):
    """A sample could not be had: `index` says which one, the text holds the original traceback.

    Where collating failed, `index` is the list of the batch's indices.
    """

    def __init__(self, index, text):
        ...

    def __str__(self):
        ...

def _tried(index, call, *arguments):
    """Return call(*arguments); its error becomes a SampleError with this index and the traceback."""
    ...

def _seed_chance(seed, epoch, index):
    """Seed random and np.random with what seed, epoch and index decide."""
    ...

@contextmanager
def _chance_kept():
    """Afterwards random and np.random go on from where they were before."""
    ...

def _make_batch(dataset, collate, seed, epoch, indices):
    """Return the batch of some indices, each fetched with its own chance; errors are SampleErrors."""
    ...

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

    def __init__(self, dataset, batch_size, shuffle=False, *, num_workers=0, workers='processes', collate_fn=None, sampler=None, seed=0, ahead=2):
        ...

    def __len__(self):
        ...

    def _plan(self, epoch):
        """The indices of each batch of an epoch."""
        ...

    def _batches(self, epoch, first=0):
        """Yield the batches of an epoch, from number `first` on."""
        ...

    def _run(self):
        """Yield the batches from `_next` on, and note in `_at` how far it is."""
        ...

    def state_dict(self) -> dict:
        """Where the loader is: all that it takes to go on from there, as numbers that JSON takes."""
        ...

    def load_state_dict(self, state):
        """Go on from there with the next loop. Raises ValueError if the state is that of another loader."""
        ...

    def __iter__(self):
        """The batches of the next epoch; after `load_state_dict`, of the rest of that one."""
        ...

    def close(self):
        """End all loops over this loader, and their workers."""
        ...

def _at_once(loader, make):
    """Return a `make` that asks the dataset for a whole batch; where it cannot, `make` itself."""
    ...

def _beside(loader, make, plan):
    """Return the batches of a plan, made by the loader's workers."""
    ...
_open_blocks = {}

def _block(name, size):
    """Return the block of this name, with room for so many bytes; where necessary, a new one."""
    ...

def _remove_block(name):
    """Remove the block of this name, if there is one."""
    ...

def _new_names(count):
    """Names for the blocks of one loop; macOS allows 30 characters."""
    ...

def _to_block(name, batch):
    """Write a batch into the block of this name; give what `_from_block` has to be told."""
    ...

def _from_block(name, told):
    """Give the batch in the block of this name, with memory of its own."""
    ...

def _work(line, make, plan, names):
    """In a worker: make the batch of each number that comes, send `_to_block`'s answer or the error."""
    ...

def _begin_worker(line, others, *job):
    """The first thing that a worker does."""
    ...

def _start_workers(count, *job):
    """Fork workers; give a list of pairs: the process, and this side's end of its line."""
    ...

def _end_workers(workers):
    """End workers: one that waits ends by itself, one that is busy is stopped; it only reads."""
    ...

def _ask(worker, number):
    """Tell a worker to make a batch."""
    ...

def _answer(worker):
    """Wait for what a worker sends next."""
    ...

def _in_workers(make, plan, count, ahead):
    """Yield make(indices) for each entry of the plan, in order, made in processes; leave none."""
    ...

def _in_threads(make, plan, count, ahead):
    """Yield make(indices) for each entry of the plan, in order, made in threads; leave none."""
    ...

@contextmanager
def _no_chance():
    """Raise RuntimeError where what is done meanwhile draws chance, which then goes on as before."""
    ...

def _without_chance(loader, plan):
    """Yield the batches of a plan, made by threads from samples that draw no chance."""
    ...

"""The loop is five lines. Knowing whether it works, and not losing a night's work, is the rest."""
__all__ = ['Trainer']
import io
import json
import os
import random
import sys
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
import numpy as np
from .autograd import no_grad
from .layers import Layer
from .tensor import Tensor
_HISTORY = ('train_loss', 'train_accuracy', 'val_loss', 'val_accuracy')

class Trainer:
    """A model, its optimizer and its loss: trains them, keeps the history, saves and goes on."""
    _generators, _waiting = ((), None)

    def __init__(self, model, optimizer, loss_fn):
        ...

    def _train_step(self, inputs, targets) -> tuple:
        """Learn from one batch; give its loss (a float) and how many were right, both before the update."""
        ...

    def _train_epoch(self, loader) -> tuple:
        """Learn from every batch once, in training mode; give the means of loss and accuracy over the samples."""
        ...

    def evaluate(self, loader) -> tuple:
        """The mean loss and the accuracy over a loader's samples, in eval mode; nothing is learned, nothing recorded."""
        ...

    def predict(self, loader) -> np.ndarray:
        """The class with the largest score for each sample, in the loader's order, in eval mode."""
        ...

    def _find_generators(self, *loaders):
        """Remember the NumPy generators that the model and the loaders hold; after `load`, bring them to where they were."""
        ...

    def fit(self, train_loader, val_loader=None, epochs=1, *, progress=True) -> dict:
        """Train for `epochs` more epochs; give the history, one number for each epoch so far in each of its lists.

    Raises `ValueError` for negative `epochs`. `progress` says whether a line for each epoch is written.
    """
        ...

    def _random_state(self) -> dict:
        """Where Python's, NumPy's and the loaders' own generators are."""
        ...

    def _set_random_state(self, state: dict):
        """Bring Python's and NumPy's generators back at once, those of the loaders when `fit` meets them."""
        ...

    def _snapshot(self) -> dict:
        """All that the next epoch depends on, as copies: parameters, optimizer, history, random."""
        ...

    def save(self, path):
        """Write a checkpoint: all that is needed to go on, in one file that holds no code."""
        ...

    def load(self, path):
        """Go on from a checkpoint. Raises `ValueError` when it is none, or when it does not fit; then nothing has changed."""
        ...

def _count_right(scores, targets):
    """How many rows of scores (N, C) are largest at their label in targets (N,); nan where targets are no labels."""
    ...

def _means(measure, loader) -> tuple:
    """The loss and the accuracy of a loader's samples, each batch weighted by its size.

    `measure(inputs, targets)` gives a batch's mean loss and its count of right ones. Raises `ValueError` without any batch.
    """
    ...

def _find(root, kind):
    """Every object of a kind in a model, a loader or a tuple of them: in attributes, lists, tuples and dictionaries, each once."""
    ...

@contextmanager
def _evaluating(model):
    """Inside `with _evaluating(model):` it is in eval mode and nothing is recorded; then each layer's mode is what it was."""
    ...

def _progress_line(title, done=0, total=None, numbers=None) -> str:
    """A line about progress: the numbers if there are any, else a bar for `done` of `total` batches, else the count."""
    ...

class _Progress:
    """One line about an epoch: redrawn in place on a terminal and in a notebook, else printed once, at its end."""

    def __init__(self, title, batches, stream=None):
        ...

    def watch(self):
        ...

    def update(self, done):
        """After `done` batches: redraw the line where that can be done, if it has changed."""
        ...

    def finish(self, numbers):
        """At the end: the line with these numbers, and a newline."""
        ...

def _without_arrays(value, arrays):
    """The same value for JSON: each array is appended to the list `arrays`, and its number stands in its place."""
    ...

def _with_arrays(value, arrays):
    """What `_without_arrays` took apart, put together again."""
    ...

def _replace_file(path, write):
    """Have `write(file)` fill a new file, then put it in the place of `path`: there is always the old one or the new one, whole."""
    ...

def _read_checkpoint(path) -> dict:
    """What `save` wrote, as `_snapshot` gave it. Raises `ValueError` when the file is no checkpoint, or not a whole one."""
    ...

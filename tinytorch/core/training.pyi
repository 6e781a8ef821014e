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
        """Learn from every batch once, in training mode; give loss and accuracy, means over the samples."""
        ...

    def evaluate(self, loader) -> tuple:
        """The mean loss and the accuracy over a loader's samples, in eval mode; nothing is recorded."""
        ...

    def predict(self, loader) -> np.ndarray:
        """The class with the largest score for each sample, in the loader's order, in eval mode."""
        ...

    def _find_generators(self, *loaders):
        """Remember the NumPy generators of the model and the loaders; after `load`, set them back."""
        ...

    def fit(self, train_loader, val_loader=None, epochs=1, *, progress=True) -> dict:
        """Train for `epochs` more epochs; give the history: four lists, a number for each epoch so far.

    Raises `ValueError` for negative `epochs`. With `progress`, each epoch writes a line.
    """
        ...

    def _random_state(self) -> dict:
        """Where Python's, NumPy's and the loaders' own generators are."""
        ...

    def _set_random_state(self, state: dict):
        """Set Python's and NumPy's generators back at once, those of the loaders when `fit` meets them."""
        ...

    def _snapshot(self) -> dict:
        """All that the next epoch depends on, as copies: parameters, optimizer, history, random."""
        ...

    def save(self, path):
        """Write a checkpoint: all that is needed to go on, in one file that holds no code."""
        ...

    def load(self, path):
        """Go on from a checkpoint. If it is none, or does not fit: `ValueError`, and nothing changed."""
        ...

def _count_right(scores, targets):
    """How many rows of scores (N, C) are largest at their label in targets (N,); nan without labels."""
    ...

def _means(measure, loader) -> tuple:
    """The loss and the accuracy of a loader's samples, each batch weighted by its size.

    `measure(inputs, targets)` gives a batch's mean loss and its count of right ones.
    Raises `ValueError` without any batch.
    """
    ...

def _find(root, kind):
    """Every object of a kind in a model, a loader or a tuple of them, however deep, each once."""
    ...

@contextmanager
def _evaluating(model):
    """For `with`: inside, eval mode and nothing recorded; then each layer's mode is what it was."""
    ...

def _progress_line(title, done=0, total=None, numbers=None) -> str:
    """One line: the numbers if there are any, else a bar of `done` in `total`, or a count."""
    ...

class _Progress:
    """One line about an epoch: redrawn in place where that can be done, else printed at its end."""

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
    """The value for JSON: each array is appended to the list `arrays`, its number takes its place."""
    ...

def _with_arrays(value, arrays):
    """What `_without_arrays` took apart, put together again."""
    ...

def _replace_file(path, write):
    """Have `write(file)` fill a new file, and put it in the place of `path` only when it is whole."""
    ...

def _read_checkpoint(path) -> dict:
    """What `save` wrote, as `_snapshot` gave it. `ValueError` for what is no whole checkpoint."""
    ...

"""Two layers on real handwritten digits, trained by the course's own loader, optimizer and Trainer."""

from __future__ import annotations

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from tinytorch import SGD, CrossEntropyLoss, DataLoader, Linear, ReLU, Sequential, Tensor, TensorDataset, Trainer
from tinytorch.datasets import split_digits
from tinytorch.milestones import Outcome
from tinytorch.milestones.draw import STYLE, draw_accuracy, draw_mistakes, save

EPOCHS = 20
LEAST = 0.95  # of the digits that it has not seen


def make_model() -> Sequential:
    """Return the model: 64 numbers of an image in, a score for each digit out."""
    np.random.seed(0)
    return Sequential(Linear(64, 128), ReLU(), Linear(128, 10))


def run(picture: Path) -> Outcome:
    """Train on 1,438 digits; of 359 others, 95 % have to be read right."""
    images, labels, test_images, test_labels = split_digits()
    model = make_model()
    trainer = Trainer(model, SGD(model.parameters(), lr=0.2, momentum=0.9), CrossEntropyLoss())
    rows = TensorDataset(Tensor(images.reshape(-1, 64)), Tensor(labels))
    unseen = TensorDataset(Tensor(test_images.reshape(-1, 64)), Tensor(test_labels))
    loader = DataLoader(rows, 32, shuffle=True, generator=np.random.default_rng(0))
    history = trainer.fit(loader, DataLoader(unseen, 128), epochs=EPOCHS)
    read = model(Tensor(test_images.reshape(-1, 64))).data.argmax(axis=1)
    return judge(history["val_accuracy"], read, LEAST, picture)


def judge(accuracies: list[float], read: np.ndarray, least: float, picture: Path) -> Outcome:
    """Return what came of a training, and draw it, with digits that were not read right."""
    _, _, test_images, test_labels = split_digits()
    share = float((read == test_labels).mean())
    with plt.rc_context(STYLE):
        figure = plt.figure(figsize=(9, 4.2), layout="constrained")
        left, right = figure.subfigures(1, 2, width_ratios=[3, 2])
        draw_accuracy(left.subplots(), accuracies, least)
        draw_mistakes(right, test_images, test_labels, read)
        save(figure, picture)
    count = int((read == test_labels).sum())
    return Outcome(
        share >= least,
        f"{count} of {len(read)} unseen digits read right ({share:.1%}); it has to be {least:.0%} at least",
    )

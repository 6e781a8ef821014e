"""A perceptron: one `Linear`, a threshold, and Rosenblatt's rule, which needs no gradient."""

from __future__ import annotations

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from tinytorch import Linear, Tensor
from tinytorch.milestones import Outcome
from tinytorch.milestones.draw import STYLE, draw_decision, save

INPUTS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=np.float32)
TARGETS = {"AND": np.array([0, 0, 0, 1]), "XOR": np.array([0, 1, 1, 0])}
EPOCHS = 100


def learn(targets: np.ndarray) -> tuple[Linear, list[int]]:
    """Return a perceptron after 100 epochs, and how many of the four points it had right after each."""
    np.random.seed(0)
    neuron, right = Linear(2, 1), []
    for _ in range(EPOCHS):
        for point, target in zip(INPUTS, targets, strict=True):
            error = target - fires(neuron, point[None])[0]
            neuron.weight = neuron.weight + Tensor(0.1 * error * point[None])
            neuron.bias = neuron.bias + Tensor(np.float32([0.1 * error]))
        right.append(int((fires(neuron, INPUTS) == targets).sum()))
    return neuron, right


def fires(neuron: Linear, points: np.ndarray) -> np.ndarray:
    """Whether it fires, as 0 or 1, for points of shape (n, 2)."""
    return (neuron(Tensor(points)).data[:, 0] > 0).astype(int)


def run(picture: Path) -> Outcome:
    """Learn both functions; AND has to be learnt, and XOR cannot be."""
    last = {}
    with plt.rc_context(STYLE):
        figure, panels = plt.subplots(1, 2, figsize=(9, 4.2), layout="constrained")
        for panel, (name, targets) in zip(panels, TARGETS.items(), strict=True):
            neuron, right = learn(targets)
            last[name] = right[-1]
            print(f"{name}: {right[-1]} of 4 right after {EPOCHS} epochs, at most {max(right)} on the way", flush=True)
            title = f"{name}: {right[-1]} of 4 right"
            draw_decision(panel, lambda points, neuron=neuron: fires(neuron, points), INPUTS, targets, title)
        save(figure, picture)
    learnt = last["AND"] == 4 and last["XOR"] < 4
    said = f"AND {last['AND']} of 4, which has to be 4; XOR {last['XOR']} of 4, which no straight line can separate"
    return Outcome(learnt, said)

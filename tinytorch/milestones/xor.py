"""XOR, which one neuron cannot learn, by a layer of eight between the inputs and the output."""

from __future__ import annotations

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import tinytorch.core.autograd  # what it adds to Tensor, backward() among it  # noqa: F401
from tinytorch import SGD, BinaryCrossEntropyLoss, Linear, Sequential, Sigmoid, Tanh, Tensor
from tinytorch.milestones import Outcome
from tinytorch.milestones.draw import BLUE, STYLE, draw_decision, save
from tinytorch.milestones.perceptron import INPUTS, TARGETS

STEPS = 500


def run(picture: Path) -> Outcome:
    """Train on the four points; all of them have to be right."""
    np.random.seed(0)
    model = Sequential(Linear(2, 8), Tanh(), Linear(8, 1), Sigmoid())
    optimizer, loss_fn = SGD(model.parameters(), lr=0.5, momentum=0.9), BinaryCrossEntropyLoss()
    inputs, targets = Tensor(INPUTS), Tensor(TARGETS["XOR"][:, None].astype(np.float32))
    losses = []
    for step in range(1, STEPS + 1):
        optimizer.zero_grad()
        loss = loss_fn(model(inputs), targets)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        if step in (1, 10, 100, STEPS):
            print(f"step {step}/{STEPS} loss {losses[-1]:.4f}", flush=True)

    def fires(points: np.ndarray) -> np.ndarray:
        return (model(Tensor(points)).data[:, 0] > 0.5).astype(int)

    right = int((fires(INPUTS) == TARGETS["XOR"]).sum())
    with plt.rc_context(STYLE):
        figure, (curve, plane) = plt.subplots(1, 2, figsize=(9, 4.2), layout="constrained")
        curve.semilogy(range(1, STEPS + 1), losses, color=BLUE)
        curve.set(xlabel="step", ylabel="loss (log scale)", title=f"loss {losses[0]:.2f} to {losses[-1]:.1g}")
        draw_decision(plane, fires, INPUTS, TARGETS["XOR"], f"XOR: {right} of 4 right")
        save(figure, picture)
    return Outcome(right == 4, f"XOR {right} of 4, which has to be 4, after {STEPS} steps")

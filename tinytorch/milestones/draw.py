"""The pictures of the milestones."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure, SubFigure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from tinytorch.profiling.plots import COLOURS, STYLE

__all__ = ["BLUE", "STYLE", "draw_accuracy", "draw_decision", "draw_mistakes", "save"]
BLUE, ORANGE = COLOURS[:2]
SHOWN = 6  # mistakes, at most


def draw_decision(
    axes: Axes, fires: Callable[[np.ndarray], np.ndarray], points: np.ndarray, targets: np.ndarray, title: str
) -> None:
    """Draw where `fires` (points (n, 2) in, 0 or 1 out) says 1, and the points with what each should be."""
    side = np.linspace(-0.5, 1.5, 101, dtype=np.float32)
    grid = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
    plane = fires(grid).reshape(len(side), len(side))
    axes.pcolormesh(side, side, plane, cmap=ListedColormap(["#FFFFFF", "#CFE3F1"]), vmin=0, vmax=1, rasterized=True)
    for value, marker, colour in ((0, "o", ORANGE), (1, "s", BLUE)):
        chosen = points[targets == value]
        axes.scatter(*chosen.T, s=160, marker=marker, color=colour, edgecolor="white", label=f"should be {value}")
    axes.set(title=title, xlabel="first input", ylabel="second input", xticks=[0, 1], yticks=[0, 1])
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.18), ncols=2)


def draw_accuracy(axes: Axes, accuracies: list[float], least: float) -> None:
    """Draw the share of unseen digits that are read right, after each epoch, and the share that it has to be."""
    axes.plot(range(1, len(accuracies) + 1), accuracies, color=BLUE, marker="o")
    axes.axhline(least, color=ORANGE, linestyle="--", linewidth=1.5)
    axes.annotate(  # at the right end, below the line: there the curve is above it
        f"has to be {least:.0%}",
        (1, least),
        xycoords=axes.get_yaxis_transform(),
        xytext=(0, -4),
        textcoords="offset points",
        ha="right",
        va="top",
        color=ORANGE,
    )
    axes.set(xlabel="epoch", ylabel="unseen digits read right", title=f"{accuracies[-1]:.1%} in the end")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=1))


def draw_mistakes(figure: SubFigure, images: np.ndarray, labels: np.ndarray, read: np.ndarray) -> None:
    """Draw the first digits that were read wrong, each with its label and what it was read as."""
    wrong = np.flatnonzero(read != labels)
    figure.suptitle(f"{len(wrong)} read wrong" + (f", the first {SHOWN}" if len(wrong) > SHOWN else ""))
    for panel, index in zip(figure.subplots(2, 3).flat, [*wrong[:SHOWN], *[None] * SHOWN], strict=False):
        if index is None:
            panel.axis("off")
            continue
        panel.imshow(images[index], cmap="gray_r", vmin=0, vmax=1)
        panel.set(xticks=[], yticks=[], title="")
        panel.set_xlabel(f"{labels[index]} read as {read[index]}")


def save(figure: Figure, picture: Path) -> None:
    """Write a figure as PNG; `picture` is the one of before until the new one is whole."""
    picture.parent.mkdir(parents=True, exist_ok=True)
    unfinished = picture.with_name(f".{picture.name}.tinytorch-part")
    try:
        figure.savefig(unfinished, dpi=110, format="png")
        os.replace(unfinished, picture)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise

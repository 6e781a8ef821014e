"""Drawing measurements that can be read from the back row: few words, units everywhere, colours for all eyes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator

from tinytorch.profiling.describe import describe_figures_in_notebooks

# Loading the backend switches interactive drawing on in a notebook. Were it loaded by the first figure, inside
# `rc_context`, leaving that context would switch it off again, and only the first plot of a notebook would show.
plt.switch_backend(plt.get_backend())
# A notebook shows each figure when its cell ends. Before that, pyplot would draw it once more, for nobody.
if plt.get_backend().endswith("inline"):
    plt.uninstall_repl_displayhook()
# From here on a notebook shows every figure with a description for readers who cannot see it, including figures that
# are drawn without this file.
describe_figures_in_notebooks()

# Okabe and Ito's palette (2008), which colour-blind readers can tell apart; lines also differ in their markers
COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"]
MARKERS = ["o", "s", "^", "D", "v", "P"]
INK, PALE = "#222222", "#E8ECEF"

STYLE: Any = {  # matplotlib's type hints list the keys one by one
    "font.size": 12,
    "axes.titlesize": 14,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titlepad": 12,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "#888888",
    "axes.labelcolor": INK,
    "text.color": INK,
    "figure.dpi": 110,
    "legend.frameon": False,
    "lines.linewidth": 2.5,
    "lines.markersize": 7,
}

FEW_TICKS = partial(MaxNLocator, nbins=6, steps=[1, 2, 2.5, 5, 10])  # their labels have units, so they are wide
LOG_SCALE = " (log scale)"  # ends the label of an axis where equal distances are equal factors

_PREFIXES = [(1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")]


def human(value: float, unit: str = "") -> str:
    """Write a number the way people say it: 1,536 B is "1.54 kB", 0.0021 s is "2.1 ms"."""
    if unit == "s" and 0 < abs(value) < 1:
        scale, prefix = next(((s, p) for s, p in [(1e-3, "m"), (1e-6, "µ")] if abs(value) >= s), (1e-9, "n"))
    else:
        scale, prefix = next(((s, p) for s, p in _PREFIXES if abs(value) >= s), (1.0, ""))
    number = f"{value / scale:.3g}"
    return f"{number} {prefix}{unit}".strip() if unit else f"{number}{prefix}"


def draw_curves(
    x: Sequence[float],
    curves: Mapping[str, Sequence[float]],
    *,
    title: str,
    x_label: str,
    y_label: str,
    unit: str = "",
    log: bool = True,
    ax: Axes | None = None,
) -> Axes:
    """Draw one line over `x` for each entry of `curves`, named in the legend.

    Args:
        x: positions, the same for all curves.
        curves: from a curve's name to its values, in `unit`.
        title: the sentence to remember.
        x_label: what `x` is, with its unit.
        y_label: what the values are.
        unit: of the values ("B", "s"), for the ticks.
        log: whether `x` is logarithmic, where equal distances are equal factors; and the values too, if at least two
            powers of ten are among them. A label says it: "batch size (log scale)".
        ax: the axes to draw in; those of a new figure if not given.
    """
    with plt.rc_context(STYLE):
        ax = ax if ax is not None else _new_axes()
        values = [value for curve in curves.values() for value in curve]
        is_log_up = log and _powers_of_ten_among(values) >= 2
        if log:
            ax.set_xscale("log", base=2 if _powers_of_two(x) else 10)
            x_label += LOG_SCALE
        if is_log_up:
            ax.set_yscale("log")
            y_label += LOG_SCALE
        for (name, curve), colour, marker in zip(curves.items(), COLOURS, MARKERS, strict=False):
            ax.plot(x, curve, color=colour, marker=marker, label=name)
        ax.set(title=title, xlabel=x_label, ylabel=y_label)
        if not log:
            ax.xaxis.set_major_locator(MaxNLocator(integer=True))
        if is_log_up:
            narrow = max(values) < 100 * min(values)
            ax.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if narrow else (1,)))
        else:
            ax.set_ylim(bottom=0, top=1.08 * max(values) if max(values) > 0 else None)  # a level line is not cut off
        number = "{:,.0f}".format if log and _powers_of_two(x) else human  # 1,024 is not 1.02k
        ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: number(value)))
        ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: human(value, unit)))
        ax.minorticks_off()
        if log and len(x) <= 8:
            ax.set_xticks(list(x))
        ax.grid(axis="y", color=PALE)
        if len(curves) > 1:
            ax.legend()
    return ax


def draw_bars(
    bars: Mapping[str, float], *, title: str, x_label: str, unit: str = "", log: bool = False, ax: Axes | None = None
) -> Axes:
    """Draw one horizontal bar for each entry of `bars`, with its value (in `unit`) written at its end.

    With `log`, each is a dot, because a logarithmic axis has no zero from which a bar could begin; the label says so.
    """
    with plt.rc_context(STYLE):
        ax = ax if ax is not None else _new_axes(height=0.9 + 0.55 * len(bars))
        names = list(bars)
        if log:
            ax.set_xscale("log")
            x_label += LOG_SCALE
            for (name, value), colour in zip(bars.items(), COLOURS * len(bars), strict=False):
                ax.plot([value], [name], "o", color=colour, markersize=12, label=name)
            ax.grid(axis="x", color=PALE)
            ax.set_ylim(-0.5, len(bars) - 0.5)
        else:
            ax.barh(names, list(bars.values()), color=COLOURS[: len(bars)], height=0.62)
            ax.xaxis.set_major_locator(FEW_TICKS())
        ax.invert_yaxis()
        for row, value in enumerate(bars.values()):
            text = f"   {human(value, unit)}" if log else f" {human(value, unit)}"
            ax.annotate(text, (value, row), va="center", fontweight="bold")
        ax.margins(x=0.2)
        if log:
            ax.set_xlim(left=min(value for value in bars.values() if value > 0) / 3)
        ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: human(value, unit)))
        ax.set(title=title, xlabel=x_label)
        ax.minorticks_off()
        ax.tick_params(axis="y", length=0)
    return ax


def draw_shares(
    rows: Mapping[str, Mapping[str, float]], *, title: str, x_label: str = "time", ax: Axes | None = None
) -> Axes:
    """Draw where time goes: one stacked bar per row, with each part's share of the row written in it.

    Args:
        rows: from a row's name to its parts, each from the part's name to its seconds. All rows have the same parts.
        title: the sentence to remember.
        x_label: the time of what: "time of one epoch".
        ax: the axes to draw in; those of a new figure if not given.
    """
    with plt.rc_context(STYLE):
        ax = ax if ax is not None else _new_axes(height=1.6 + 0.6 * len(rows))
        parts = list(next(iter(rows.values())))
        starts = np.zeros(len(rows))
        totals = np.array([sum(row.values()) for row in rows.values()])
        for part, colour in zip(parts, COLOURS, strict=False):
            seconds = np.array([row[part] for row in rows.values()])
            ax.barh(list(rows), seconds, left=starts, color=colour, height=0.62, label=part, edgecolor="white")
            for row, (start, width, total) in enumerate(zip(starts, seconds, totals, strict=True)):
                if width > 0.08 * totals.max():  # else the text would be wider than its part
                    text = f"{width / total:.0%}"
                    ink = "white" if colour in COLOURS[:3] else INK
                    ax.text(start + width / 2, row, text, ha="center", va="center", color=ink, fontweight="bold")
            starts = starts + seconds
        ax.invert_yaxis()
        ax.xaxis.set_major_locator(FEW_TICKS())
        ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: human(value, "s")))
        ax.tick_params(axis="y", length=0)
        ax.set_title(title, pad=34)
        ax.set_xlabel(x_label)
        ax.legend(ncols=len(parts), loc="lower left", bbox_to_anchor=(-0.01, 0.98), columnspacing=1.2, handlelength=1)
    return ax


def draw_images(images: Sequence[Any], captions: Sequence[str] | None = None, *, title: str, columns: int = 10) -> None:
    """Draw images of shape (H, W) in rows of `columns`, as dark ink on pale paper, each with its caption above it."""
    width, above = 8, 0.38  # inches, as all lengths here; above is the title
    side = min(0.9 * width / columns, 1.1)
    caption = 0.25 if captions is not None else 0.0
    rows = -(-len(images) // columns)
    height = above + rows * (caption + side + 0.08)
    with plt.rc_context(STYLE):
        figure = plt.figure(figsize=(width, height))
        figure.suptitle(title, x=0, y=1, ha="left", va="top", fontsize=14, fontweight="bold")
        ax = figure.add_axes((0, 0, 1, 1))  # one for all, because axes take most of the time of drawing
        ax.axis("off")
        for position, image in enumerate(map(np.asarray, images)):
            row, column = divmod(position, columns)
            left, top = column * width / columns, above + row * (caption + side + 0.08) + caption
            high, wide = (side * length / max(image.shape) for length in image.shape)
            ax.imshow(image, cmap="Greys", vmin=0, vmax=1, extent=(left, left + wide, top + high, top))
            # a frame, so that one sees where a white image ends
            ax.add_patch(Rectangle((left, top), wide, high, fill=False, edgecolor="#888888", linewidth=0.8))
            if captions is not None:
                ax.text(left + wide / 2, top - 0.05, captions[position], ha="center", fontsize=11)
        ax.set(xlim=(0, width), ylim=(height, 0))


def draw_chain(boxes: Mapping[str, str], *, title: str, highlight: Sequence[str] = ()) -> Axes:
    """Draw a row of boxes with arrows between them; each has a name and a note, and some are highlighted."""
    with plt.rc_context(STYLE):
        ax = _new_axes(width=9.5, height=2.1)
        step, width = 1.0, 0.76
        for place, (name, note) in enumerate(boxes.items()):
            colour = COLOURS[0] if name in highlight else PALE
            ink = "white" if name in highlight else INK
            patch = Rectangle((place * step, 0), width, 1, facecolor=colour, edgecolor="none")
            ax.add_patch(patch)
            ax.text(place * step + width / 2, 0.63, name, ha="center", va="center", color=ink, fontweight="bold")
            ax.text(place * step + width / 2, 0.3, note, ha="center", va="center", color=ink, fontsize=9)
            if place:
                ax.annotate("", (place * step - 0.02, 0.5), (place * step - 0.22, 0.5), arrowprops={"arrowstyle": "->"})
        ax.set(xlim=(-0.02, len(boxes) * step - 0.2), ylim=(-0.05, 1.05), title=title)
        ax.axis("off")
    return ax


def _new_axes(width: float = 8, height: float = 3.6) -> Axes:
    return plt.figure(figsize=(width, height), layout="constrained").add_subplot()


def _powers_of_ten_among(values: Sequence[float]) -> int:
    """Return how many powers of ten lie between the smallest and the largest value; 0 if not all are above zero."""
    if min(values) <= 0:
        return 0
    return int(np.floor(np.log10(max(values)))) - int(np.ceil(np.log10(min(values)))) + 1


def _powers_of_two(x: Sequence[float]) -> bool:
    return all(float(value) > 0 and float(np.log2(value)).is_integer() for value in x)

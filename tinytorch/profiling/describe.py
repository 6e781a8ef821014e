"""Describing a figure in words, for readers who cannot see it: its title, its labels, and where each curve goes."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from typing import Any

from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.container import BarContainer
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

MOST_PARTS = 8  # how many curves or bars are named one by one


def describe(figure: Figure) -> str:
    """Return a description of a figure in a few sentences, with numbers written as on its axes."""
    title = figure.get_suptitle()
    panels = [_describe_axes(ax) for ax in figure.axes]
    pictures = sum(len(ax.images) for text, ax in zip(panels, figure.axes, strict=True) if not text)
    panels.append(f"{pictures} pictures." if pictures > 1 else "A picture." if pictures else "")
    texts = [_sentence(title) if title else "", *panels]
    return " ".join(text for text in texts if text) or "A figure without labels."


def show_described(figure: Figure) -> None:
    """Show a figure in a notebook as a picture with its description as alternative text."""
    from IPython.core.pylabtools import print_figure
    from IPython.display import display

    # print_figure would draw twice, first to see how large the picture is. To lay it out says that, too.
    engine = figure.get_layout_engine()
    if engine is not None:
        engine.execute(figure)
        figure.set_layout_engine(None)
    box = figure.get_tightbbox().padded(rcParams["savefig.pad_inches"])
    png = print_figure(figure, "png", base64=True, bbox_inches=box)  # type: ignore[no-untyped-call]
    if engine is not None:
        figure.set_layout_engine(engine)
    if png is None:  # the figure is empty
        return
    text = describe(figure)
    picture = f'<img alt="{html.escape(text)}" src="data:image/png;base64,{png}" style="max-width: 100%">'
    display({"text/html": picture, "text/plain": text}, raw=True)  # type: ignore[no-untyped-call]


def describe_figures_in_notebooks() -> None:
    """Make this kernel show each figure with `show_described`; do nothing outside IPython."""
    try:
        from IPython import get_ipython
    except ImportError:
        return
    shell: Any = get_ipython()
    if shell is not None:
        shell.display_formatter.ipython_display_formatter.for_type(Figure, show_described)


def _describe_axes(ax: Axes) -> str:
    parts = [*_curves(ax), *_bars(ax)]
    if len(parts) > MOST_PARTS:
        parts = [*parts[:MOST_PARTS], f"and {len(parts) - MOST_PARTS} more"]
    title = next((text for place in ("left", "center", "right") if (text := ax.get_title(place))), "")
    words = [text.get_text().strip() for text in ax.texts if not parts and text.get_text().strip()]
    labels = [
        f"{name}: {label}" for name, label in (("across", ax.get_xlabel()), ("up", ax.get_ylabel())) if label and parts
    ]
    pieces = [title, "; ".join(labels), "; ".join(parts), ", ".join(words[: 2 * MOST_PARTS])]
    return " ".join(_sentence(piece) for piece in pieces if piece)


def _curves(ax: Axes) -> list[str]:
    texts = []
    for line in ax.get_lines():
        across = _floats(line.get_xdata())
        if len(across) == 1 and not str(line.get_label()).startswith("_"):  # a dot that has a name
            texts.append(f"{line.get_label()} {_say(ax.xaxis, across[0])}")
        points = [(x, y) for x, y in zip(_floats(line.get_xdata()), _floats(line.get_ydata()), strict=False)]
        points = [(x, y) for x, y in points if math.isfinite(x) and math.isfinite(y)]
        if len(points) < 2:
            continue
        (x0, y0), (x1, y1) = points[0], points[-1]
        name = str(line.get_label())
        name = "a line" if name.startswith("_") else name
        ends = f"{name} goes from {_say(ax.yaxis, y0)} at {_say(ax.xaxis, x0)} to {_say(ax.yaxis, y1)}"
        texts.append(f"{ends} at {_say(ax.xaxis, x1)}")
    return texts


def _bars(ax: Axes) -> list[str]:
    texts = []
    for bars in ax.containers:
        if not isinstance(bars, BarContainer):
            continue
        lies = bars.orientation == "horizontal"
        names, values = (ax.yaxis, ax.xaxis) if lies else (ax.xaxis, ax.yaxis)
        ticks = {round(float(place), 6): label.get_text() for place, label in zip(*_ticks(names), strict=False)}
        legend = str(bars.get_label())
        for bar in bars.patches:
            box: Any = bar
            middle = box.get_y() + box.get_height() / 2 if lies else box.get_x() + box.get_width() / 2
            size = box.get_width() if lies else box.get_height()
            name = ticks.get(round(float(middle), 6), "")
            said = [each for each in (name, "" if legend.startswith("_") else legend) if each]
            if said:
                texts.append(f"{', '.join(said)} {_say(values, float(size))}")
    return texts


def _ticks(axis: Axis) -> tuple[Sequence[float], Sequence[Any]]:
    labels = axis.get_ticklabels()  # this sets the locations, too
    return [float(place) for place in axis.get_ticklocs()], labels


def _say(axis: Axis, value: float) -> str:
    """Write a number as the ticks of its axis do."""
    formatter = axis.get_major_formatter()
    return str(formatter(value, None)) if isinstance(formatter, FuncFormatter) else f"{value:.3g}"


def _floats(values: Any) -> list[float]:
    try:
        return [float(value) for value in values]
    except (TypeError, ValueError):
        return []  # names or dates


def _sentence(text: str) -> str:
    text = " ".join(text.split())
    return text if text.endswith((".", "?", "!")) else f"{text}."

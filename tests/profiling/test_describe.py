import matplotlib

matplotlib.use("agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.pylabtools import print_figure
from IPython.utils.capture import capture_output

from tinytorch.profiling import plots
from tinytorch.profiling.describe import describe, show_described


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def test_curves_are_told_by_their_ends_in_the_units_of_the_axes():
    ax = plots.draw_curves([1, 2, 4], {"a": [1e3, 2e3, 4e3]}, title="T", x_label="x", y_label="y", unit="B")
    assert describe(ax.figure) == "T. across: x (log scale); up: y. a goes from 1 kB at 1 to 4 kB at 4."


def test_bars_are_told_by_name_and_value():
    ax = plots.draw_bars({"disk": 0.077, "memory": 0.0019}, title="T", x_label="x", unit="s", log=True)
    assert describe(ax.figure) == "T. across: x (log scale). disk 77 ms; memory 1.9 ms."


def test_shares_name_their_part_and_row():
    ax = plots.draw_shares({"step": {"load": 0.75, "learn": 0.25}}, title="T")
    assert "step, load 750 ms; step, learn 250 ms" in describe(ax.figure)


def test_a_chain_and_images_are_told_by_what_is_written_on_them():
    ax = plots.draw_chain({"A": "one", "B": "two"}, title="T")
    assert describe(ax.figure) == "T. A, one, B, two."
    plots.draw_images([np.zeros((2, 2))] * 2, ["three", "four"], title="Digits")
    assert describe(plt.gcf()) == "Digits. three, four."


def test_images_without_captions_are_counted():
    plots.draw_images([np.zeros((2, 2))] * 3, title="Digits")
    assert describe(plt.gcf()) == "Digits. 3 pictures."


def test_bars_without_a_name_leave_the_words_to_what_is_written_on_them():
    figure, ax = plt.subplots()
    ax.bar([0, 10], [1, 1], width=10, align="edge")
    ax.text(5, 0.5, "first")
    ax.text(15, 0.5, "second")
    ax.set(title="T", xticks=[0, 10, 20])
    assert describe(figure) == "T. first, second."


def test_a_notebook_shows_a_figure_as_one_picture_with_its_words(capsys):
    shell = InteractiveShell.instance()
    try:
        plots.describe_figures_in_notebooks()
        figure, ax = plt.subplots()
        ax.plot([1, 2], [3, 4])
        ax.set_title('a "quoted" title')
        assert shell.display_formatter.format(figure) == ({}, {})  # it has shown itself
    finally:
        InteractiveShell.clear_instance()
    assert 'a "quoted" title. a line goes from 3 at 1 to 4 at 2.' in capsys.readouterr().out


@pytest.mark.parametrize("layout", ["constrained", "tight", None])
def test_the_picture_is_the_one_that_two_drawings_would_give(layout):
    def draw():
        figure, panels = plt.subplots(1, 2, layout=layout)
        panels[0].plot([1, 2], label="a")
        panels[0].legend()
        panels[1].set_title("longer than the panel that it stands above, by far")
        return figure

    figure = draw()
    engine = figure.get_layout_engine()
    InteractiveShell.instance()
    try:
        with capture_output() as shown:
            show_described(figure)
    finally:
        InteractiveShell.clear_instance()
    assert print_figure(draw(), "png", base64=True) in shown.outputs[0].data["text/html"]
    assert figure.get_layout_engine() is engine

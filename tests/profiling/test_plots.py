import subprocess
import sys

import matplotlib
import numpy as np
import pytest

matplotlib.use("agg")

import matplotlib.pyplot as plt

from tinytorch.profiling import plots


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (1536, "B", "1.54 kB"),
        (0.0021, "s", "2.1 ms"),
        (4.2e-8, "s", "42 ns"),
        (3, "s", "3 s"),
        (0, "B", "0 B"),
        (250_000, "", "250k"),
        (2e9, "B", "2 GB"),
    ],
)
def test_numbers_are_written_as_people_say_them(value, unit, text):
    assert plots.human(value, unit) == text


def test_curves_carry_title_labels_and_units():
    ax = plots.draw_curves(
        [1, 2, 4], {"a": [1e3, 2e3, 4e3], "b": [1, 1, 1]}, title="T", x_label="x", y_label="y", unit="B"
    )
    ax.figure.canvas.draw()
    labels = ax.get_xlabel(), ax.get_ylabel()
    assert (ax.get_title(loc="left"), *labels) == ("T", "x (log scale)", "y (log scale)")
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["a", "b"]
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["1", "2", "4"]
    assert "1 kB" in [tick.get_text() for tick in ax.get_yticklabels()]
    assert [line.get_marker() for line in ax.get_lines()] == ["o", "s"]


@pytest.mark.parametrize(
    ("values", "scale"),
    [
        ([9, 110], "log"),  # 10 and 100 are among them
        ([10, 100], "log"),
        ([11, 990], "linear"),  # 100 alone
        ([20, 90], "linear"),
        ([5, 5], "linear"),
        ([0, 1e6], "linear"),  # a logarithmic axis has no zero
    ],
)
def test_values_are_on_a_logarithmic_axis_if_it_shows_two_powers_of_ten_and_the_label_says_so(values, scale):
    ax = plots.draw_curves([10, 100], {"a": values}, title="T", x_label="x", y_label="y", log=True)
    assert (ax.get_xscale(), ax.get_xlabel()) == ("log", "x (log scale)")
    assert (ax.get_yscale(), ax.get_ylabel()) == (scale, "y (log scale)" if scale == "log" else "y")
    assert (ax.get_ylim()[0] == 0) == (scale == "linear")
    assert ax.get_ylim()[1] > max(values)
    ax = plots.draw_curves([10, 100], {"a": [1, 1e6]}, title="T", x_label="x", y_label="y", log=False)
    assert (ax.get_xscale(), ax.get_yscale(), ax.get_xlabel(), ax.get_ylabel()) == ("linear", "linear", "x", "y")


def test_bars_say_their_value():
    ax = plots.draw_bars({"disk": 0.077, "memory": 0.0019}, title="T", x_label="x", unit="s", log=True)
    assert ax.get_xlabel() == "x (log scale)"
    assert [text.get_text().strip() for text in ax.texts] == ["77 ms", "1.9 ms"]


def test_shares_say_what_part_of_the_row_they_are():
    ax = plots.draw_shares({"step": {"load": 0.75, "learn": 0.25}}, title="T")
    assert [text.get_text() for text in ax.texts] == ["75%", "25%"]


def test_images_are_drawn_in_rows_with_captions():
    plots.draw_images([np.zeros((2, 2)), np.zeros((2, 1)), np.zeros((2, 2))], ["a", "b", "c"], title="T", columns=2)
    (ax,) = plt.gcf().axes
    assert [text.get_text() for text in ax.texts] == ["a", "b", "c"]
    left, right, bottom, top = zip(*(image.get_extent() for image in ax.images), strict=True)
    assert left[0] == left[2] < right[0] < left[1] < right[1]
    assert top[0] == top[1] < bottom[0] < top[2] < bottom[2]
    assert (right[1] - left[1]) / (bottom[1] - top[1]) == pytest.approx(1 / 2)  # as the image is
    frames = [frame.get_bbox().extents.tolist() for frame in ax.patches]
    assert frames == [list(frame) for frame in zip(left, top, right, bottom, strict=True)]


def test_the_chain_names_every_box():
    ax = plots.draw_chain({"Dataset": "sample i", "DataLoader": "batches"}, title="T", highlight=["Dataset"])
    assert {"Dataset", "DataLoader", "sample i"} <= {text.get_text() for text in ax.texts}


def test_every_figure_of_a_notebook_shows_not_only_the_first():
    code = (
        "import os; os.environ['MPLBACKEND'] = 'module://matplotlib_inline.backend_inline'\n"
        "from IPython.core.interactiveshell import InteractiveShell; InteractiveShell.instance()\n"
        "from tinytorch.profiling import plots\n"
        "import matplotlib\n"
        "for _ in range(2):\n"
        "    plots.draw_bars({'a': 1}, title='T', x_label='x')\n"
        "    assert matplotlib.is_interactive()\n"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


def test_a_notebook_draws_each_figure_once():
    code = (
        "import os; os.environ['MPLBACKEND'] = 'module://matplotlib_inline.backend_inline'\n"
        "from IPython.core.interactiveshell import InteractiveShell\n"
        "shell = InteractiveShell.instance()\n"
        "shell.run_cell('from tinytorch.profiling import plots')\n"
        "drawn = []\n"
        "shell.user_ns['note'] = drawn.append\n"
        "cell = 'plots.draw_bars({chr(97): 1}, title=chr(84), x_label=chr(120))'\n"
        "shell.run_cell(f'{cell}.figure.canvas.mpl_connect(\"draw_event\", note);')\n"
        "assert len(drawn) == 1, len(drawn)\n"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert "T. across: x. a 1." in result.stdout


def test_measuring_needs_no_matplotlib():
    code = "import sys, tinytorch.profiling; assert 'matplotlib' not in sys.modules"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

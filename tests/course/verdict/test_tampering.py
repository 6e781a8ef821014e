"""Flagged submissions: their points are held back until a person has looked, and counted once one has."""

from __future__ import annotations

import csv

import nbformat
import pytest
from nbgrader.api import Gradebook

from tests.helpers.tiny_course import TinyCourse
from tinytorch.course.verdict.tampering import findings, given_names

GIVEN = given_names(
    ["import random\nimport numpy as np\nfrom core import Tensor", "def error_of(call):\n    return call"]
)


def test_a_flagged_submission_waits_for_a_person_and_then_counts(course: TinyCourse, tmp_path) -> None:
    folder, output = tmp_path / "class", tmp_path / "out"
    folder.mkdir()
    notebook = course.filled()
    notebook.cells.append(nbformat.v4.new_code_cell("get_ipython()"))
    nbformat.write(notebook, folder / "odd.ipynb")

    def grade(*options: str) -> float:
        course.tito("grade", folder, "--module", "02", "--output", output, *options)
        with (output / "grades.csv").open(encoding="utf-8", newline="") as file:
            return float(next(csv.DictReader(file))["points"])

    assert grade() == 0
    page = (output / "feedback" / "odd" / "02_tiny" / "tiny.html").read_text(encoding="utf-8")
    assert "held back until a person has looked at this submission: `get_ipython()` reaches for" in page
    with Gradebook(f"sqlite:///{output / 'gradebook.db'}") as gradebook:
        notebook_record = gradebook.find_submission_notebook("tiny", "02_tiny", "odd")
        written = {cell.name for cell in notebook_record.notebook.solution_cells}
        tests = [grade for grade in notebook_record.grades if grade.max_score > 0 and grade.name not in written]
        assert tests
        assert all(grade.needs_manual_grade for grade in tests)
    assert grade("--trust", "odd") == 20
    assert grade() == 20  # the look holds for these answers, and need not be told again
    notebook.cells.append(nbformat.v4.new_code_cell("another = 'answer'"))
    nbformat.write(notebook, folder / "odd.ipynb")
    assert grade() == 0


HONEST = [
    "import gc, os, sys, time, inspect, threading, traceback\ngc.collect()",
    "class Pair:\n    def __eq__(self, other):\n        return isinstance(other, Pair) and self.x == other.x",
    "class A:\n    def __init__(self, **names):\n        vars(self).update(names)\n        setattr(self, 'z', 2)",
    "class A:\n    def __init__(self):\n        self.__dict__['y'] = 1",
    "print(type(error).__name__, self.__class__.__name__)",
    "np.random.seed(0)\nrandom.seed(0)\nimport matplotlib.pyplot as plt\nplt.rcParams['font.size'] = 12",
    "import tracemalloc\ntracemalloc.start()\nprint(tracemalloc.get_traced_memory())",
    "import re\npattern = re.compile('x')\nframes = [1]\nstack = np.stack(frames)",
    "def collate(batch):\n    return batch\nlists = []\nthroughput = 5",
    "from tinytorch.core.tensor import Tensor\nfrom tinytorch import Tensor\nimport tinytorch.profiling",
    "try:\n    pass\nexcept Exception as error:\n    raise ValueError('x') from error",
    "getattr(self, name)\nhasattr(dataset, '__len__')\nIn = 5\nprint(In)",
    "this is no Python",
]


@pytest.mark.parametrize("source", HONEST)
def test_honest_code_is_not_flagged(source: str) -> None:
    assert findings(source, GIVEN, "dataloader") == []


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("x = 1\nnp.array_equal = lambda *a: True", "np.array_equal = lambda *a: True"),
        ("setattr(np, 'stack', None)", "setattr(np, 'stack', None)"),
        ("vars(np)['stack'] = None", "vars(np)['stack'] = None"),
        ("np.__dict__.update(stack=None)", "np.__dict__.update(stack=None)"),
        ("Tensor.__eq__ = None", "Tensor.__eq__ = None"),
        ("globals()['error_of'] = None", "globals()['error_of'] = None"),
        ("def error_of(call):\n    return TypeError()", "def error_of(call):"),
        ("from unittest import mock", "from unittest import mock"),
        ("from tinytorch.core import dataloader", "from tinytorch.core import dataloader"),
        ("from tinytorch import DataLoader", "from tinytorch import DataLoader"),
        ("import tinytorch.core.dataloader as answer", "import tinytorch.core.dataloader as answer"),
        ("class Y:\n    def __eq__(self, o): return True", "def __eq__(self, o): return True"),
    ],
)
def test_what_works_on_the_verdict_is_found_with_its_line(source: str, line: str) -> None:
    assert [finding.line for finding in findings(source, GIVEN, "dataloader")] == [line]


def test_trying_out_an_export_in_a_cell_of_one_s_own_is_honest() -> None:
    assert findings("from tinytorch.core.dataloader import DataLoader", GIVEN, "dataloader", is_solution=False) == []

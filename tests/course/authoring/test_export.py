"""Exporting: what a student wrote is what is imported, and a notebook that cannot be exported changes nothing."""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat
import pytest

from tests.helpers.tiny_course import SOLUTIONS, TinyCourse, cell_named, contents


def test_a_student_s_class_is_the_one_that_is_imported(course: TinyCourse, tmp_path: Path) -> None:
    path = tmp_path / "tiny.ipynb"
    nbformat.write(course.filled(), path)
    course.tito("export", path, check=True)
    code = "from tinytorch.core.tiny import Pair; p = Pair([1], [2, 3]); print(p.total(), hasattr(p, 'both'))"
    assert course.run(sys.executable, "-c", code, check=True).stdout == "6.0 True\n"
    stub = (course.root / "tinytorch" / "core" / "tiny.pyi").read_text(encoding="utf-8")
    assert "def total(self) -> float" in stub


def test_plain_nbdev_export_gives_the_reference_back(course: TinyCourse) -> None:
    reference = contents(course.root / "tinytorch")
    nbformat.write(course.filled(), course.released)
    course.tito("export", "02", check=True)
    assert contents(course.root / "tinytorch") != reference
    course.tito("build", check=True)
    assert contents(course.root / "tinytorch") == reference


BAD_NOTEBOOKS = {
    "syntax error": ({"double": "#| export\ndef double(x):\n    return 2 x\n"}, "line 3 is not valid Python"),
    "unfilled": ({"pair": None}, "Step 2, cell `pair` is not filled in yet"),
    "lost directive": ({"double": SOLUTIONS["double"].replace("#| export\n", "")}, "put `#| export` back"),
    "cannot be imported": (
        {"double": "#| export\nimport no_such_module\n"},
        "cannot be exported. Cell `double` of 02_tiny/tiny.ipynb fails in tinytorch.core.tiny "
        "(ModuleNotFoundError: No module named 'no_such_module'): mend that cell",
    ),
}


@pytest.mark.parametrize("case", BAD_NOTEBOOKS)
def test_a_notebook_that_cannot_be_exported_is_refused_and_changes_nothing(course: TinyCourse, case: str) -> None:
    answers, said = BAD_NOTEBOOKS[case]
    nbformat.write(course.filled(**answers), course.released)
    before = contents(course.root)
    result = course.tito("export", "02")
    assert result.returncode == 1
    assert result.stderr.startswith("tito: ")
    assert result.stderr.count("\n") == 1
    assert said in result.stderr
    assert contents(course.root) == before


def own_cell(notebook: nbformat.NotebookNode, source: str) -> nbformat.NotebookNode:
    """Put a cell of the student's own behind the imports."""
    place = notebook.cells.index(cell_named(notebook, "imports")) + 1
    notebook.cells.insert(place, nbformat.v4.new_code_cell(source))
    return notebook


def test_a_helper_that_is_not_exported_is_named_with_its_cell(course: TinyCourse) -> None:
    double = "#| export\ndef double(x):\n    return _twice(x)\n"
    nbformat.write(own_cell(course.filled(double=double), "def _twice(x):\n    return 2 * x"), course.released)
    before = contents(course.root)
    result = course.tito("export", "02")
    assert result.returncode == 1
    assert (
        ", Step 1 reads _twice, which only a cell without `#| export` defines, `def _twice(x):`: "
        "put `#| export` at its top, and export again.\n"
    ) in result.stderr
    assert contents(course.root) == before


def test_names_that_exported_code_defines_or_only_annotates_with_are_none_that_lack(course: TinyCourse) -> None:
    double = (
        "#| export\nfrom operator import add\nLIMIT = 10\n"
        "def double(x: Number, *more, scale=LIMIT) -> Number:\n"
        "    global _calls\n    _calls = [len(more) for x_ in more]\n"
        "    def inner(y):\n        return add(y, x)\n    return inner(x)\n"
    )
    own = "Number = float\nx = more = inner = x_ = _calls = LIMIT = len = scale = 1"
    nbformat.write(own_cell(course.filled(double=double), own), course.released)
    course.tito("export", "02", check=True)


def test_an_abstract_method_is_not_an_unfilled_cell(course: TinyCourse, tmp_path: Path) -> None:
    double = "#| export\ndef double(x):\n    if not x:\n        raise NotImplementedError('no')\n    return 2 * x\n"
    nbformat.write(course.filled(double=double), tmp_path / "tiny.ipynb")
    course.tito("export", tmp_path / "tiny.ipynb", check=True)


def test_a_broken_file_is_refused_and_changes_nothing(course: TinyCourse) -> None:
    course.released.write_text("{", encoding="utf-8")
    before = contents(course.root)
    result = course.tito("export", "02")
    assert result.returncode == 1
    assert "cannot be read as a notebook" in result.stderr
    assert contents(course.root) == before


def test_a_notebook_that_exports_elsewhere_is_refused(course: TinyCourse, tmp_path: Path) -> None:
    notebook = course.filled()
    first = next(cell for cell in notebook.cells if "default_exp" in cell.source)
    first.source = "#| default_exp core.other"
    nbformat.write(notebook, course.released)
    before = contents(course.root)
    result = course.tito("export", "02")
    assert result.returncode == 1
    assert "#| default_exp core.tiny" in result.stderr
    assert contents(course.root) == before
    assert cell_named(notebook, "double")

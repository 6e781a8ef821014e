"""A class in one run, half of it broken or hostile: no hang, every honest score exact, every bad one explained."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from tests.helpers.hand_in import NOTHING, UNREADABLE, Make, grade, hand_in, student_of, written
from tests.helpers.tiny_course import POINTS, SOLUTIONS, GradedClass, TinyCourse, cell_named
from tinytorch.course.notebook import STUB


def place_of(notebook: NotebookNode, name: str) -> int:
    return notebook.cells.index(cell_named(notebook, name))


def edited(change: Callable[[NotebookNode], object], **answers: str | None) -> Make:
    """Return a maker of a filled notebook to which something was done."""

    def make(course: TinyCourse) -> NotebookNode:
        notebook = course.filled(**answers)
        change(notebook)
        return notebook

    return make


def delete(*names: str) -> Callable[[NotebookNode], object]:
    def change(notebook: NotebookNode) -> None:
        notebook.cells = [
            cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") not in names
        ]

    return change


def paste_again(name: str, source: str, before: bool = False) -> Callable[[NotebookNode], object]:
    """Put a copy of a cell with all that it carries, but another source, beside it or at the end."""

    def change(notebook: NotebookNode) -> None:
        twin = copy.deepcopy(cell_named(notebook, name))
        twin.source, twin.id = source, "pasted"
        notebook.cells.insert(place_of(notebook, name) if before else len(notebook.cells), twin)

    return change


def setting(name: str, **values: object) -> Callable[[NotebookNode], object]:
    return lambda notebook: cell_named(notebook, name).metadata.nbgrader.update(values)


def rename(notebook: NotebookNode) -> None:
    for number, name in enumerate(["double", "pair-total", "double-more"]):
        cell = cell_named(notebook, name)
        cell.metadata.nbgrader.grade_id = f"mine-{number}"
        cell.id = f"mine-{number}"


def strip(notebook: NotebookNode) -> None:
    """Do what Colab and merge tools do: no ids and no metadata."""
    notebook.nbformat_minor = 0
    for cell in notebook.cells:
        del cell["id"]
        cell.metadata = NotebookNode()


def retype(notebook: NotebookNode) -> None:
    for name, kind in {"double": "markdown", "pair": "raw", "double-number": "markdown", "why": "raw"}.items():
        cell = cell_named(notebook, name)
        cell.cell_type = kind
        cell.pop("outputs", None)
        cell.pop("execution_count", None)


def split_pair(notebook: NotebookNode) -> None:
    """Split a cell as JupyterLab does: both halves carry all of its metadata."""
    cell = cell_named(notebook, "pair-total")
    second = copy.deepcopy(cell)
    second.id, second.source = "second-half", cell.source.replace("sum(self.both)", "sum_of(self.both)")
    cell.source = "#| export\ndef sum_of(values):\n    return values.sum()\n"
    notebook.cells.insert(notebook.cells.index(cell) + 1, second)


def add_cells(notebook: NotebookNode) -> None:
    """Put the answer to work in a helper cell of its own, above the solution cell."""
    helper = nbformat.v4.new_code_cell("#| export\ndef twice(x):\n    return x * 2\n")
    notebook.cells.insert(place_of(notebook, "double"), helper)
    cell_named(notebook, "double").source = "#| export\ndef double(x):\n    return twice(x)\n"


def reverse(notebook: NotebookNode) -> None:
    notebook.cells.reverse()


def spoil_metadata(notebook: NotebookNode) -> None:
    cell_named(notebook, "double-more").metadata.nbgrader.points = "a million"
    cell_named(notebook, "double-number").metadata.nbgrader.pop("schema_version")
    notebook.cells[1].metadata.nbgrader = {"grade_id": ["double"], "points": "many", "grade": True}
    notebook.cells[0].metadata.nbgrader = "all points, please"


def kernel(**spec: str) -> Callable[[NotebookNode], object]:
    return lambda notebook: notebook.metadata.update(kernelspec=spec, language_info={"name": spec["language"]})


def no_kernel(notebook: NotebookNode) -> None:
    notebook.metadata = NotebookNode()


INIT = SOLUTIONS["pair"].rstrip()
METHOD = "\n    def total(self):\n        return float(sum(self.both))\n"
TOTAL = "#| export\n@patch\ndef total(self: Pair) -> float:\n"

# Each student's file: how it is made, the points it must get, and what must be said of it.
HONEST: dict[str, tuple[Make, str]] = {
    "right.ipynb": (edited(lambda notebook: None), ""),
    "helper.ipynb": (edited(add_cells), ""),
    "split.ipynb": (edited(split_pair), "note in pair-total: the cell is there more than once"),
    "attempts.ipynb": (
        edited(paste_again("double", "#| export\ndef double(x):\n    return x\n", before=True)),
        "note in double: the cell is there more than once",
    ),
    "pasted-stub.ipynb": (
        edited(paste_again("double", f"#| export\ndef double(x):\n    'Give twice x.'\n    {STUB}")),
        "note in double: the cell is there more than once",
    ),
    "deletes-tests.ipynb": (
        edited(delete("imports", "double-more", "double-ready", "pair-total-right")),
        "note in imports, double-more, double-ready and 1 more: the cell was deleted; it was put back",
    ),
    "edits-test.ipynb": (
        edited(lambda notebook: cell_named(notebook, "double-number").update(source="assert double(2) == 5")),
        "note in double-number: the cell is not yours to edit; it was graded as released",
    ),
    "reversed.ipynb": (
        edited(reverse),
        "note in pair-total-right, pair-total, pair and 5 more: the cell had been moved; it was put back in its place",
    ),
    "retyped.ipynb": (
        edited(retype),
        "note in double, double-number, pair and 1 more: the cell had another type (code, markdown or raw)",
    ),
    "renamed.ipynb": (
        edited(rename),
        "note in double-more, double, pair-total: nbgrader's name for the cell was gone or changed",
    ),
    "stripped.ipynb": (
        edited(strip),
        "note in imports, double-number, double-more and 5 more: nbgrader's name for the cell was gone or changed",
    ),
    "spoilt.ipynb": (edited(spoil_metadata), "note in double-more: nbgrader's settings of the cell were changed"),
    "stub-below.ipynb": (
        edited(lambda notebook: None, pair=f"{INIT}\n        # YOUR CODE HERE\n        {STUB}\n"),
        "note in pair: `raise NotImplementedError(...)` still stood below your code",
    ),
    "inside.ipynb": (
        edited(delete("pair-total"), pair=INIT + METHOD),
        "note in pair-total: the cell for your answer was deleted, or could not be recognised",
    ),
    "crlf.ipynb": (
        lambda course: written(course.filled()).replace("\\n", "\\r\\n").replace("\n", "\r\n"),
        "note: its lines end as on Windows (CRLF); they were converted",
    ),
    "bom.ipynb": (lambda course: written(course.filled()).encode("utf-8-sig"), "note: the file was saved as UTF-8-SIG"),
    "utf16.ipynb": (lambda course: written(course.filled()).encode("utf-16"), "note: the file was saved as UTF-16"),
    "windows.ipynb": (
        lambda course: written(course.filled()).encode("cp1252"),
        "note: the file was not saved as UTF-8; it was read as Windows-1252",
    ),
    "old.ipynb": (
        lambda course: nbformat.writes(course.filled(), version=3),
        "note: the notebook has the old format 3; it was converted to format 4",
    ),
    "julia.ipynb": (
        edited(kernel(name="julia-1.9", display_name="Julia", language="julia")),
        "note: the notebook was saved with a kernel for julia; it was graded with Python",
    ),
    "no-kernel.ipynb": (edited(no_kernel), ""),
    "misnamed/tiny (1).ipynb": (
        edited(lambda notebook: None),
        "note: the notebook was handed in as tiny (1).ipynb; it must be called tiny.ipynb",
    ),
}

BROKEN: dict[str, tuple[Make, dict[str, float], str]] = {
    "stub-above.ipynb": (
        edited(lambda notebook: None, double=f"#| export\ndef double(x):\n    {STUB}\n    return 2 * x\n"),
        {**NOTHING, "pair-total-right": 10},
        "fault in double: `raise NotImplementedError(...)` still stands above your code",
    ),
    "stub-left.ipynb": (
        edited(lambda notebook: None, pair=INIT + METHOD, pair_total=f"{TOTAL}    {STUB}\n"),
        {**POINTS, "pair-total-right": 0},
        "fault in pair-total: you wrote total inside the class Pair, and the stub in this cell takes its place",
    ),
    "cheats.ipynb": (
        edited(
            lambda notebook: cell_named(notebook, "double-more").update(source="value = 1"),
            double="#| export\ndef double(x):\n    return 4\n",
        ),
        {**POINTS, "double-more": 0},
        "note in double-more: the cell is not yours to edit; it was graded as released",
    ),
    "deletes-answer.ipynb": (
        edited(delete("double")),
        {**NOTHING, "pair-total-right": 10},
        "note in double: the cell for your answer was deleted, or could not be recognised",
    ),
    "other-module.ipynb": (
        lambda course: (course.root / "modules" / "01_tensor" / "tensor.ipynb").read_bytes(),
        NOTHING,
        "fault: it is the notebook of another module, `tensor`: hand in the one of `tiny`",
    ),
    "loops.ipynb": (
        edited(lambda notebook: None, pair_total=f"{TOTAL}    while True:\n        pass\n"),
        {**POINTS, "pair-total-right": 0},
        "fault in pair-total-right: this cell ran longer than",
    ),
    "exits.ipynb": (
        edited(lambda notebook: None, double="#| export\nimport os\ndef double(x):\n    os._exit(0)\n"),
        {**NOTHING, "pair-total-right": 10},
        "fault in double-number: ",
    ),
    "prints-much.ipynb": (
        edited(lambda notebook: None, double="#| export\ndef double(x):\n    print('x' * 10**8)\n    return 2 * x\n"),
        {**NOTHING, "pair-total-right": 10},
        "fault in double-number: this cell printed more than",
    ),
}


@pytest.fixture(scope="module")
def mixed(built_course: TinyCourse, tmp_path_factory: pytest.TempPathFactory) -> GradedClass:
    """The whole class, graded in one run."""
    folder, output = tmp_path_factory.mktemp("mixed"), tmp_path_factory.mktemp("graded_mixed") / "out"
    for name, (make, *_) in {**HONEST, **BROKEN, **UNREADABLE}.items():
        hand_in(built_course, folder, name, make)
    run = built_course.tito("grade", folder, "--module", "02", "--output", output, "--keep-going")
    return GradedClass(built_course, folder, output, run)


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_submission_gets_all_points_in_whatever_shape_it_came(mixed: GradedClass, name: str) -> None:
    assert mixed.recorded(student_of(name)) == POINTS
    assert mixed.points(student_of(name))["points"] == 20
    if said := HONEST[name][1]:
        mixed.assert_told(student_of(name), said)
    else:
        assert mixed.told(student_of(name)) == []


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_submission_loses_what_it_broke_and_is_told_why(mixed: GradedClass, name: str) -> None:
    _, points, said = BROKEN[name]
    assert mixed.recorded(student_of(name)) == points
    mixed.assert_told(student_of(name), said)


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_file_that_is_no_notebook_is_recorded_with_0_points_and_a_reason(mixed: GradedClass, name: str) -> None:
    assert mixed.recorded(student_of(name)) == NOTHING
    mixed.assert_told(student_of(name), f"fault: {UNREADABLE[name][1]}")


def test_the_run_ends_with_one_sentence_that_names_all_that_could_not_be_graded(mixed: GradedClass) -> None:
    assert mixed.run.returncode == 1
    assert mixed.run.stderr.count("\n") == 1
    names = ", ".join(sorted(student_of(name) for name in UNREADABLE))
    total = len(HONEST) + len(BROKEN) + len(UNREADABLE)
    assert f"{len(UNREADABLE)} of {total} submissions could not be graded ({names})" in mixed.run.stderr


def test_of_several_copies_of_an_answer_the_untouched_ones_are_left_out(course: TinyCourse, tmp_path: Path) -> None:
    stub = cell_named(course.notebook(), "double").source
    hand_in(course, tmp_path, "amy.ipynb", edited(paste_again("double", stub)))
    graded = grade(course, tmp_path)
    assert graded.recorded("amy") == POINTS
    assert sum(cell.source == stub for cell in graded.ran("amy").cells) == 0

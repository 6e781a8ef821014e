"""The steps of a notebook, and the words that `tito check` and the panel have for them."""

from __future__ import annotations

import subprocess
import sys

import nbformat
import pytest
from nbformat import NotebookNode

from tests.helpers.repository import ROOT
from tinytorch.course.student.steps import Step, points_in_all, reached, steps_of


def solution(name: str) -> NotebookNode:
    """A cell to write."""
    settings = {"grade_id": name, "solution": True, "grade": False, "locked": False}
    return nbformat.v4.new_code_cell("pass", metadata={"nbgrader": settings})


def locked_test(name: str, points: float) -> NotebookNode:
    """A test."""
    settings = {"grade_id": name, "solution": False, "grade": True, "locked": True, "points": points}
    return nbformat.v4.new_code_cell("assert True", metadata={"nbgrader": settings})


def notebook(*cells: NotebookNode | str) -> NotebookNode:
    """A notebook of cells; a text is a heading."""
    made = [nbformat.v4.new_markdown_cell(f"## {cell}") if isinstance(cell, str) else cell for cell in cells]
    return nbformat.v4.new_notebook(cells=made)


def step(written: dict[str, bool], passed: dict[str, bool]) -> Step:
    """A step with two cells to write and two tests, of 3 and 4 points."""
    cells = ["flip", "flip-right", "crop", "crop-right"]
    return Step("Step 6", {"flip-right": 3.0, "crop-right": 4.0}, cells, written, passed)


BOTH, NEITHER = {"flip": True, "crop": True}, {"flip": False, "crop": False}


@pytest.mark.parametrize(
    ("written", "passed", "verdict"),
    [
        # what `tito check` says, which runs every cell
        (BOTH, {"flip-right": True, "crop-right": True}, "pass"),
        (BOTH, {"flip-right": True, "crop-right": False}, "fail"),
        ({"flip": True, "crop": False}, {"flip-right": True, "crop-right": False}, "not finished yet"),
        ({"flip": True, "crop": False}, {"flip-right": False, "crop-right": False}, "not finished yet"),
        (NEITHER, {"flip-right": False, "crop-right": False}, "not written yet"),
        (NEITHER, {"flip-right": True, "crop-right": True}, "pass"),  # it is written, in other cells
        # what the panel says besides, which knows the cells that have run
        ({}, {}, "not run yet"),
        (BOTH, {}, "not run yet"),
        ({"flip": True}, {"flip-right": True}, "pass so far"),
        ({"flip": True}, {"flip-right": False}, "fail"),
        ({"flip": False}, {}, "not written yet"),
        ({"flip": True, "crop": False}, {"flip-right": True}, "not finished yet"),
    ],
)
def test_a_step_is_told_in_words(written: dict[str, bool], passed: dict[str, bool], verdict: str) -> None:
    assert step(written, passed).verdict == verdict


def test_a_row_has_the_tests_and_the_points_that_passed() -> None:
    row = step(BOTH, {"flip-right": False, "crop-right": True}).row
    assert row == ["Step 6", "fail", "1 of 2", "4 of 7"]


def test_of_an_optional_step_that_was_left_out_no_test_counts_as_passed() -> None:
    left_out = step(NEITHER, {"flip-right": True, "crop-right": True})
    left_out.is_optional = True
    assert left_out.row == ["Step 6", "not written yet", "0 of 2", "optional"]


def test_steps_are_those_that_give_points_with_their_cells_in_order() -> None:
    released = notebook(
        solution("before"),
        "Step 1 · Flip",
        solution("flip"),
        locked_test("flip-right", 3),
        locked_test("flip-ready", 0),
        solution("crop"),
        locked_test("crop-right", 4),
        "Step 2 · Optional",
        solution("more"),
        "Questions",
        locked_test("answer", 2),
    )
    steps = steps_of(released, Step)
    assert {name: each.cells for name, each in steps.items()} == {
        "Step 1": ["flip", "flip-right", "crop", "crop-right"],
        "Questions": ["answer"],
    }
    assert steps["Step 1"].points == {"flip-right": 3.0, "crop-right": 4.0}
    assert all(each.verdict == "not run yet" for each in steps.values())


def test_the_panel_loads_none_of_the_slow_tools_in_a_student_s_kernel() -> None:
    slow = {"nbgrader", "nbdev", "rich", "typer", "numpy", "nbformat.v4", "jsonschema"}
    code = f"import sys; from tinytorch.panel import show_panel; show_panel('05'); print({slow} & set(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout.startswith("Module 05: 0 of 100 visible points\n")
    assert ran.stdout.endswith("set()\n")


def test_a_step_without_points_reaches_tests_in_the_words_of_its_row() -> None:
    cells = [solution("fast"), locked_test("fast-right", 0), locked_test("fast-same", 0)]
    cells[0].metadata.tags = ["optional"]
    (optional,) = steps_of(notebook("Step 7", *cells), Step).values()
    optional.written, optional.passed = {"fast": True}, {"fast-right": True, "fast-same": False}
    assert optional.row[2:] == ["1 of 2", "optional"]
    assert reached([optional]) == "1 of 2 tests, optional"
    assert reached([optional, step(BOTH, {"flip-right": True, "crop-right": False})]) == "3 of 7 visible points"


def test_questions_in_prose_have_their_numbers_and_count_in_the_total() -> None:
    settings = {"grade_id": "why", "solution": True, "grade": True, "locked": False, "points": 5}
    answer = nbformat.v4.new_markdown_cell("YOUR ANSWER HERE", metadata={"nbgrader": settings})
    asked = nbformat.v4.new_markdown_cell("**3.** (5 points.) Why?")
    whole = notebook("Step 1", solution("flip"), locked_test("flip-right", 4), "Questions", asked, answer)
    assert points_in_all(whole) == "In all 9 points: 4 of tests, 5 for question 3, graded by hand."
    assert points_in_all(notebook("Step 1", solution("flip"), locked_test("flip-right", 4))) == ""

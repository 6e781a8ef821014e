"""Which cells are judged, and what is sent along with them. What the judge decides is in test_judge.py."""

from __future__ import annotations

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from tests.helpers.tiny_course import GradedClass
from tinytorch.course.verdict.run_tests import is_judged


def cell(**settings: object) -> NotebookNode:
    return new_code_cell("assert True", metadata={"nbgrader": {"grade_id": "a", **settings}})


def test_only_tests_that_give_points_are_judged() -> None:
    assert is_judged(cell(grade=True, solution=False, points=2))
    assert not is_judged(cell(grade=True, solution=False, points=0))
    assert not is_judged(cell(grade=True, solution=True, points=2))
    assert not is_judged(cell(grade=False, solution=False, locked=True, points=2))
    assert not is_judged(new_code_cell("assert True"))


def test_a_traceback_shows_nothing_of_what_runs_the_test(graded: GradedClass) -> None:
    raised = [cell for cell in graded.ran("raises").cells if cell.cell_type == "code"]
    tracebacks = [
        "".join(output.traceback) for cell in raised for output in cell.outputs if output.output_type == "error"
    ]
    assert any("list index out of range" in text for text in tracebacks)
    assert not [text for text in tracebacks if "__subclasses__" in text or "<witness>" in text or "<test>" in text]

"""What is told of a graded notebook: notes, the message of each failed test, and a name for what the student wrote."""

from __future__ import annotations

import dataclasses
import json

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from tests.helpers.results import result_of
from tinytorch.course.notes import add_note
from tinytorch.course.reports.graded_notebook import GradedNotebook, code_of
from tinytorch.course.reports.redact import NOTE


def notebook_with(name: str, *errors: tuple[str, str], source: str = "") -> nbformat.NotebookNode:
    outputs = [new_output("error", ename=ename, evalue=evalue, traceback=["secret frame"]) for ename, evalue in errors]
    settings = {"grade": True, "solution": False, "locked": True, "points": 1, "grade_id": name, "schema_version": 3}
    cell = new_code_cell(source, outputs=outputs, metadata={"nbgrader": {**settings, "cell_type": "code"}})
    return new_notebook(cells=[cell])


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (("AssertionError", "Step 1: expected 4"), "AssertionError: Step 1: expected 4"),
        (("KeyboardInterrupt", ""), "KeyboardInterrupt"),
        (("ValueError", "one\ntwo"), "ValueError: one"),
        (("ValueError", "\x1b[31mred\x1b[0m"), "ValueError: red"),
        (("E", "x" * 1000), "E: " + "x" * 296 + "…"),
    ],
)
def test_a_failed_test_has_the_first_line_of_its_error_for_a_message(error: tuple[str, str], message: str) -> None:
    told = told_of(notebook_with("test-1", error)).add_to(result_of("ann", 1, message=""))
    assert [test.message for test in told.tests] == [message, "", "", "", ""]


def test_a_passed_test_has_no_message() -> None:
    told = told_of(notebook_with("test-1", ("ValueError", "caught"))).add_to(result_of("ann"))
    assert not any(test.message for test in told.tests)


def test_a_line_of_a_hidden_test_is_taken_out_of_a_message() -> None:
    secret = "assert answer_of_student == 2469134"
    source = f"x = 1\n### BEGIN HIDDEN TESTS\n{secret}\n### END HIDDEN TESTS"
    told = told_of(notebook_with("test-1", ("Leak", f"see: {secret}"), source=source)).add_to(result_of("ann", 1))
    assert secret not in told.tests[0].message
    assert NOTE in told.tests[0].message


def test_of_several_errors_in_a_test_the_first_is_told() -> None:
    told = told_of(notebook_with("test-1", ("ValueError", "first"), ("KeyError", "second")))
    assert told.messages == {"test-1": "ValueError: first"}


def test_what_is_told_is_the_same_after_it_was_kept() -> None:
    notebook = notebook_with("test-1", ("ValueError", "x"))
    notebook.cells.append(solution("answer", "x = 1"))
    add_note(notebook, "fault", "answer", "a cell was stopped")
    told = told_of(notebook)
    assert told.notes
    assert told.code
    assert GradedNotebook.kept(json.loads(json.dumps(dataclasses.asdict(told)))) == told


def test_code_has_a_name_for_what_was_written_and_none_if_nothing_was() -> None:
    released, other = (
        new_notebook(cells=[solution("answer", "stub")]),
        new_notebook(cells=[solution("answer", "x = 1")]),
    )
    given = code_of(released)
    assert not GradedNotebook.read(released, given).code
    assert GradedNotebook.read(other, given).code == GradedNotebook.read(other, given).code
    other.cells[0].source = "x = 2"
    assert GradedNotebook.read(other, given).code != told_of(new_notebook(cells=[solution("answer", "x = 1")])).code


def told_of(notebook: nbformat.NotebookNode) -> GradedNotebook:
    return GradedNotebook.read(notebook, [])


def solution(name: str, source: str) -> nbformat.NotebookNode:
    settings = {"grade": False, "solution": True, "locked": False, "grade_id": name, "schema_version": 3}
    return new_code_cell(source, metadata={"nbgrader": {**settings, "cell_type": "code"}})

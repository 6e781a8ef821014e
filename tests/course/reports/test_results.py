"""What a class got, and the message of each failed test."""

from __future__ import annotations

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from tests.helpers.results import result_of
from tinytorch.course.reports.redact import NOTE
from tinytorch.course.reports.results import one_line, with_messages


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
    told = with_messages(result_of("ann", 1, message=""), notebook_with("test-1", error))
    assert [test.message for test in told.tests] == [message, "", "", "", ""]


def test_a_passed_test_has_no_message() -> None:
    told = with_messages(result_of("ann"), notebook_with("test-1", ("ValueError", "caught")))
    assert not any(test.message for test in told.tests)


def test_a_line_of_a_hidden_test_is_taken_out_of_a_message() -> None:
    secret = "assert answer_of_student == 2469134"
    source = f"x = 1\n### BEGIN HIDDEN TESTS\n{secret}\n### END HIDDEN TESTS"
    told = with_messages(result_of("ann", 1), notebook_with("test-1", ("Leak", f"see: {secret}"), source=source))
    assert secret not in told.tests[0].message
    assert NOTE in told.tests[0].message


def test_one_line_of_nothing_is_empty() -> None:
    assert one_line(" \n ") == ""

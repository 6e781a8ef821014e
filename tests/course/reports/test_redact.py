"""Lines of hidden tests are taken out of what students get to see; and the tests' own finder finds them."""

from __future__ import annotations

import html
import json

import nbformat
import pytest

from tests.helpers.leaks import find_leaks, hidden_lines
from tests.helpers.tiny_course import GradedClass, TinyCourse, cell_named, solution
from tinytorch.course.reports.redact import NOTE, remove_secrets, squeeze
from tinytorch.course.reports.redact import hidden_lines as hidden_lines_of_source

SECRET = "assert answer_of_student == 2469134"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text,
        lambda text: html.escape(text),
        lambda text: json.dumps({"source": ["x = 1\n", text]}),
        lambda text: repr([f"first\n    {text}\nlast"]),
        lambda text: "<span>" + "</span> <span>".join(html.escape(text).split(" ")) + "</span>",
        lambda text: f"\x1b[32m----> \x1b[39m\x1b[32m3\x1b[39m \x1b[38;5;28;01massert\x1b[39;00m {text[7:]}",
    ],
)
def test_the_finder_and_the_cleaner_see_a_planted_line(built_course: TinyCourse, spoil) -> None:
    lines = hidden_lines(solution(built_course))
    line = next(line for line in lines if line.startswith(SECRET))
    assert find_leaks(lines, f"before\n{spoil(line)}\nafter") == [line]
    cleaned = remove_secrets(f"before\n{spoil(line)}\nafter", {squeeze(line)})
    assert cleaned == f"before\n{NOTE}\nafter"


def test_the_finder_sees_a_line_planted_in_a_notebook_a_page_and_a_traceback(graded: GradedClass) -> None:
    lines = hidden_lines(solution(graded.course))
    line = next(line for line in lines if line.startswith(SECRET))
    notebook = graded.course.notebook()
    assert find_leaks(lines, nbformat.writes(notebook)) == []
    cell_named(notebook, "double-more").source += f"\n{line}"
    assert find_leaks(lines, nbformat.writes(notebook)) == [line]
    page = graded.page("wrong").replace("Step 1: expected 2469134", f"<pre>{html.escape(line)}</pre>", 1)
    assert find_leaks(lines, page) == [line]
    # The grader decides the assert in its own process, so its line is in no traceback to begin with
    failed = cell_named(graded.ran("wrong"), "double-more").outputs[-1]
    assert find_leaks(lines, "\n".join(failed.traceback)) == []
    assert find_leaks(lines, "\n".join([*failed.traceback, f"----> 3 {line}"])) == [line]


def test_the_finder_passes_over_lines_that_the_release_shows(built_course: TinyCourse) -> None:
    assert "assert double(3) == 6" not in str(hidden_lines(solution(built_course)) & {"value = double(1)"})
    assert find_leaks(hidden_lines(solution(built_course)), built_course.released.read_text()) == []


def test_short_lines_and_visible_lines_are_no_secrets() -> None:
    source = (
        "a = a_visible_line_of_code()\n### BEGIN HIDDEN TESTS\nx = 1\ny = some_longer_expression\n### END HIDDEN TESTS"
    )
    assert hidden_lines_of_source(source) == {"y = some_longer_expression"}


def test_a_hidden_line_broken_over_two_printed_lines_is_removed_too() -> None:
    secret = "assert answer_of_student == 2469134"
    assert remove_secrets("assert answer_of_\nstudent == 2469134", {squeeze(secret)}) == NOTE

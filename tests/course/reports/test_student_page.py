"""Feedback: the message of a failed hidden test is shown, a line of it never; and the leak finder finds leaks."""

from __future__ import annotations

import html
import json
import re

import nbformat
import pytest

from tests.helpers.leaks import find_leaks, hidden_lines, solution_lines
from tests.helpers.tiny_course import GradedClass, TinyCourse, cell_named
from tinytorch.course.reports.redact import NOTE, remove_secrets, squeeze
from tinytorch.course.reports.redact import hidden_lines as hidden_lines_of_source

STUDENTS = ["right", "untouched", "wrong", "raises", "warns", "broken-step-1", "imports", "hugs", "slow", "prints"]
SECRET = "assert answer_of_student == 2469134"


def solution(course: TinyCourse) -> nbformat.NotebookNode:
    return nbformat.read(course.root / "src" / "02_tiny" / "tiny.ipynb", as_version=4)


@pytest.mark.parametrize("student", STUDENTS)
def test_no_feedback_page_shows_a_hidden_line(graded: GradedClass, student: str) -> None:
    assert find_leaks(hidden_lines(solution(graded.course)), graded.page(student)) == []


@pytest.mark.parametrize("student", ["untouched", "wrong", "raises", "imports", "prints"])
def test_no_feedback_page_shows_a_solution_line_that_is_not_the_student_s(graded: GradedClass, student: str) -> None:
    own = "".join(path.read_text() for path in graded.folder.rglob("*.ipynb") if student in str(path))
    assert find_leaks(solution_lines(solution(graded.course)), graded.page(student), own) == []


def test_the_message_of_a_failed_hidden_test_is_shown(graded: GradedClass) -> None:
    assert "Step 1: expected 2469134, got 8641969" in graded.page("wrong")


def test_the_student_s_own_failing_line_is_shown(graded: GradedClass) -> None:
    page = html.unescape(re.sub(r"<[^>]*>", "", graded.page("raises")))
    assert "----> 3     return [2, 4, 4, 6][x]\n\nIndexError: list index out of range" in page


def test_what_a_student_prints_of_a_hidden_test_is_removed_and_the_rest_stays(graded: GradedClass) -> None:
    page = graded.page("prints")
    assert NOTE in page
    assert "value = double(1)" in page


def test_the_pages_show_scores(graded: GradedClass) -> None:
    assert "Score: 6.0 / 6.0" in graded.page("right")
    assert "Score: 0.0 / 6.0" in graded.page("wrong")


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


def test_the_page_opens_with_what_failed_and_why(graded: GradedClass) -> None:
    page = graded.page("wrong")
    rows = re.findall(r"<td><strong>(pass|fail)</strong></td>\s*<td>(.*?)</td>\s*<td>(.*?)</td>", page, re.DOTALL)
    assert [verdict for verdict, *_ in rows] == sorted(verdict for verdict, *_ in rows)
    assert any("Step 1: expected 2469134, got 8641969" in text for _, _, text in rows)
    assert rows[0][0] == "fail"
    assert "fail" not in re.findall(r"<td><strong>(pass|fail)</strong></td>", graded.page("right"))


def test_the_page_loads_nothing_from_other_hosts(graded: GradedClass) -> None:
    assert not re.findall(r"""(?:src|href)=["'](?:https?:)?//[^"']+|url\(["']?https?:""", graded.page("right"))

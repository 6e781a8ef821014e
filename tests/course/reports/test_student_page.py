"""The page that a student gets back: the message of a failed hidden test is shown, a line of it never."""

from __future__ import annotations

import html
import re

import pytest

from tests.helpers.leaks import find_leaks, hidden_lines, solution_lines
from tests.helpers.tiny_course import GradedClass, solution
from tinytorch.course.reports.redact import NOTE

STUDENTS = ["right", "untouched", "wrong", "raises", "warns", "broken-step-1", "imports", "hugs", "slow", "prints"]


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


def test_the_page_opens_with_what_failed_and_why(graded: GradedClass) -> None:
    page = graded.page("wrong")
    rows = re.findall(r"<td><strong>(pass|fail)</strong></td>\s*<td>(.*?)</td>\s*<td>(.*?)</td>", page, re.DOTALL)
    assert [verdict for verdict, *_ in rows] == sorted(verdict for verdict, *_ in rows)
    assert any("Step 1: expected 2469134, got 8641969" in text for _, _, text in rows)
    assert rows[0][0] == "fail"
    assert "fail" not in re.findall(r"<td><strong>(pass|fail)</strong></td>", graded.page("right"))


def test_the_page_loads_nothing_from_other_hosts(graded: GradedClass) -> None:
    assert not re.findall(r"""(?:src|href)=["'](?:https?:)?//[^"']+|url\(["']?https?:""", graded.page("right"))

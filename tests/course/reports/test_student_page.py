"""The page that a student gets back: the message of a failed hidden test is shown, a line of it never."""

from __future__ import annotations

import html
import re

import nbformat
import pytest

from tests.helpers.hand_in import grade, hand_in_each
from tests.helpers.leaks import find_leaks, hidden_lines, solution_lines
from tests.helpers.tiny_course import GradedClass, TinyCourse, solution
from tinytorch.course.reports.redact import NOTE, PRINTED

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
    assert NOTE in page or PRINTED.strip() in page
    assert "value = double(1)" in page


def test_the_page_of_an_honest_student_has_nothing_removed(graded: GradedClass) -> None:
    assert NOTE not in graded.page("right")
    assert PRINTED.strip() not in graded.page("right")


SPY = """seen = []
def note(info):
    seen.append(info.raw_cell)
    print(info.raw_cell)
get_ipython().events.register("pre_run_cell", note)
"""
TELL = """import base64
for cell in [*seen, *In]:
    print(cell, cell[::-1], base64.b64encode(cell.encode()).decode(), sep="\\n")
raise ValueError(seen[-1])
"""


def test_neither_hooks_nor_honest_warnings_show_a_hidden_line(course: TinyCourse) -> None:
    warns = "#| export\nimport warnings\ndef double(x):\n    warnings.warn('mind', stacklevel=2)\n    return 2 * x\n"
    folder = hand_in_each(course, warns={"double": warns}, spies={})
    spies = course.filled()
    spies.cells.insert(2, nbformat.v4.new_code_cell(SPY, id="spy"))
    spies.cells.append(nbformat.v4.new_code_cell(TELL, id="tell"))
    nbformat.write(spies, folder / "spies.ipynb")
    its_class = grade(course, folder)
    lines = hidden_lines(solution(course))
    for student in ("warns", "spies"):
        page = its_class.page(student)
        assert find_leaks(lines, page) == []
        assert find_leaks(lines, html.unescape(re.sub(r"<[^>]*>", "", page))[::-1]) == []
        assert PRINTED.strip() in page
    assert NOTE in its_class.page("spies")
    assert its_class.points("warns")["points"] == 20


def test_the_pages_show_scores(graded: GradedClass) -> None:
    assert "<td>6 / 6</td>" in graded.page("right")
    assert "<td>0 / 6</td>" in graded.page("wrong")
    assert "Score: 0.0 / 6.0" in graded.page("wrong")


def test_a_test_that_passed_and_showed_nothing_is_in_the_table_alone(graded: GradedClass) -> None:
    page = graded.page("wrong")
    links = re.findall(r'<a href="#([^"]*)">(?!\(Top)', page)
    assert links
    assert all(f'id="{name}"' in page for name in links)
    passed = re.findall(r"<strong>pass</strong></td><td>[^<]*</td><td>(.*?)</td>", page)
    silent = [html.unescape(name) for name in passed if "<a" not in name]
    assert silent
    assert not [name for name in silent if f"<h3>{name}" in html.unescape(page)]


def test_the_page_opens_with_what_failed_and_why(graded: GradedClass) -> None:
    page = graded.page("wrong")
    rows = re.findall(r"<td><strong>(pass|fail)</strong></td>\s*<td>(.*?)</td>\s*<td>(.*?)</td>", page, re.DOTALL)
    assert [verdict for verdict, *_ in rows] == sorted(verdict for verdict, *_ in rows)
    assert any("Step 1: expected 2469134, got 8641969" in text for _, _, text in rows)
    assert rows[0][0] == "fail"
    assert "fail" not in re.findall(r"<td><strong>(pass|fail)</strong></td>", graded.page("right"))


def test_the_page_loads_nothing_from_other_hosts(graded: GradedClass) -> None:
    assert not re.findall(r"""(?:src|href)=["'](?:https?:)?//[^"']+|url\(["']?https?:""", graded.page("right"))

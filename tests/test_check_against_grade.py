"""`tito check` and grading say the same of every visible test; `make check-against-grade` asks it of the corpora."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers.check_and_grade import visible_grader
from tests.helpers.corpus import write_class
from tinytorch.course.layout import Course

COURSE = Course.find(Path(__file__).parent)
# Broken steps before others, code that does not run, tests that fail in many ways, and all that passes
SUBMISSIONS = {
    "05": ["correct_stub_left_below", "syntax_error_in_step_3", "textbook", "wrong_is_its_own_iterator"],
    "06": ["correct_reference", "untouched"],
}


@pytest.mark.parametrize("number", SUBMISSIONS)
def test_check_says_of_each_test_what_grading_by_the_same_tests_says(number: str, tmp_path: Path) -> None:
    module = COURSE.module(number)
    submissions = write_class(module, tmp_path / "class", SUBMISSIONS[number])
    assert len(submissions) == len(SUBMISSIONS[number])
    with visible_grader(module, tmp_path) as grader:
        for submission in submissions:
            path = tmp_path / "class" / f"{submission.name}.ipynb"
            checked = grader.check(path)
            assert grader.grade(path) == checked, submission.name
            assert checked.keys() == submission.expected_points.keys()

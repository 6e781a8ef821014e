"""Points by hand for a group, in a gradebook that holds nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

import tinytorch.course.gradebook.nbgrader_api  # noqa: F401 - with it, nbgrader makes a gradebook without starting alembic
from tinytorch.course.gradebook.group_points import note_group, share_points_by_hand

HOMEWORK, CELL = "02_tiny", "why"


@pytest.fixture
def gradebook(tmp_path: Path) -> Iterator[Gradebook]:
    """A gradebook with one written answer, which ada and bob handed in together, and cyd alone."""
    with Gradebook(f"sqlite:///{tmp_path / 'gradebook.db'}") as made:
        made.add_assignment(HOMEWORK)
        made.add_notebook("tiny", HOMEWORK)
        made.add_grade_cell(CELL, "tiny", HOMEWORK, max_score=10, cell_type="markdown")
        made.add_solution_cell(CELL, "tiny", HOMEWORK)
        for student in ("ada", "bob", "cyd"):
            made.add_student(student)
            made.add_submission(HOMEWORK, student)
            made.find_grade(CELL, "tiny", HOMEWORK, student).needs_manual_grade = True
            note_group(made, HOMEWORK, student, ("ada", "bob") if student != "cyd" else ())
        made.db.commit()
        yield made


def give(gradebook: Gradebook, student: str, points: float | None, comment: str | None = None) -> None:
    grade = gradebook.find_grade(CELL, "tiny", HOMEWORK, student)
    grade.manual_score, grade.needs_manual_grade = points, points is None
    gradebook.find_comment(CELL, "tiny", HOMEWORK, student).manual_comment = comment
    gradebook.db.commit()
    share_points_by_hand(gradebook, HOMEWORK)


def has(gradebook: Gradebook, student: str) -> tuple[float | None, bool, str | None]:
    grade = gradebook.find_grade(CELL, "tiny", HOMEWORK, student)
    comment = gradebook.find_comment(CELL, "tiny", HOMEWORK, student)
    return grade.manual_score, grade.needs_manual_grade, comment.manual_comment


def test_points_that_are_taken_back_are_taken_back_from_all_who_shared_them(gradebook: Gradebook) -> None:
    give(gradebook, "bob", 4, "Say why.")
    assert has(gradebook, "ada") == (4, False, "Say why.")
    assert has(gradebook, "cyd") == (None, True, None)
    give(gradebook, "bob", None)
    assert has(gradebook, "ada") == (None, True, None)
    give(gradebook, "ada", 6)
    assert has(gradebook, "bob") == (6, False, None)


def test_points_of_her_own_stay_when_those_that_were_shared_are_taken_back(gradebook: Gradebook) -> None:
    give(gradebook, "bob", 4)
    give(gradebook, "ada", 6)
    give(gradebook, "bob", None)
    assert has(gradebook, "ada") == (6, False, None)


def test_points_stay_while_an_answer_that_was_changed_waits_to_be_read_again(gradebook: Gradebook) -> None:
    give(gradebook, "bob", 4)
    for student in ("ada", "bob"):  # as grading a changed notebook does
        gradebook.find_grade(CELL, "tiny", HOMEWORK, student).needs_manual_grade = True
    share_points_by_hand(gradebook, HOMEWORK)
    assert [has(gradebook, student)[:2] for student in ("ada", "bob")] == [(4, True), (4, True)]
    give(gradebook, "bob", 4)
    assert has(gradebook, "ada")[:2] == (4, False)

"""What the gradebook has of a class: the same as of one student at a time, in a few queries for all."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from tests.helpers.counted_queries import counted_queries
from tests.helpers.tiny_course import GradedClass
from tinytorch.course.gradebook.fast_rows import load_submission
from tinytorch.course.gradebook.stored_scores import StoredSubmission, read_submissions


@pytest.fixture
def gradebook(graded: GradedClass, tmp_path: Path) -> Iterator[Gradebook]:
    """A copy of the graded class's gradebook, to change."""
    shutil.copyfile(graded.output / "gradebook.db", tmp_path / "gradebook.db")
    with Gradebook(f"sqlite:///{tmp_path / 'gradebook.db'}", "tinytorch") as opened:
        yield opened


def everybody(student: str) -> bool:
    return True


def in_order(stored: StoredSubmission) -> tuple[object, ...]:
    """All of it, in an order that does not depend on the database."""
    grades = sorted(stored.grades, key=lambda grade: grade.name)
    return stored.student, grades, sorted(stored.comments), stored.written, stored.due, stored.late_penalty


def test_of_a_class_the_same_is_read_as_of_each_student_alone(gradebook: Gradebook) -> None:
    gradebook.find_comment("why", "tiny", "02_tiny", "answers").manual_comment = "well said"
    gradebook.find_grade("why", "tiny", "02_tiny", "answers").extra_credit = 1.5
    gradebook.find_submission_notebook("tiny", "02_tiny", "wrong").late_submission_penalty = 2.0
    gradebook.db.commit()
    read = {each.student: each for each in read_submissions(gradebook, "tiny", "02_tiny", everybody)}
    assert sorted(read) == sorted(student.id for student in gradebook.students)
    for student, stored in read.items():
        alone = StoredSubmission.of(load_submission(gradebook, "tiny", "02_tiny", student))
        assert in_order(stored) == in_order(alone)
        assert (stored.handed_in, stored.seconds_late) == (alone.handed_in, alone.seconds_late)
    assert ("why", "well said") in read["answers"].comments
    assert [grade.extra_credit for grade in read["answers"].grades if grade.name == "why"] == [1.5]


def test_a_class_takes_as_many_queries_as_one_student(graded: GradedClass) -> None:
    counts = []
    for wanted in (everybody, "wrong".__eq__):
        with (
            Gradebook(f"sqlite:///{graded.output / 'gradebook.db'}", "tinytorch") as gradebook,
            counted_queries(gradebook) as asked,
        ):
            read = list(read_submissions(gradebook, "tiny", "02_tiny", wanted))
            counts.append((len(read) > 1, len(asked)))
    (_, of_class), (_, of_one) = counts
    assert [several for several, _ in counts] == [True, False]
    assert of_class == of_one


def test_a_gradebook_without_the_assignment_has_nothing_of_it(gradebook: Gradebook) -> None:
    assert not list(read_submissions(gradebook, "tiny", "03_other", everybody))

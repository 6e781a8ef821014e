"""Points and comments that a person gives for written answers, in nbgrader's gradebook."""

from __future__ import annotations

import contextlib
import hashlib
from dataclasses import dataclass

from nbgrader.api import Gradebook, MissingEntry  # noqa: TID251 - for annotations

from tinytorch.course.gradebook.open_for_writing import open_for_writing
from tinytorch.course.gradebook.open_read_only import ReadOnlyGradebook
from tinytorch.course.layout import CourseError, Module


@dataclass(frozen=True)
class GivenByHand:
    """What a student has for one written answer; no points while nobody has graded it."""

    student: str
    points: float | None
    comment: str
    is_for_earlier: bool = False  # whether the points were given before the answer was changed

    @property
    def version(self) -> str:
        """A name for this state: who saves says which one was seen."""
        return hashlib.sha256(f"{self.points}\0{self.is_for_earlier}\0{self.comment}".encode()).hexdigest()[:16]


def read_given(gradebook: ReadOnlyGradebook, module: Module, cell: str) -> list[GivenByHand]:
    """Return what everybody who was graded has for a written answer, sorted by student.

    Raises:
        CourseError: the gradebook does not know the assignment.
    """
    try:
        submissions = gradebook.assignment_submissions(module.assignment)
    except MissingEntry:
        raise CourseError(f"The gradebook does not know {module.assignment} yet: `tito grade` enters it.") from None
    found = []
    for student in sorted(each.student_id for each in submissions):
        with contextlib.suppress(MissingEntry):  # for plain nbgrader, there can be a submission without the notebook
            found.append(read_given_to(gradebook, module, cell, student))
    return found


def give(
    db_url: str, course_id: str, module: Module, cell: str, new: GivenByHand, seen: str
) -> tuple[bool, GivenByHand]:
    """Enter points and a comment, unless they are no longer as they were when they were `seen`.

    Returns:
        Whether they were entered, and what the student has now: another person's points and comment if not.
    """
    with open_for_writing(db_url, course_id) as gradebook:
        now = read_given_to(gradebook, module, cell, new.student)
        if now.version != seen:
            return False, now
        grade = gradebook.find_grade(cell, module.name, module.assignment, new.student)
        grade.manual_score = new.points
        grade.needs_manual_grade = new.points is None and grade.auto_score is None
        comment = gradebook.find_comment(cell, module.name, module.assignment, new.student)
        comment.manual_comment = new.comment or None
        gradebook.db.commit()
        return True, read_given_to(gradebook, module, cell, new.student)


def read_given_to(gradebook: Gradebook, module: Module, cell: str, student: str) -> GivenByHand:
    """Return what one student has for a written answer, or raise nbgrader's `MissingEntry`."""
    grade = gradebook.find_grade(cell, module.name, module.assignment, student)
    comment = gradebook.find_comment(cell, module.name, module.assignment, student)
    return GivenByHand(
        student,
        None if grade.manual_score is None else float(grade.manual_score),
        comment.manual_comment or "",
        is_for_earlier=bool(grade.needs_manual_grade) and grade.manual_score is not None,
    )

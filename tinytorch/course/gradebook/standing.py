"""Where each student stands with one assignment: graded, waiting for points by hand, flagged, or nothing graded yet."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from nbgrader.api import (
    Assignment,
    BaseCell,
    Grade,
    MissingEntry,
    Notebook,
    SolutionCell,
    SubmittedAssignment,
    SubmittedNotebook,
)

from tinytorch.course.gradebook.class_list import read_stored_class_list
from tinytorch.course.gradebook.class_list_file import ListedStudent
from tinytorch.course.gradebook.open_read_only import ReadOnlyGradebook
from tinytorch.course.layout import CourseError, Module

# In the order in which they are listed
GRADED, WAITING, FLAGGED, MISSING = "graded", "waiting", "flagged", "missing"
STATES = {
    GRADED: "graded",
    WAITING: "written answers wait for points by hand",
    FLAGGED: "flagged: held back until a person has looked",
    MISSING: "nothing graded",
}


@dataclass(frozen=True)
class Standing:
    """A student's standing with one assignment. Points are those of the gradebook, the late penalty taken off."""

    student: ListedStudent
    state: str  # one of `STATES`
    points: float = 0.0
    max_points: float = 0.0
    handed_in: datetime | None = None  # in UTC, without a time zone, as nbgrader keeps it
    seconds_late: float = 0.0


def read_standings(gradebook: ReadOnlyGradebook, module: Module) -> list[Standing]:
    """Return the standing of everybody whom the gradebook knows, sorted by id.

    Raises:
        CourseError: the gradebook does not know the assignment.
    """
    assignment = find_assignment(gradebook, module)
    max_points = float(assignment.max_score)
    states = _states(gradebook, assignment)
    submissions = {each.student_id: each for each in gradebook.assignment_submissions(module.assignment)}
    standings = []
    for name, student in sorted(read_stored_class_list(gradebook).items()):
        state = states.get(name, MISSING)
        if state == MISSING:
            standings.append(Standing(student, MISSING, max_points=max_points))
            continue
        submission = submissions[name]
        points = max(0.0, float(submission.score) - float(submission.late_submission_penalty or 0.0))
        late = float(submission.total_seconds_late)
        standings.append(Standing(student, state, points, max_points, submission.timestamp, late))
    return standings


def find_assignment(gradebook: ReadOnlyGradebook, module: Module) -> Assignment:
    """Return what the gradebook has of a module, or raise `CourseError` if it does not know it."""
    try:
        return gradebook.find_assignment(module.assignment)
    except MissingEntry:
        raise CourseError(f"The gradebook does not know {module.assignment} yet: `tito grade` enters it.") from None


def _states(gradebook: ReadOnlyGradebook, assignment: Assignment) -> dict[str, str]:
    """Return the state of each student who has been graded.

    An extension makes nbgrader enter a submission with all its grades, too: only those with a score of the grader's
    were graded.
    """
    by_hand = {
        name
        for (name,) in gradebook.db.query(SolutionCell.name)
        .join(Notebook, Notebook.id == SolutionCell.notebook_id)
        .filter(Notebook.assignment_id == assignment.id)
    }
    rows: Any = (
        gradebook.db.query(SubmittedAssignment.student_id, BaseCell.name, Grade.auto_score, Grade.needs_manual_grade)
        .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Grade, Grade.notebook_id == SubmittedNotebook.id)
        .join(BaseCell, BaseCell.id == Grade.cell_id)
        .filter(SubmittedAssignment.assignment_id == assignment.id)
    )
    grades = defaultdict(list)
    for student, name, auto_score, waits in rows:
        grades[student].append((name in by_hand, auto_score is not None, waits))
    states = {}
    for student, cells in grades.items():
        if not any(scored for written, scored, _ in cells if not written):
            continue
        if any(waits for written, _, waits in cells if not written):
            states[student] = FLAGGED
        else:
            states[student] = WAITING if any(waits for written, _, waits in cells if written) else GRADED
    return states

"""Due dates, extensions, and what it costs to hand in late: a share of the points for each day that has begun.

The due date is in the gradebook. Formgrader sets it, or
`nbgrader db assignment add 05_dataloader --duedate="2026-05-01 12:00 UTC"`. A student's extension is in the gradebook,
too, and nbgrader adds it to the due date.
"""

from __future__ import annotations

import math
from datetime import datetime
from typing import Any

from nbformat import NotebookNode
from nbgrader.api import MissingEntry
from nbgrader.plugins import LateSubmissionPlugin
from nbgrader.preprocessors import AssignLatePenalties
from traitlets import Float

from tinytorch.course.gradebook.late_wording import late_sentence
from tinytorch.course.gradebook.nbgrader_api import open_nbgrader
from tinytorch.course.gradebook.open_for_writing import open_for_writing
from tinytorch.course.gradebook.open_read_only import open_read_only
from tinytorch.course.layout import Course, CourseError, Module
from tinytorch.course.notes import add_note

SECONDS_PER_DAY = 24 * 60 * 60


class LatePolicy(LateSubmissionPlugin):  # type: ignore[misc]
    """Take a share of the points for each day begun after the due date; without a share, lateness is only shown."""

    percent_per_day = Float(
        0.0, help="The percentage of its points that a submission loses for each day that has begun."
    ).tag(config=True)
    most_percent = Float(100.0, help="The largest percentage of its points that a submission can lose.").tag(
        config=True
    )

    def late_submission_penalty(self, student_id: str, score: float, total_seconds_late: float) -> float | None:
        """Return the points to take away."""
        days = math.ceil(total_seconds_late / SECONDS_PER_DAY)
        percent = min(self.percent_per_day * days, self.most_percent)
        return score * percent / 100 if percent > 0 else None


class AssignAndTellLatePenalties(AssignLatePenalties):  # type: ignore[misc]
    """nbgrader's AssignLatePenalties, which also notes how late a submission came and what that cost."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Assign the penalty, then note it."""
        nb, resources = super().preprocess(nb, resources)
        names = resources["nbgrader"]
        with open_read_only(names["db_url"]) as gradebook:
            graded = gradebook.find_submission_notebook(names["notebook"], names["assignment"], names["student"])
            seconds_late, penalty = graded.assignment.total_seconds_late, graded.late_submission_penalty or 0.0
        if seconds_late > 0:
            add_note(nb, "note", "", late_sentence(seconds_late, penalty))
        return nb, resources


def extend(course: Course, module: Module, student: str, days: int = 0, hours: int = 0) -> datetime:
    """Give a student more time for a module, in place of an earlier extension; 0 days and 0 hours take that back.

    Returns:
        When the student's submission is due now, in UTC.

    Raises:
        CourseError: the assignment has no due date, or the time is negative.
    """
    if days < 0 or hours < 0:
        raise CourseError(f"An extension of {days} days and {hours} hours is not possible: give 0 or more of each.")
    coursedir = open_nbgrader(course).coursedir
    with open_for_writing(coursedir.db_url, coursedir.course_id) as gradebook:
        try:
            due = gradebook.find_assignment(module.assignment).duedate
        except MissingEntry:
            due = None
        if due is None:
            raise CourseError(
                f"{module.assignment} has no due date in the gradebook: set one in Formgrader (Edit), or with "
                f'nbgrader db assignment add {module.assignment} --duedate="2026-05-01 12:00 UTC".'
            )
        gradebook.update_or_create_student(student)
        gradebook.update_or_create_submission(module.assignment, student)
        gradebook.grant_extension(module.assignment, student, hours=hours, days=days)
        due_now: datetime = gradebook.find_submission(module.assignment, student).duedate
    return due_now

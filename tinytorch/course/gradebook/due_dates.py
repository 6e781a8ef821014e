"""Due dates, extensions, and what it costs to hand in late: a share of the points for each day that has begun.

The due date is in the gradebook. Formgrader sets it, or `tito due 05 "2026-05-01 12:00 UTC"`. A student's extension is
in the gradebook, too, and nbgrader adds it to the due date. The penalty is computed from the points as they are
whenever grades are written, because points that are given by hand change what a percentage of them is.
"""

from __future__ import annotations

import difflib
import math
from datetime import UTC, datetime
from pathlib import Path

from nbgrader.api import (
    Assignment,
    Gradebook,  # noqa: TID251 - for annotations
    MissingEntry,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.apps import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from nbgrader.plugins import CsvExportPlugin, LateSubmissionPlugin
from nbgrader.preprocessors import AssignLatePenalties
from sqlalchemy.orm import contains_eager, undefer
from traitlets import Float
from traitlets.config import Config

from tinytorch.course.gradebook.group_points import share_points_by_hand
from tinytorch.course.gradebook.nbgrader_api import open_nbgrader, open_nbgrader_in
from tinytorch.course.gradebook.open_for_writing import open_for_writing
from tinytorch.course.gradebook.open_read_only import is_gradebook, open_read_only
from tinytorch.course.layout import Course, CourseError, Module

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
    """nbgrader's AssignLatePenalties under the name that stands in courses' configurations.

    What it assigns is assigned anew by `assign_penalties`, and told by feedback pages and reports.
    """


def open_policy(config: Config) -> LateSubmissionPlugin:
    """Return the policy on late submissions that a configuration names."""
    preprocessor = AssignLatePenalties(config=config)
    preprocessor.init_plugin()
    return preprocessor.plugin_inst


def penalty_points(submitted: SubmittedNotebook, policy: LateSubmissionPlugin) -> float | None:
    """Return what lateness costs a submission, given its points as they are now; None if there is no penalty."""
    seconds_late = submitted.assignment.total_seconds_late
    if seconds_late <= 0:
        return None
    score = float(submitted.score)
    penalty = policy.late_submission_penalty(submitted.assignment.student_id, score, seconds_late)
    return None if penalty is None else min(max(float(penalty), 0.0), score)


def assign_penalties(api: NbGraderAPI, module: Module) -> None:
    """Enter what lateness costs each submission of a module, given the points and due dates as they are now."""
    with open_for_writing(api.coursedir.db_url, api.coursedir.course_id) as gradebook:
        _assign(gradebook, module.assignment, open_policy(api.config))


def _assign(gradebook: Gradebook, assignment: str, policy: LateSubmissionPlugin) -> None:
    share_points_by_hand(gradebook, assignment)  # a percentage of the points is taken, so these come first
    every = (
        gradebook.db.query(SubmittedNotebook).join(SubmittedNotebook.assignment).join(SubmittedAssignment.assignment)
    )
    known = contains_eager(SubmittedNotebook.assignment).contains_eager(SubmittedAssignment.assignment)
    for submitted in every.filter(Assignment.name == assignment).options(known, undefer(SubmittedNotebook.score)):
        penalty = penalty_points(submitted, policy)
        if submitted.late_submission_penalty != penalty:
            submitted.late_submission_penalty = penalty
    gradebook.db.commit()


class ExportWithPenalties(CsvExportPlugin):  # type: ignore[misc]
    """What `nbgrader export` writes, with the late penalties of the points as they are now."""

    def export(self, gradebook: Gradebook) -> None:
        """Assign the penalties, then write the file."""
        policy = open_policy(self.config)
        for name in [str(assignment.name) for assignment in gradebook.assignments]:
            _assign(gradebook, name, policy)
        super().export(gradebook)


def set_due_date(course: Course, module: Module, due: datetime) -> None:
    """Enter when a module is due, and what lateness costs everybody then; `due` is in UTC."""
    api = open_nbgrader(course)
    with open_for_writing(api.coursedir.db_url, api.coursedir.course_id) as gradebook:
        gradebook.update_or_create_assignment(module.assignment, duedate=due.astimezone(UTC).replace(tzinfo=None))
    assign_penalties(api, module)


def due_date(course: Course, module: Module, output: Path | None = None) -> datetime | None:
    """Return when a module is due, in UTC; None if the gradebook has no date, or is not there."""
    db_url = open_nbgrader_in(course, (output or course.root).resolve()).coursedir.db_url
    if not is_gradebook(db_url):
        return None
    with open_read_only(db_url) as gradebook:
        try:
            due = gradebook.find_assignment(module.assignment).duedate
        except MissingEntry:
            return None
    return due.replace(tzinfo=UTC) if due else None


def extend(course: Course, module: Module, student: str, days: int = 0, hours: int = 0) -> datetime:
    """Give a student more time for a module, in place of an earlier extension; 0 days and 0 hours take that back.

    Returns:
        When the student's submission is due now, in UTC.

    Raises:
        CourseError: the assignment has no due date, the time is negative, or there is a class, and nobody in it has
            that id; nothing was changed.
    """
    if days < 0 or hours < 0:
        raise CourseError(f"An extension of {days} days and {hours} hours is not possible: give 0 or more of each.")
    api = open_nbgrader(course)
    coursedir = api.coursedir
    with open_for_writing(coursedir.db_url, coursedir.course_id) as gradebook:
        try:
            due = gradebook.find_assignment(module.assignment).duedate
        except MissingEntry:
            due = None
        if due is None:
            raise CourseError(
                f"{module.assignment} has no due date in the gradebook: set one in Formgrader (Edit), or with "
                f'`tito due {module.number} "2026-05-01 12:00 UTC"`.'
            )
        _check_known(student, {each.id for each in gradebook.students} | _handed_in(coursedir, module))
        gradebook.update_or_create_student(student)
        gradebook.update_or_create_submission(module.assignment, student)
        gradebook.grant_extension(module.assignment, student, hours=hours, days=days)
        due_now: datetime = gradebook.find_submission(module.assignment, student).duedate
    assign_penalties(api, module)
    return due_now


def _handed_in(coursedir: CourseDirectory, module: Module) -> set[str]:
    """Return who has something in submitted/: the gradebook learns of them when they are graded."""
    folder = Path(coursedir.format_path(coursedir.submitted_directory, "student", module.assignment))
    return {path.parent.name for path in folder.parent.parent.glob(f"*/{module.assignment}")}


def _check_known(student: str, known: set[str]) -> None:
    """Raise `CourseError` if there is a class, and nobody in it has this id."""
    if student in known or not known:
        return
    low = {name.casefold(): name for name in sorted(known)}
    near = [low[name] for name in difflib.get_close_matches(student.casefold(), low, n=5)]
    meant = f"did you mean {', '.join(near)}?" if near else "no id is near it; `tito status` lists them."
    raise CourseError(f"Nobody in the class has the id {student!r}, and nothing was changed: {meant}")

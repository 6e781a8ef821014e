"""More time for one student: nbgrader's extension, which Formgrader shows no button for."""

from __future__ import annotations

from datetime import datetime

from nbgrader.api import Gradebook, MissingEntry

from tinytorch.course.engine import open_nbgrader
from tinytorch.course.layout import Course, CourseError, Module


def extend(course: Course, module: Module, student: str, days: int = 0, hours: int = 0) -> datetime:
    """Give a student more time for a module, in place of what was given before; none takes it back.

    Returns:
        When the submission is due now, in UTC.

    Raises:
        CourseError: the assignment has no due date, or the time is negative.
    """
    if days < 0 or hours < 0:
        raise CourseError(f"An extension of {days} days and {hours} hours is none: give 0 or more of each.")
    coursedir = open_nbgrader(course).coursedir
    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
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

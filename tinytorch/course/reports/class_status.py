"""Where a class stands with one assignment, from the gradebook and submitted/, whatever was run last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from nbgrader.coursedir import CourseDirectory

from tinytorch.course.gradebook.late_wording import in_words
from tinytorch.course.gradebook.open_read_only import open_read_only
from tinytorch.course.gradebook.returned_scores import read_returned
from tinytorch.course.gradebook.standing import FLAGGED, GRADED, MISSING, WAITING, Standing, read_standings
from tinytorch.course.layout import Module


@dataclass(frozen=True)
class Group:
    """Students of whom the same is true, and what to do about it."""

    what: str
    students: list[str]
    advice: str = ""


@dataclass(frozen=True)
class ClassStatus:
    """Where a class stands. Each student is in one of the first groups; the later ones say more about some."""

    due: datetime | None  # in UTC, without a time zone, as nbgrader keeps it
    students: int
    groups: list[Group]


def class_status(coursedir: CourseDirectory, module: Module) -> ClassStatus:
    """Return where everybody stands whom the gradebook knows or who handed in.

    Raises:
        CourseError: there is no gradebook, or it does not know the assignment.
    """
    with open_read_only(coursedir.db_url) as gradebook:
        standings = read_standings(gradebook, module)
        returned = read_returned(gradebook, module)
        due = gradebook.find_assignment(module.assignment).duedate
    by_state: dict[str, list[Standing]] = {GRADED: [], WAITING: [], FLAGGED: [], MISSING: []}
    for standing in standings:
        by_state[standing.state].append(standing)
    missing = {each.student.id: each for each in by_state[MISSING]}
    handed_in = _handed_in(coursedir, module)
    graded = {each.student.id for each in standings} - set(missing)
    waiting_to_be_graded = sorted(handed_in - graded)
    nothing = [each for name, each in missing.items() if name not in handed_in]
    number = module.number
    groups = [
        Group("graded", _ids(by_state[GRADED])),
        Group("written answers wait for points by hand", _ids(by_state[WAITING]), "Manual Grading in Formgrader"),
        Group("flagged, held back", _ids(by_state[FLAGGED]), "look, then `tito grade FOLDER --trust STUDENT`"),
        Group("handed in, not graded yet", waiting_to_be_graded, "`tito grade submitted/`"),
        Group("handed in nothing", [_with_email(each) for each in nothing]),
        Group("late", [f"{each.student.id} ({in_words(each.seconds_late)})" for each in standings
                       if each.state != MISSING and each.seconds_late > 0]),
        Group("returned to the platform", [each.student.id for each in standings
                                           if returned.get(each.student.id) == each.points]),
        Group("changed since it was returned",
              [f"{each.student.id} ({returned[each.student.id]:g}, now {each.points:g})" for each in standings
               if each.student.id in returned and returned[each.student.id] != each.points],
              f"`tito return {number}` again"),
    ]  # fmt: skip
    return ClassStatus(due, len({each.student.id for each in standings} | handed_in), groups)


def _handed_in(coursedir: CourseDirectory, module: Module) -> set[str]:
    """Return who has a notebook in submitted/."""
    # The pattern is the path of student "*": what stands around the student is as nbgrader's configuration says.
    pattern = Path(coursedir.format_path(coursedir.submitted_directory, "*", module.assignment, escape=False))
    place = pattern.parts.index("*")
    base = Path(*pattern.parts[:place])
    rest = Path(*pattern.parts[place + 1 :]) / module.notebook_name
    if not base.is_dir():
        return set()
    return {folder.name for folder in base.iterdir() if (folder / rest).is_file()}


def _ids(standings: list[Standing]) -> list[str]:
    return [standing.student.id for standing in standings]


def _with_email(standing: Standing) -> str:
    student = standing.student
    return f"{student.id} <{student.email}>" if student.email else student.id

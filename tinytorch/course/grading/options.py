"""The options of a grading run, and what it reports its progress to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from tinytorch.course.reports.results import StudentResult


class ReportProgress(Protocol):
    """What is told how far a run has come."""

    def __call__(self, done: int, total: int, result: StudentResult) -> None:
        """Hear that one more student is done, and how many are, of how many."""

    def at_work(self, students: Sequence[tuple[str, float]]) -> None:
        """Hear, every now and then, who is being graded, and for how many seconds by now."""


class NoProgress:
    """Tells nobody."""

    def __call__(self, done: int, total: int, result: StudentResult) -> None:
        """Do nothing."""

    def at_work(self, students: Sequence[tuple[str, float]]) -> None:
        """Do nothing."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """The options of `tito grade` and `tito regrade`."""

    keep_going: bool = False  # give a file that is not a notebook 0 points, instead of stopping the run
    trusted: Sequence[str] = ()  # students whose flagged submissions a person has looked at
    students: Sequence[str] = ()  # only these; all if empty
    force: bool = False  # grade again what was graded before
    workers: int = 0  # how many work at the same time; one for each core if 0
    take: Sequence[str] = ()  # STUDENT=FILE: which file is a student's hand-in where that is not clear
    form: str = ""  # how paths say who handed a file in, such as canvas; it is found out if empty
    zone: str = ""  # of the times in names that do not say their zone, such as Europe/Berlin; this machine's if empty
    by_group: bool = False  # whether the groups on the class list hand in together
    scheduler: str = ""  # the address of a Dask cluster that grades; this machine if empty
    only_mended: bool = False  # decide only those tests again that have changed since they were last run


DEFAULT_OPTIONS = Options()

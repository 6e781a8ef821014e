"""The options of a grading run, and the function that it reports its progress to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tinytorch.course.reports.results import StudentResult

# Called after each student with the number of students who are done, the number of all, and this student's result
ReportProgress = Callable[[int, int, StudentResult], None]


@dataclass(frozen=True, kw_only=True)
class Options:
    """The options of `tito grade` and `tito regrade`."""

    keep_going: bool = False  # give a file that is not a notebook 0 points, instead of stopping the run
    trusted: Sequence[str] = ()  # students whose flagged submissions a person has looked at
    students: Sequence[str] = ()  # only these; all if empty
    force: bool = False  # grade again what was graded before
    workers: int = 0  # how many work at the same time; one for each core if 0
    scheduler: str = ""  # the address of a Dask cluster that grades; this machine if empty
    only_mended: bool = False  # decide only those tests again that have changed since they were last run


DEFAULT_OPTIONS = Options()

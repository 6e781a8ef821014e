"""What the gradebook has of submissions: of a whole class in a few queries, where nbgrader asks for each cell alone."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from nbgrader.api import (
    Comment,
    Grade,
    MissingEntry,
    Notebook,
    SolutionCell,
    SubmittedAssignment,
    SubmittedNotebook,
)
from sqlalchemy.orm import joinedload

from tinytorch.course.gradebook.fast_rows import load_cells
from tinytorch.course.gradebook.open_read_only import ReadOnlyGradebook

ROWS_AT_ONCE = 10_000  # of the scores of a class


@dataclass(frozen=True)
class StoredGrade:
    """The score of one cell."""

    name: str
    auto_score: float | None
    manual_score: float | None
    extra_credit: float | None
    score: float
    max_score: float
    needs_manual_grade: bool


@dataclass(frozen=True)
class StoredSubmission:
    """What the gradebook has of one student's notebook."""

    student: str
    grades: list[StoredGrade]
    comments: list[tuple[str, str]]  # each cell's name, and what is said about it
    written: frozenset[str]  # the names of the cells that a person gives points for
    handed_in: datetime | None  # in UTC, without a time zone, as nbgrader keeps it
    due: datetime | None  # with the student's extension, if there is one
    seconds_late: float
    late_penalty: float  # in points

    @classmethod
    def of(cls, submitted: SubmittedNotebook) -> StoredSubmission:
        """Take it from a submitted notebook that was loaded."""
        columns = [field.name for field in dataclasses.fields(StoredGrade)]
        return cls(
            str(submitted.assignment.student_id),
            [StoredGrade(*(getattr(grade, column) for column in columns)) for grade in submitted.grades],
            [(comment.name, comment.comment or "") for comment in submitted.comments],
            frozenset(cell.name for cell in submitted.notebook.solution_cells),
            *_times(submitted.assignment),
            submitted.late_submission_penalty or 0.0,
        )


def read_submissions(
    gradebook: ReadOnlyGradebook, notebook: str, assignment: str, wanted: Callable[[str], bool]
) -> Iterator[StoredSubmission]:
    """Yield what a gradebook has of the notebooks of wanted students; nothing if it does not know the assignment."""
    try:
        released = gradebook.find_notebook(notebook, assignment)
    except MissingEntry:
        return
    query = gradebook.db.query
    submitted = {
        row.id: row
        for row in query(SubmittedNotebook)
        .filter_by(notebook_id=released.id)
        .options(joinedload(SubmittedNotebook.assignment).joinedload(SubmittedAssignment.assignment))
        if wanted(str(row.assignment.student_id))
    }
    if not submitted:
        return
    cells = {cell.id: (str(cell.name), cell) for cell in load_cells(gradebook, released)}
    max_scores = {key: float(getattr(cell, "max_score", None) or 0.0) for key, (_, cell) in cells.items()}
    written = frozenset(name for name, cell in cells.values() if isinstance(cell, SolutionCell))
    comments = defaultdict(list)
    for key, cell, text in _of(query(Comment.notebook_id, Comment.cell_id, Comment.comment), Comment, released):
        comments[key].append((cells[cell][0], text or ""))
    columns = Grade.auto_score, Grade.manual_score, Grade.extra_credit, Grade.score, Grade.needs_manual_grade
    rows = _of(query(Grade.notebook_id, Grade.cell_id, *columns), Grade, released).order_by(Grade.notebook_id)
    for key, scores in groupby(rows.yield_per(ROWS_AT_ONCE), itemgetter(0)):
        if key not in submitted:
            continue
        row = submitted[key]
        grades = [
            StoredGrade(cells[cell][0], auto, manual, extra, score, max_scores[cell], waits)
            for _, cell, auto, manual, extra, score, waits in scores
        ]
        penalty = row.late_submission_penalty or 0.0
        student = str(row.assignment.student_id)
        yield StoredSubmission(student, grades, comments[key], written, *_times(row.assignment), penalty)


def _of(rows: Any, kind: type, released: Notebook) -> Any:
    """Return those of a query's rows that belong to submissions of a released notebook."""
    return rows.join(SubmittedNotebook, SubmittedNotebook.id == kind.notebook_id).filter(  # type: ignore[attr-defined]
        SubmittedNotebook.notebook_id == released.id
    )


def _times(assignment: SubmittedAssignment) -> tuple[datetime | None, datetime | None, float]:
    """Return when it was handed in, when it was due, and how many seconds late it came."""
    return assignment.timestamp, assignment.duedate, float(assignment.total_seconds_late)

"""Rows of the gradebook all at once: nbgrader reads and adds each cell, each score and each comment by itself."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.api import (
    BaseCell,
    Comment,
    Grade,
    Gradebook,  # noqa: TID251 - for annotations
    GradeCell,
    MissingEntry,
    Notebook,
    SolutionCell,
    SubmittedAssignment,
    SubmittedNotebook,
    TaskCell,
    new_uuid,
)
from nbgrader.plugins import LateSubmissionPlugin
from nbgrader.preprocessors import GetGrades, OverwriteCells
from sqlalchemy import insert, select
from sqlalchemy.orm import undefer, with_polymorphic
from sqlalchemy.orm.attributes import set_committed_value

from tinytorch.course.gradebook.due_dates import open_policy, penalty_points
from tinytorch.course.gradebook.late_wording import late_sentence
from tinytorch.course.gradebook.open_read_only import open_read_only
from tinytorch.course.notes import add_note


def add_submission(gradebook: Gradebook, assignment: str, student: str, timestamp: Any = None) -> None:
    """Add a submission with an empty score and comment for each cell: the rows that nbgrader's `add_submission` adds.

    nbgrader makes an object of each row, which takes a fifth of the time of recording a submission.
    """
    released, db = gradebook.find_assignment(assignment), gradebook.db
    entry = {"id": new_uuid(), "assignment_id": released.id, "student_id": student}
    db.execute(insert(SubmittedAssignment), {**entry, "timestamp": utils.parse_utc(timestamp) if timestamp else None})
    for notebook in db.scalars(select(Notebook.id).where(Notebook.assignment_id == released.id)).all():
        submitted = new_uuid()
        names = {"id": submitted, "assignment_id": entry["id"], "notebook_id": notebook}
        db.execute(insert(SubmittedNotebook), names)
        cells = db.execute(select(BaseCell.id, BaseCell.type).where(BaseCell.notebook_id == notebook)).all()
        for kind, of in ((Grade, (GradeCell, TaskCell)), (Comment, (SolutionCell, TaskCell))):
            types = [each.__mapper__.polymorphic_identity for each in of]
            rows = [{"notebook_id": submitted, "cell_id": cell} for cell, type_ in cells if type_ in types]
            if rows:
                db.execute(insert(kind), rows)


def load_submission(gradebook: Gradebook, notebook: str, assignment: str, student: str) -> SubmittedNotebook:
    """Return a submitted notebook; its scores and comments, and the cells that they are for, are read with it."""
    submitted = gradebook.find_submission_notebook(notebook, assignment, student)
    cells = load_cells(gradebook, submitted.notebook)  # in memory, a score finds its cell, and so its name
    grades = gradebook.db.query(Grade).filter_by(notebook_id=submitted.id).options(undefer(Grade.max_score)).all()
    comments = gradebook.db.query(Comment).filter_by(notebook_id=submitted.id).all()
    set_committed_value(submitted.notebook, "_base_cells", cells)
    set_committed_value(submitted, "grades", grades)
    set_committed_value(submitted, "comments", comments)
    return submitted


def load_totals(gradebook: Gradebook, assignment: str) -> dict[str, SubmittedAssignment]:
    """Return all submissions of an assignment by their students' ids, with scores and penalties, in one query."""
    totals = [undefer(each) for each in (SubmittedAssignment.score, SubmittedAssignment.late_submission_penalty)]
    released = gradebook.find_assignment(assignment)
    rows = gradebook.db.query(SubmittedAssignment).filter_by(assignment_id=released.id).options(*totals)
    return {str(row.student_id): row for row in rows}


def read_again(gradebook: Gradebook, submitted: SubmittedNotebook) -> None:
    """Read what the database computes of a submitted notebook, such as scores, after changes to it."""
    gradebook.db.flush()
    gradebook.db.expire(submitted.assignment)
    for kind, options in ((Grade, [undefer(Grade.max_score)]), (Comment, [])):
        gradebook.db.query(kind).filter_by(notebook_id=submitted.id).options(*options).populate_existing().all()


def load_cells(gradebook: Gradebook, notebook: Any) -> list[Any]:
    """Return all cells of a notebook in one query; SQLAlchemy would ask each kind's table for one cell at a time."""
    cells = with_polymorphic(BaseCell, "*")
    return list(gradebook.db.query(cells).filter(cells.notebook_id == notebook.id))


class OverwriteCellsAtOnce(OverwriteCells):  # type: ignore[misc]
    """nbgrader's OverwriteCells, which puts the source of each test, hidden part included, into a submission."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        # for as long as this preprocessor lives, one run of a command, most often for one assignment
        self._released_cells = functools.lru_cache(maxsize=1)(_released_cells)

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Read all cells of the assignment, then overwrite those of the submission."""
        names = resources["nbgrader"]
        self.notebook_id, self.assignment_id = names["notebook"], names["assignment"]
        self.gradebook = self._released_cells(names["db_url"], self.notebook_id, self.assignment_id)
        for index, cell in enumerate(nb.cells):
            nb.cells[index], resources = self.preprocess_cell(cell, resources, index)
        return nb, resources


def _released_cells(db_url: str, notebook: str, assignment: str) -> SimpleNamespace:
    """Return what OverwriteCells asks a gradebook for, with the answers in memory."""
    with open_read_only(db_url) as gradebook:
        released = gradebook.find_notebook(notebook, assignment)
        cells = load_cells(gradebook, released)
        return SimpleNamespace(
            find_source_cell=_finder(_columns(released.source_cells, "cell_type", "locked", "source", "checksum")),
            find_graded_cell=_finder(_columns([cell for cell in cells if hasattr(cell, "max_score")], "max_score")),
        )


def _columns(rows: Iterable[Any], *columns: str) -> dict[str, SimpleNamespace]:
    """Return some columns of rows, by the rows' names."""
    return {
        row.name: SimpleNamespace(name=row.name, **{column: getattr(row, column) for column in columns}) for row in rows
    }


def _finder(by_name: Mapping[str, Any]) -> Callable[..., Any]:
    """Return a function that finds a row by its name, as the gradebook's own do."""

    def find(name: str, notebook: str, assignment: str, *student: str) -> Any:
        if name not in by_name:
            raise MissingEntry(f"No such cell: {'/'.join((assignment, notebook, name, *student))}")
        return by_name[name]

    return find


@dataclass(frozen=True)
class PageGrades:
    """What a feedback page shows of the gradebook."""

    score: float  # the penalty is taken off
    max_score: float
    late_penalty: float
    seconds_late: float
    grades: dict[str, SimpleNamespace]  # score and max_score of each cell, by its name
    comments: dict[str, SimpleNamespace]

    @classmethod
    def of(cls, submitted: SubmittedNotebook, policy: LateSubmissionPlugin) -> PageGrades:
        """Read it from a submitted notebook; `policy` says what lateness costs."""
        penalty = penalty_points(submitted, policy) or 0
        return cls(
            submitted.score - penalty,
            submitted.max_score,
            penalty,
            submitted.assignment.total_seconds_late,
            _columns(submitted.grades, "score", "max_score"),
            _columns(submitted.comments, "comment"),
        )


class GetGradesAtOnce(GetGrades):  # type: ignore[misc]
    """nbgrader's GetGrades, which puts scores and comments into a notebook for its feedback page.

    It also notes how late the submission came and what that costs, given the points as they are now.
    """

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Read them all, then put them in."""
        names = resources["nbgrader"]
        self.notebook_id, self.assignment_id, self.student_id = names["notebook"], names["assignment"], names["student"]
        found = names.pop("found", None) or self._read(names["db_url"])
        self.gradebook = SimpleNamespace(find_grade=_finder(found.grades), find_comment=_finder(found.comments))
        names |= {"score": found.score, "max_score": found.max_score, "late_penalty": found.late_penalty}
        if found.seconds_late > 0:
            add_note(nb, "note", "", late_sentence(found.seconds_late, found.late_penalty))
        for index, cell in enumerate(nb.cells):
            nb.cells[index], resources = self.preprocess_cell(cell, resources, index)
        return nb, resources

    def _read(self, db_url: str) -> PageGrades:
        with open_read_only(db_url) as gradebook:
            submitted = load_submission(gradebook, self.notebook_id, self.assignment_id, self.student_id)
            return PageGrades.of(submitted, open_policy(self.config))

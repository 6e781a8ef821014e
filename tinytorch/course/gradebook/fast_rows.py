"""Reading rows of the gradebook at once: nbgrader asks for each cell, each score and each comment by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

from nbformat import NotebookNode
from nbgrader.api import BaseCell, Grade, Gradebook, MissingEntry, SubmittedNotebook
from nbgrader.preprocessors import GetGrades, OverwriteCells
from sqlalchemy.orm import undefer, with_polymorphic


def load_submission(gradebook: Gradebook, notebook: str, assignment: str, student: str) -> SubmittedNotebook:
    """Return a submitted notebook, the cells that its scores and comments are for read with it."""
    submitted = gradebook.find_submission_notebook(notebook, assignment, student)
    read = _load_cells(gradebook, submitted.notebook)  # in memory, a score finds its cell, and so its name
    read += gradebook.db.query(Grade).filter_by(notebook_id=submitted.id).options(undefer(Grade.max_score)).all()
    _ = submitted.notebook.grade_cells, submitted.notebook.solution_cells, submitted.grades, submitted.comments
    return submitted


def _load_cells(gradebook: Gradebook, notebook: Any) -> list[Any]:
    """Return all cells of a notebook, in one query; SQLAlchemy would ask each kind's table for one cell at a time."""
    cells = with_polymorphic(BaseCell, "*")
    return list(gradebook.db.query(cells).filter(cells.notebook_id == notebook.id))


@contextmanager
def at_hand(gradebook: Gradebook, notebook: str, assignment: str, student: str) -> Iterator[None]:
    """Have `find_grade` and `find_comment` answer for one submission from memory, and save all at the end, or nothing.

    nbgrader's preprocessors commit each cell by itself: stopped in the middle they leave half a student behind.
    """
    submitted = load_submission(gradebook, notebook, assignment, student)
    grades = {grade.name: grade for grade in submitted.grades}
    comments = {comment.name: comment for comment in submitted.comments}
    own = gradebook.find_grade, gradebook.find_comment, gradebook.db.commit

    def find_grade(name: str, *place: str) -> Any:
        return grades[name] if name in grades else own[0](name, *place)

    def find_comment(name: str, *place: str) -> Any:
        return comments[name] if name in comments else own[1](name, *place)

    gradebook.find_grade, gradebook.find_comment, gradebook.db.commit = find_grade, find_comment, lambda: None
    try:
        yield
        own[2]()
    finally:
        gradebook.find_grade, gradebook.find_comment, gradebook.db.commit = own


class OverwriteCellsAtOnce(OverwriteCells):  # type: ignore[misc]
    """nbgrader's OverwriteCells, which puts the source of each test, hidden part included, into a submission."""

    _known: tuple[tuple[str, ...], SimpleNamespace] | None = None  # of the submission before, most often the same

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Read all cells of the assignment, then overwrite those of the submission."""
        names = resources["nbgrader"]
        place = names["db_url"], names["notebook"], names["assignment"]
        if self._known is None or self._known[0] != place:
            self._known = place, _released_cells(*place)
        self.gradebook, self.notebook_id, self.assignment_id = self._known[1], names["notebook"], names["assignment"]
        for index, cell in enumerate(nb.cells):
            nb.cells[index], resources = self.preprocess_cell(cell, resources, index)
        return nb, resources


def _released_cells(db_url: str, notebook: str, assignment: str) -> SimpleNamespace:
    """Return what of the gradebook knows an assignment's cells, in memory."""
    with Gradebook(db_url) as gradebook:
        released = gradebook.find_notebook(notebook, assignment)
        asked_for = "cell_type", "locked", "source", "checksum"
        cells = _load_cells(gradebook, released)
        return SimpleNamespace(
            find_source_cell=_finder(released.source_cells, *asked_for),
            find_graded_cell=_finder([cell for cell in cells if hasattr(cell, "max_score")], "max_score"),
        )


def _finder(entries: Sequence[Any], *asked_for: str) -> Callable[..., Any]:
    """Return a function that finds an entry by its name, as the gradebook's own do, with the values asked for."""
    by_name = {
        entry.name: SimpleNamespace(name=entry.name, **{name: getattr(entry, name) for name in asked_for})
        for entry in entries
    }

    def find(name: str, notebook: str, assignment: str) -> Any:
        if name not in by_name:
            raise MissingEntry(f"No such cell: {assignment}/{notebook}/{name}")
        return by_name[name]

    return find


class GetGradesAtOnce(GetGrades):  # type: ignore[misc]
    """nbgrader's GetGrades, which puts scores and comments into a notebook for its feedback page."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Read them all, then put them in."""
        names = resources["nbgrader"]
        place = names["notebook"], names["assignment"], names["student"]
        self.notebook_id, self.assignment_id, self.student_id = place
        with Gradebook(names["db_url"]) as self.gradebook, at_hand(self.gradebook, *place):
            for index, cell in enumerate(nb.cells):
                nb.cells[index], resources = self.preprocess_cell(cell, resources, index)
            submitted = self.gradebook.find_submission_notebook(*place)
            penalty = submitted.late_submission_penalty or 0
            names |= {"score": submitted.score - penalty, "max_score": submitted.max_score, "late_penalty": penalty}
        return nb, resources

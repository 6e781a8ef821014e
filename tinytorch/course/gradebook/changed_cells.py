"""Tests that a source gains or loses after a class was graded: nbgrader cannot change the cells of an assignment then.

Its `generate_assignment` stops, and removes what was released. Here the gradebook's cells are made those of the
source, in one transaction; all points and comments of the cells that stay are kept.
"""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.api import (
    Comment,
    Grade,
    Gradebook,  # noqa: TID251 - for annotations
    GradeCell,
    MissingEntry,
    Notebook,
    SolutionCell,
    SourceCell,
)
from nbgrader.utils import is_grade, is_locked, is_solution

from tinytorch.course.files import PART
from tinytorch.course.gradebook.nbgrader_api import sqlite_file
from tinytorch.course.layout import CourseError, Module

UPDATE = "--update-gradebook"  # the option of `tito build`
SHOWN_NAMES = 5


@dataclass(frozen=True)
class Dropped:
    """What a person had given for a cell that is no longer there."""

    student: str
    cell: str
    points: float | None
    comment: str | None


@dataclass(frozen=True)
class CellChanges:
    """How the cells of a source differ from those that a gradebook has submissions for."""

    submissions: int = 0
    added: frozenset[tuple[type, str]] = frozenset()  # each with its kind in the gradebook
    removed: frozenset[tuple[type, str]] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.added or self.removed)

    def refusal(self, module: Module, db_url: str, command: str) -> CourseError:
        """Return the error that says what differs and what can be done."""
        kinds = {"has": self.added - self.removed, "no longer has": self.removed - self.added}
        parts = [f"{has} {_some({name for _, name in cells})}" for has, cells in kinds.items() if cells]
        file = sqlite_file(db_url)
        where, copied = (
            (str(file), "a copy of the gradebook as it is stays beside it")
            if file
            else ("the gradebook", "make a copy of the database first, with pg_dump")
        )
        return CourseError(
            f"{module.source_path} {' and '.join(parts)}, and {where} has {self.submissions} submissions that were "
            f"graded without that; nothing was changed. `{command} {UPDATE}` brings the gradebook up to date: points "
            f"and comments that you gave by hand are kept, but for those of a cell that is gone, and {copied}. "
            "Then `tito grade` runs the new tests."
        )


def find_changes(gradebook: Gradebook, module: Module, solution: NotebookNode) -> CellChanges:
    """Return what differs; nothing if no submission is in the gradebook, since nbgrader enters any cells then."""
    known = _known(gradebook, module)
    if known is None or not known.submissions:
        return CellChanges()
    before, after = _cells_known(known).keys(), _cells_of(solution).keys()
    return CellChanges(len(known.submissions), frozenset(after - before), frozenset(before - after))


def apply_changes(gradebook: Gradebook, module: Module, solution: NotebookNode) -> list[Dropped]:
    """Add and remove what differs, all of it or nothing; return what people had given for what is gone."""
    changes, known = find_changes(gradebook, module, solution), _known(gradebook, module)
    if not changes or known is None:
        return []
    dropped: list[Dropped] = []
    rows, cells = _cells_known(known), _cells_of(solution)
    for key in changes.removed:
        dropped += _remove(gradebook, rows[key])
    for kind, name in changes.added:
        _add(gradebook, known, kind, name, cells[kind, name])
    gradebook.db.commit()
    return sorted(dropped, key=lambda each: (each.student, each.cell))


def copy_beside(db_url: str, now: datetime) -> Path | None:
    """Copy a gradebook that is a file, and return the copy; None for a server's."""
    file = sqlite_file(db_url)
    if file is None:
        return None
    copy = file.with_name(f"{file.name}.before-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}")
    with tempfile.TemporaryDirectory(prefix=f".{file.name}.", suffix=PART, dir=file.parent) as folder:
        made = Path(folder) / copy.name
        with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(made)) as target:
            source.backup(target)
        made.rename(copy)
    return copy


def _known(gradebook: Gradebook, module: Module) -> Notebook | None:
    try:
        return gradebook.find_notebook(module.name, module.assignment)
    except MissingEntry:
        return None


def _cells_known(notebook: Notebook) -> dict[tuple[type, str], Any]:
    """Return the gradebook's rows for a notebook's cells, by their kind and name."""
    rows = [*notebook.grade_cells, *notebook.solution_cells, *notebook.source_cells]
    return {(type(row), str(row.name)): row for row in rows}


def _cells_of(solution: NotebookNode) -> dict[tuple[type, str], NotebookNode]:
    """Return the cells that nbgrader enters for a notebook with solutions, by the kind of row and the name."""
    found: dict[tuple[type, str], NotebookNode] = {}
    for cell in solution.cells:
        kinds = {
            GradeCell: is_grade(cell),
            SolutionCell: is_solution(cell),
            SourceCell: is_grade(cell) or is_solution(cell) or is_locked(cell),
        }
        found |= {(kind, str(cell.metadata.nbgrader.grade_id)): cell for kind, there in kinds.items() if there}
    return found


def _remove(gradebook: Gradebook, row: Any) -> list[Dropped]:
    """Remove a cell with its scores and comments; return those that people gave."""
    dropped = []
    for each in [*(getattr(row, "grades", None) or []), *(getattr(row, "comments", None) or [])]:
        points = getattr(each, "manual_score", None)
        comment = getattr(each, "manual_comment", None)
        if points is not None or comment:
            dropped.append(Dropped(str(each.student.id), str(row.name), points, comment))
        gradebook.db.delete(each)
    gradebook.db.delete(row)
    return dropped


def _add(gradebook: Gradebook, notebook: Notebook, kind: type, name: str, cell: NotebookNode) -> None:
    """Add a cell, with a score or a comment still to come for each submission."""
    settings: dict[str, Any] = {}
    if kind is GradeCell:
        settings = {"max_score": float(cell.metadata.nbgrader.points), "cell_type": cell.cell_type}
    elif kind is SourceCell:  # its source comes when the assignment is registered
        settings = {"cell_type": cell.cell_type, "locked": is_locked(cell)}
    row = kind(name=name, notebook=notebook, **settings)
    gradebook.db.add(row)
    for submitted in notebook.submissions:
        if kind is GradeCell:
            gradebook.db.add(Grade(cell=row, notebook=submitted))
        elif kind is SolutionCell:
            gradebook.db.add(Comment(cell=row, notebook=submitted))


def _some(names: set[str]) -> str:
    """Return some names in words."""
    shown = sorted(names)[:SHOWN_NAMES]
    more = f" and {len(names) - len(shown)} more" if len(names) > len(shown) else ""
    return ", ".join(f"`{name}`" for name in shown) + more

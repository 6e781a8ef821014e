"""Telling a gradebook which tests a module has and how many points they give: nbgrader's `generate_assignment`."""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from nbformat import NotebookNode
from nbgrader.api import (
    Gradebook,  # noqa: TID251 - for annotations
    MissingEntry,
)
from nbgrader.apps import NbGraderAPI
from nbgrader.converters import GenerateAssignment
from nbgrader.preprocessors import SaveCells
from sqlalchemy import inspect, text
from sqlalchemy.engine import make_url

from tinytorch.course.files import write_whole
from tinytorch.course.gradebook.changed_cells import Dropped, apply_changes, copy_beside, find_changes
from tinytorch.course.gradebook.nbgrader_api import open_nbgrader, run, sqlite_file
from tinytorch.course.gradebook.open_for_writing import open_for_writing
from tinytorch.course.layout import Course, Module


def register(course: Course, module: Module, release_folder: Path, **settings: str) -> None:
    """Write the student notebook into `release_folder`, and enter its cells and points in the gradebook.

    `settings` are nbgrader's course directory's, such as another gradebook's `db_url`.
    """
    api = open_nbgrader(course, release_directory=str(release_folder), **settings)
    run(api, GenerateAssignment, module.assignment, f"release {module.assignment}", force=True)


class SaveCellsAtOnce(SaveCells):  # type: ignore[misc]
    """nbgrader's SaveCells, which enters a notebook's cells, in one transaction: after an error the old ones stay.

    nbgrader commits each cell by itself, and a disk takes longer to confirm that than all else takes.
    """

    def _create_notebook(self, nb: NotebookNode) -> None:
        session = self.gradebook.db
        session.commit = session.flush
        try:
            super()._create_notebook(nb)
        finally:
            del session.commit
        session.commit()


@dataclass(frozen=True)
class Update:
    """A gradebook that was brought up to date with a source that has other cells."""

    module: Module
    copy: Path | None  # the gradebook as it was; None for a server's
    dropped: list[Dropped]  # what people had given for cells that are gone


def refuse_other_cells(db_url: str, module: Module, solution: NotebookNode, command: str) -> None:
    """Raise `CourseError` if the gradebook has submissions for other cells than the source's; `command` is what ran."""
    with open_for_writing(db_url) as gradebook:
        changes = find_changes(gradebook, module, solution)
    if changes:
        raise changes.refusal(module, db_url, command)


def update_cells(db_url: str, module: Module, solution: NotebookNode) -> Update | None:
    """Make the gradebook's cells those of the source, and keep a copy of it as it was; None if they are already."""
    with open_for_writing(db_url) as gradebook:
        if not find_changes(gradebook, module, solution):
            return None
        copy = copy_beside(db_url, datetime.now(UTC))
        return Update(module, copy, apply_changes(gradebook, module, solution))


def register_once(
    course: Course, module: Module, api: NbGraderAPI, *, key: str, new_gradebook: bytes, record: Path
) -> None:
    """Register a module in the class's gradebook unless it is registered already; modules/ stays as it is.

    Args:
        course: the course.
        module: the module.
        api: nbgrader, set up for the class's gradebook.
        key: a name for the assignment's content; if that has changed, the module is registered again.
        new_gradebook: an SQLite file that knows the module and no student, which a class without a gradebook gets.
        record: the file that notes what was registered, and in which gradebook.
    """
    db_url = api.coursedir.db_url
    file = sqlite_file(db_url)
    if file is not None and not file.exists():
        write_whole(file, new_gradebook)
        write_whole(record, _state(db_url, key))
    known = _knows(api, module)  # raises `CourseError` for a URL that `_state` could not read
    state = _state(db_url, key)
    if known and record.is_file() and record.read_bytes() == state:
        return
    with tempfile.TemporaryDirectory() as release_folder:
        register(course, module, Path(release_folder), db_url=db_url)
    write_whole(record, state)


def _knows(api: NbGraderAPI, module: Module) -> bool:
    """Whether the gradebook, which is created if it is not there, holds a module's notebook."""
    with open_for_writing(api.coursedir.db_url, api.course_id) as gradebook:
        add_indexes(gradebook)
        try:
            gradebook.find_notebook(module.name, module.assignment)
        except MissingEntry:
            return False
    return True


def add_indexes(gradebook: Gradebook) -> None:
    """Let the database find the scores and comments of a submission without a look at those of the whole class.

    nbgrader 0.9.6 has an index on cell and submission together, in this order, so each sum of a student's scores looks
    at every score, and the time of a table of the class grows with its square. No upstream issue known.
    """
    connection = gradebook.db.connection()
    for table in ("grade", "comment"):
        name = f"tinytorch_{table}_by_notebook"
        if name not in {index["name"] for index in inspect(connection).get_indexes(table)}:
            connection.execute(text(f"CREATE INDEX {name} ON {table} (notebook_id)"))
    gradebook.db.commit()


def _state(db_url: str, key: str) -> bytes:
    """Return a name for what is registered, and for where the gradebook is; no password goes into it."""
    location = make_url(db_url).render_as_string(hide_password=True)
    return hashlib.sha256(f"{location}\0{key}".encode()).hexdigest().encode()

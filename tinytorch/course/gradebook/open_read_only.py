"""Opening a gradebook to read it, which all code may do: an attempt to change something is an error."""

from __future__ import annotations

from typing import Any, NoReturn

import nbgrader.api
import sqlalchemy
from nbgrader.api import Gradebook
from sqlalchemy import event
from sqlalchemy.orm import Session, scoped_session, sessionmaker

from tinytorch.course.gradebook.nbgrader_api import sqlite_file
from tinytorch.course.layout import CourseError


class _ReadOnlySession(Session):
    """A session that refuses to send changes to the database."""


@event.listens_for(_ReadOnlySession, "before_flush")
@event.listens_for(_ReadOnlySession, "before_commit")
def _refuse(*_: object) -> NoReturn:
    raise RuntimeError("this gradebook was opened to be read, and nothing in it can be changed")


class ReadOnlyGradebook(Gradebook):  # type: ignore[misc]
    """nbgrader's Gradebook, through which nothing can be changed; use it as a context manager."""

    def __init__(self, db_url: str) -> None:
        # Not nbgrader's own: that one creates the tables, and enters the course, where they are missing.
        self.engine: Any = nbgrader.api.create_engine(db_url, echo=False, future=True)
        self.db = scoped_session(sessionmaker(bind=self.engine, class_=_ReadOnlySession))
        self.authenticator = None


def open_read_only(db_url: str) -> ReadOnlyGradebook:
    """Open a gradebook to read it.

    Raises:
        CourseError: there is no such file.
    """
    file = sqlite_file(db_url)
    if file is not None and not file.is_file():  # SQLite would make an empty one
        raise CourseError(f"There is no gradebook {file}: `tito grade` makes one.")
    return ReadOnlyGradebook(db_url)


def is_gradebook(db_url: str) -> bool:
    """Whether there is a gradebook: a file, or a server's database, that has its tables already."""
    file = sqlite_file(db_url)
    if file is not None and not file.is_file():  # SQLite would make an empty one
        return False
    return bool(sqlalchemy.inspect(nbgrader.api.create_engine(db_url, echo=False, future=True)).has_table("student"))

"""Counting what a gradebook's database is asked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy
from nbgrader.api import Gradebook


@contextmanager
def counted_queries(gradebook: Gradebook) -> Iterator[list[str]]:
    """Note each statement that a gradebook's database is asked."""
    asked: list[str] = []

    def note(connection: object, cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    sqlalchemy.event.listen(gradebook.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        sqlalchemy.event.remove(gradebook.engine, "before_cursor_execute", note)

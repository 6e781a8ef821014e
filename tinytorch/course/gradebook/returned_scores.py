"""Which scores went back to a platform, and when: a table of our own in the gradebook's database."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Column, DateTime, Float, MetaData, String, Table, inspect, select

from tinytorch.course.gradebook.open_for_writing import open_for_writing
from tinytorch.course.gradebook.open_read_only import ReadOnlyGradebook
from tinytorch.course.layout import Module

RETURNED = Table(
    "tinytorch_returned_score",
    MetaData(),
    Column("student_id", String(128), primary_key=True),
    Column("assignment", String(128), primary_key=True),
    Column("points", Float, nullable=False),  # the gradebook's, before scaling
    Column("returned_at", DateTime, nullable=False),  # in UTC, without a time zone, as nbgrader keeps times
)


def record_returned(db_url: str, course_id: str, module: Module, points: Mapping[str, float], now: datetime) -> None:
    """Note the points that were written for each student; `now` is in UTC, without a time zone."""
    with open_for_writing(db_url, course_id) as gradebook:
        RETURNED.metadata.create_all(gradebook.engine)
        for student, score in points.items():
            key = (RETURNED.c.student_id == student) & (RETURNED.c.assignment == module.assignment)
            gradebook.db.execute(RETURNED.delete().where(key))
            row = {"student_id": student, "assignment": module.assignment, "points": score, "returned_at": now}
            gradebook.db.execute(RETURNED.insert().values(**row))
        gradebook.db.commit()


def read_returned(gradebook: ReadOnlyGradebook, module: Module) -> dict[str, float]:
    """Return the points that were returned last, by student."""
    if not inspect(gradebook.engine).has_table(RETURNED.name):
        return {}
    rows: Any = gradebook.db.execute(
        select(RETURNED.c.student_id, RETURNED.c.points).where(RETURNED.c.assignment == module.assignment)
    )
    return {student: float(points) for student, points in rows}

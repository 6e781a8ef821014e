"""The gradebook learns a module's tests once for each state of the module, and from then on knows them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook, InvalidEntry
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine

from tinytorch.course.gradebook import register as registering
from tinytorch.course.gradebook.nbgrader_api import open_nbgrader_in
from tinytorch.course.gradebook.open_for_writing import open_for_writing
from tinytorch.course.gradebook.open_read_only import open_read_only
from tinytorch.course.gradebook.register import register_once
from tinytorch.course.layout import Course, CourseError

NOTHING = b""  # in place of a new gradebook, where none is wanted


class Registration:
    """A class to register the module for, and how often that was done."""

    def __init__(self, course: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        self.course = Course(course.root)
        self.module = self.course.module("02")
        self.output = course.root / "out"
        self.output.mkdir()
        self.file, self.record = self.output / "gradebook.db", self.output / "record"
        self.count = 0
        register = registering.register

        def counted(*arguments: Any, **settings: str) -> None:
            self.count += 1
            register(*arguments, **settings)

        monkeypatch.setattr(registering, "register", counted)

    def register(self, key: str = "one", new_gradebook: bytes = NOTHING) -> None:
        api = open_nbgrader_in(self.course, self.output)
        register_once(self.course, self.module, api, key=key, new_gradebook=new_gradebook, record=self.record)

    def tests(self) -> set[str]:
        with open_read_only(f"sqlite:///{self.file}") as gradebook:
            return {cell.name for cell in gradebook.find_notebook("tiny", "02_tiny").grade_cells}

    def sources(self) -> set[str]:
        """Return the names of the cells whose sources the gradebook holds."""
        with open_read_only(f"sqlite:///{self.file}") as gradebook:
            return {cell.name for cell in gradebook.find_notebook("tiny", "02_tiny").source_cells}


@pytest.fixture
def registration(course: Any, monkeypatch: pytest.MonkeyPatch) -> Registration:
    return Registration(course, monkeypatch)


def test_a_module_is_registered_once_and_again_when_it_has_changed(registration: Registration) -> None:
    registration.file.touch()
    for key, count in (("one", 1), ("one", 1), ("two", 2), ("two", 2), ("one", 3)):
        registration.register(key)
        assert registration.count == count
    assert {"double-number", "double-more", "pair-total-right", "why"} <= registration.tests()


def test_a_class_without_a_gradebook_begins_with_the_one_that_knows_the_module(registration: Registration) -> None:
    registration.file.touch()
    registration.register()
    known = registration.file.read_bytes()
    registration.file.unlink()
    registration.record.unlink()
    registration.register(new_gradebook=known)
    assert registration.count == 1
    assert {"double-number", "why"} <= registration.tests()


def test_a_gradebook_that_lost_the_module_is_told_again(registration: Registration) -> None:
    registration.file.touch()
    registration.register()
    registration.file.unlink()
    registration.file.touch()
    registration.register()
    assert registration.count == 2
    assert "double-number" in registration.tests()


def test_without_the_record_the_module_is_registered_again(registration: Registration) -> None:
    registration.file.touch()
    registration.register()
    registration.record.unlink()
    registration.register()
    assert registration.count == 2
    assert registration.record.is_file()


def test_registering_leaves_the_released_notebook_as_it_is(registration: Registration, course: Any) -> None:
    before = course.released.stat().st_mtime_ns
    registration.file.touch()
    registration.register()
    assert course.released.stat().st_mtime_ns == before


def test_its_cells_are_entered_at_once(registration: Registration) -> None:
    registration.file.touch()
    with open_for_writing(f"sqlite:///{registration.file}") as gradebook:
        registering.add_indexes(gradebook)
    commits: list[Connection] = []

    def note(connection: Connection) -> None:
        commits.append(connection)

    event.listen(Engine, "commit", note)
    try:
        registration.register()
    finally:
        event.remove(Engine, "commit", note)
    cells = len(registration.sources())
    assert len(commits) < cells, f"{len(commits)} transactions for {cells} cells"


def test_where_a_cell_cannot_be_entered_the_old_ones_stay(
    registration: Registration, monkeypatch: pytest.MonkeyPatch
) -> None:
    registration.file.touch()
    registration.register("one")
    known = registration.sources()

    def refuse(*_: Any, **__: Any) -> None:
        raise InvalidEntry("the disk is full")

    monkeypatch.setattr(Gradebook, "add_source_cell", refuse)
    with pytest.raises(CourseError, match="the disk is full"):
        registration.register("two")
    assert registration.sources() == known


def test_the_record_does_not_hold_the_password_of_a_server(tmp_path: Path) -> None:
    one, two = (registering._state(f"postgresql+psycopg://me:{word}@here/class", "key") for word in ("a", "b"))
    assert one == two
    assert one != registering._state("postgresql+psycopg://me:a@there/class", "key")


def test_the_scores_of_a_student_are_found_without_a_look_at_those_of_the_class(registration: Registration) -> None:
    registration.file.touch()
    registration.register()
    with open_read_only(f"sqlite:///{registration.file}") as gradebook:
        for table in ("grade", "comment"):
            question = f"EXPLAIN QUERY PLAN SELECT * FROM {table} WHERE notebook_id = 'x'"
            plan = [str(row) for row in gradebook.db.connection().exec_driver_sql(question)]
            assert all("SEARCH" in step and "INDEX" in step for step in plan), plan

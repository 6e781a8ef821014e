"""A gradebook that was opened to be read cannot be changed, in whichever way."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from nbgrader.api import Gradebook, MissingEntry, Student

from tinytorch.course.gradebook.open_read_only import is_gradebook, open_read_only
from tinytorch.course.layout import CourseError


@pytest.fixture
def file(graded: Any, tmp_path: Path) -> Path:
    """A copy of the gradebook of the graded class."""
    return Path(shutil.copyfile(graded.output / "gradebook.db", tmp_path / "gradebook.db"))


def change_a_score(gradebook: Gradebook) -> None:
    gradebook.find_grade("why", "tiny", "02_tiny", "answers").manual_score = 7
    gradebook.db.commit()


def change_a_score_and_read_on(gradebook: Gradebook) -> None:
    gradebook.find_grade("why", "tiny", "02_tiny", "answers").manual_score = 7
    _ = gradebook.students


def delete_a_student(gradebook: Gradebook) -> None:
    gradebook.db.delete(gradebook.find_student("right"))
    gradebook.db.flush()


def run_sql(gradebook: Gradebook) -> None:
    gradebook.db.execute(sqlalchemy.update(Student).values(first_name="Eve"))
    gradebook.db.commit()


CHANGES: list[Callable[[Gradebook], object]] = [
    change_a_score,
    change_a_score_and_read_on,
    delete_a_student,
    run_sql,
    lambda gradebook: gradebook.add_student("eve"),
    lambda gradebook: gradebook.update_or_create_assignment("02_tiny", duedate="2026-05-01 12:00 UTC"),
    lambda gradebook: gradebook.update_or_create_submission("02_tiny", "right", timestamp="2026-05-01 12:00 UTC"),
]


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_refused_and_leaves_no_trace(file: Path, change: Callable[[Gradebook], object]) -> None:
    before = file.read_bytes()
    with open_read_only(f"sqlite:///{file}") as gradebook, pytest.raises(RuntimeError, match="opened to be read"):
        change(gradebook)
    assert file.read_bytes() == before
    with Gradebook(f"sqlite:///{file}", "tinytorch") as gradebook:  # the same change is possible for who may write
        change(gradebook)


def test_what_is_there_can_be_read_and_reading_writes_nothing(file: Path) -> None:
    before, changed_ns = file.read_bytes(), file.stat().st_mtime_ns
    with open_read_only(f"sqlite:///{file}") as gradebook:
        assert gradebook.find_submission("02_tiny", "right").score == 20
        with pytest.raises(MissingEntry):
            gradebook.find_student("nobody")
    assert (file.read_bytes(), file.stat().st_mtime_ns) == (before, changed_ns)


def test_a_file_without_tables_is_no_gradebook_yet(file: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty.db"
    assert not is_gradebook(f"sqlite:///{empty}")
    assert not empty.exists()
    empty.touch()
    assert not is_gradebook(f"sqlite:///{empty}")
    assert is_gradebook(f"sqlite:///{file}")


def test_a_gradebook_that_is_not_there_is_told_of_and_not_made(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match=r"There is no gradebook .*gradebook\.db"):
        open_read_only(f"sqlite:///{tmp_path / 'gradebook.db'}")
    assert list(tmp_path.iterdir()) == []

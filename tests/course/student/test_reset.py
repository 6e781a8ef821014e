"""Resetting: one step is as released again, everything else as it was, and the notebook before it is kept."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from tests.helpers.tiny_course import TinyCourse, cell_named, contents


def backups(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.backup-*.ipynb"))


def test_a_step_is_reset_and_nothing_else(course: TinyCourse, tmp_path: Path) -> None:
    path = tmp_path / "tiny.ipynb"
    mine = course.filled()
    cell_named(mine, "double").outputs = [nbformat.v4.new_output("stream", text="kept")]
    nbformat.write(mine, path)
    before = path.read_bytes()
    said = course.tito("reset", "02", "--step", "2", "--notebook", path, check=True).stdout
    assert "reset pair, pair-total in" in said
    after = nbformat.read(path, as_version=4)
    for cell, original, released in zip(after.cells, mine.cells, course.notebook().cells, strict=True):
        expected = released if cell.id in ("pair", "pair-total") else original
        assert cell == expected
    assert [backup.read_bytes() for backup in backups(tmp_path)] == [before]


def test_a_step_that_is_as_released_needs_no_backup(course: TinyCourse) -> None:
    before = contents(course.root)
    result = course.tito("reset", "02", "--step", "1", check=True)
    assert "is already as released there" in result.stdout
    assert contents(course.root) == before


def test_two_resets_within_a_second_keep_two_backups(course: TinyCourse) -> None:
    from tinytorch.course.layout import Course
    from tinytorch.course.student.reset import reset

    found = Course(course.root)
    path = course.root / "mine.ipynb"
    for _ in range(2):
        nbformat.write(course.filled(), path)
        reset(found, found.module("02"), path, step="1")
    assert len(backups(course.root)) == 2


def test_a_deleted_cell_comes_back_in_its_place(course: TinyCourse, tmp_path: Path) -> None:
    notebook = course.filled()
    notebook.cells.remove(cell_named(notebook, "pair-total"))
    nbformat.write(notebook, tmp_path / "mine.ipynb")
    course.tito("reset", "02", "--cell", "pair-total", "--notebook", tmp_path / "mine.ipynb", check=True)
    after = nbformat.read(tmp_path / "mine.ipynb", as_version=4)
    assert [cell.id for cell in after.cells] == [cell.id for cell in course.notebook().cells]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--step", "9"], "no cell to write in step 9: choose one of 1, 2"),
        (["--cell", "none"], "has no cell 'none': choose one of imports, double"),
        ([], "Say what to reset"),
        (["--step", "1", "--cell", "double"], "Say what to reset"),
        (["--step", "1", "--notebook", "no.ipynb"], "There is no notebook"),
    ],
)
def test_a_reset_that_makes_no_sense_is_refused(built_course: TinyCourse, arguments: list[str], said: str) -> None:
    before = contents(built_course.root)
    result = built_course.tito("reset", "02", *arguments)
    assert result.returncode == 1
    assert said in result.stderr
    assert result.stderr.count("\n") == 1
    assert contents(built_course.root) == before

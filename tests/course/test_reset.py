"""Resetting: one step is as released again, everything else as it was, and the notebook before it is kept."""

from __future__ import annotations

import subprocess
from pathlib import Path

import nbformat
import pytest
from tiny_course import TinyCourse, cell_named, contents


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


def test_the_released_source_is_found_in_git_after_the_student_saved_over_it(course: TinyCourse) -> None:
    released = cell_named(course.notebook(), "double").source
    nbformat.write(course.filled(), course.released)
    result = course.tito("reset", "02", "--step", "1")
    assert result.returncode == 1
    assert "neither in git nor in" in result.stderr
    assert not backups(course.released.parent)

    nbformat.write(course.notebook(), course.released)
    course.tito("build", "02", check=True)
    for command in ("init -q", "add modules", "-c user.name=t -c user.email=t@t commit -qm release"):
        subprocess.run(["git", *command.split()], cwd=course.root, check=True)
    nbformat.write(course.filled(), course.released)
    course.tito("reset", "02", "--step", "1", check=True)
    assert cell_named(course.notebook(), "double").source == released
    assert "return 2" not in cell_named(course.notebook(), "double").source


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

"""The notebook as it was released, found although the student works in that very file."""

from __future__ import annotations

import subprocess

import nbformat
from nbgrader.utils import compute_checksum

from tests.helpers.repository import ROOT
from tests.helpers.tiny_course import TinyCourse, cell_named
from tinytorch.course.notebook import grade_id
from tinytorch.course.released import checksum_of


def test_the_released_source_is_found_in_git_after_the_student_saved_over_it(course: TinyCourse) -> None:
    released = cell_named(course.notebook(), "double").source
    nbformat.write(course.filled(), course.released)
    result = course.tito("reset", "02", "--step", "1")
    assert result.returncode == 1
    assert "neither in git nor in" in result.stderr
    assert not list(course.released.parent.glob("*.backup-*.ipynb"))

    nbformat.write(course.notebook(), course.released)
    course.tito("build", "02", check=True)
    for command in ("init -q", "add modules", "-c user.name=t -c user.email=t@t commit -qm release"):
        subprocess.run(["git", *command.split()], cwd=course.root, check=True)
    nbformat.write(course.filled(), course.released)
    course.tito("reset", "02", "--step", "1", check=True)
    assert cell_named(course.notebook(), "double").source == released
    assert "return 2" not in cell_named(course.notebook(), "double").source


def test_the_checksum_of_a_cell_is_nbgrader_s() -> None:
    notebooks = [nbformat.read(path, as_version=4) for path in sorted((ROOT / "modules").glob("*/*.ipynb"))]
    cells = [cell for notebook in notebooks for cell in notebook.cells if grade_id(cell)]
    assert len(cells) > 500
    assert [checksum_of(cell) for cell in cells] == [compute_checksum(cell) for cell in cells]

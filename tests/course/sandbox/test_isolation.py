"""The kinds of isolation: grading stops where the one that was chosen can't be had, and warns where it is little."""

from __future__ import annotations

import os
from pathlib import Path

import nbformat
import pytest

from tests.helpers.tiny_course import TinyCourse


def without_bubblewrap(folder: Path) -> str:
    """Return a PATH with all programs of this machine but bubblewrap."""
    for parent in reversed(os.environ["PATH"].split(os.pathsep)):
        for program in Path(parent).iterdir() if Path(parent).is_dir() else ():
            if program.name != "bwrap":
                (folder / program.name).unlink(missing_ok=True)
                (folder / program.name).symlink_to(program)
    return str(folder)


@pytest.mark.parametrize("engine", ["tito", "nbgrader"])
def test_without_bubblewrap_grading_stops_before_it_begins(
    course: TinyCourse, tmp_path: Path, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed_in = tmp_path / "handed_in"
    submitted = course.root / "submitted" / "alice" / "02_tiny" / "tiny.ipynb"
    for path in (handed_in / "alice.ipynb", submitted):
        path.parent.mkdir(parents=True)
        nbformat.write(course.filled(), path)
    (tmp_path / "programs").mkdir()
    monkeypatch.setenv("PATH", without_bubblewrap(tmp_path / "programs"))
    grade = {"tito": ("tito", "grade", handed_in), "nbgrader": ("nbgrader", "autograde", "02_tiny")}[engine]
    result = course.run(*grade)  # it puts the environment's own programs first on PATH; bubblewrap is not among them
    assert result.returncode != 0
    complaints = [line for line in result.stderr.splitlines() if "bubblewrap" in line]
    assert len(complaints) == 1
    assert "apt-get install bubblewrap" in complaints[0]
    assert 'isolation = "limits"' in complaints[0]
    assert "Traceback" not in result.stderr
    assert not (course.root / "autograded").exists()
    assert not (course.root / "grades.csv").exists()


def test_limits_alone_are_a_choice_that_warns(course: TinyCourse, tmp_path: Path) -> None:
    nbformat.write(course.filled(), tmp_path / "alice.ipynb")
    nbformat.write(course.filled(double="import os\nos._exit(1)"), tmp_path / "bob.ipynb")
    result = course.tito_process("grade", tmp_path, "--module", "02", "--isolation", "limits")
    assert result.returncode == 0, result.stderr
    assert [line for line in result.stderr.splitlines() if "your own rights" in line and "warning" in line]
    assert result.stderr.count("your own rights") == 1
    rows = (course.root / "grades.csv").read_text(encoding="utf-8").splitlines()
    assert [row.split(",")[:6] for row in rows[1:]] == [
        ["alice", "20", "20", "4", "6", "10"],
        ["bob", "10", "20", "0", "0", "10"],
    ]


def test_an_unknown_isolation_is_said(course: TinyCourse, tmp_path: Path) -> None:
    nbformat.write(course.filled(), tmp_path / "alice.ipynb")
    result = course.tito("grade", tmp_path, "--isolation", "fog")
    assert result.returncode == 1
    assert "choose bubblewrap or limits" in result.stderr

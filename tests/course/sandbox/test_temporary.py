"""The folders that a run makes for temporary files, and those that a killed run left."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from tests.helpers.hand_in import hand_in_each
from tests.helpers.tiny_course import TinyCourse
from tinytorch.course.sandbox.temporary import PREFIX, run_folder


def test_a_run_removes_the_folders_of_dead_runs_and_of_no_others(monkeypatch: Any, temporary: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    dead, elsewhere = temporary / f"{PREFIX}dead", temporary / "elsewhere"
    for folder in (dead, elsewhere):
        folder.mkdir()
        (folder / "file").touch()
    (temporary / f"{PREFIX}link").symlink_to(elsewhere)
    with run_folder():
        alive = Path(tempfile.gettempdir())
        monkeypatch.setattr(tempfile, "tempdir", str(temporary))
        with run_folder():
            assert alive.is_dir()
            assert not dead.exists()
            assert Path(tempfile.gettempdir()).parent == temporary
        assert tempfile.gettempdir() == str(temporary)
    assert not alive.exists()
    assert (elsewhere / "file").exists()


def test_a_long_path_for_temporary_files_is_no_reason_to_fail(course: TinyCourse) -> None:
    long = course.root / ("long" * 30)
    long.mkdir()
    said, complained = course.start_tito("grade", hand_in_each(course, a={}), TMPDIR=long).communicate()
    assert "graded 1/1 a 20/20" in said
    assert complained == ""

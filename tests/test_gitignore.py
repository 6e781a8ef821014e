"""What is about people stays out of commits: class lists, what platforms give out and take in, and hand-ins."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.helpers.repository import ROOT

PRIVATE = (
    "class.csv",
    "2026-11-29T1015_Grades-CS101.csv",  # Canvas
    "Grades-CS101-Tiny--4711.csv",  # Moodle
    "gc_CS101_column_2026-11-29.xls",  # Blackboard
    "CS101_GradesExport_2026-11-29.csv",  # Brightspace
    "submissions.zip",
    "gradebook_CS101_HW5_2026-11-29.zip",
    "handed_in/ada.ipynb",
    "downloads/leebob_LATE_12346_678902_dataloader.ipynb",
    "Ada Byron_12345_assignsubmission_file_/dataloader.ipynb",
    "moodle/Ada Byron_12345_assignsubmission_file_dataloader.ipynb",
    "HW5_jdoe1_attempt_2026-11-29-04-15-00_dataloader.ipynb",
    "assignment_9_export/submission_metadata.yml",
    "dataloader-submissions/dataloader-ada/dataloader.ipynb",
    "submitted/ada/05_dataloader/dataloader.ipynb",
    "history/ada/05_dataloader/x/dataloader.ipynb",
    "grades.csv",
    "canvas.csv",
    "nbgrader.csv",
    "nbgrader_export.csv",
    "gradebook.db",
)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A repository with the same .gitignore."""
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    shutil.copyfile(ROOT / ".gitignore", tmp_path / ".gitignore")
    return tmp_path


def ignored(repository: Path, *names: str) -> set[str]:
    """Return which of these names git ignores."""
    run = subprocess.run(
        ["git", "-c", "core.quotePath=false", "check-ignore", "--no-index", "--stdin"],
        cwd=repository, input="\n".join(names), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode in (0, 1), run.stderr
    return set(run.stdout.splitlines())


def test_git_ignores_what_is_about_people(copy: Path) -> None:
    assert ignored(copy, *PRIVATE) == set(PRIVATE)


def test_git_ignores_no_source_and_no_data_of_the_course(copy: Path) -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    names = [name for name in tracked.splitlines() if not name.startswith('"')]
    assert names
    assert ignored(copy, *names) == set()

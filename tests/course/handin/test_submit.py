"""Handing in by a zip: it holds the notebook, when it was handed in and by whom."""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from pathlib import Path

import nbformat
import pytest

from tests.helpers.tiny_course import TinyCourse, cell_named
from tests.helpers.zips import submit_zip


def test_a_zip_holds_the_notebook_the_time_the_secret_and_whose_it_is(course: TinyCourse, zips: Path) -> None:
    path = submit_zip(course, "ada", zips)
    assert re.fullmatch(r"02_tiny-ada-\d{8}T\d{6}Z\.zip", path.name)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert parts["tiny.ipynb"] == (course.root / "work" / "ada" / "tiny.ipynb").read_bytes()
    assert re.fullmatch(rb"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6} UTC", parts["timestamp.txt"])
    assert re.fullmatch(rb"[0-9a-f]{128}", parts["submission_secret.txt"])
    assert json.loads(parts["manifest.json"]) == {
        "format": 1,
        "course": "tinytorch",
        "assignment": "02_tiny",
        "student": "ada",
        "notebook": "tiny.ipynb",
        "sha256": hashlib.sha256(parts["tiny.ipynb"]).hexdigest(),
    }


def test_who_hands_in_is_the_hub_s_user_else_the_account_and_never_an_account_that_all_have(
    course: TinyCourse, zips: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTERHUB_USER", "grace")
    assert "handed in by grace" in course.tito("submit", "02", "--to", zips, check=True).stdout
    monkeypatch.delenv("JUPYTERHUB_USER")
    monkeypatch.setenv("LOGNAME", "alan")
    assert "handed in by alan" in course.tito("submit", "02", "--to", zips, check=True).stdout
    monkeypatch.setenv("LOGNAME", "jovyan")
    refused = course.tito("submit", "02", "--to", zips)
    assert refused.returncode == 1
    assert "--student ada" in refused.stderr
    assert len(list(zips.iterdir())) == 2


def test_what_is_not_written_yet_is_named_and_handed_in_all_the_same(course: TinyCourse, zips: Path) -> None:
    said = course.tito("submit", "02", "--student", "ada", "--to", zips, check=True).stdout
    assert "not written yet: double, pair, pair-total" in said
    assert "\nwhy (10 points, graded by hand) is still empty\n" in said


def test_an_answer_that_is_written_is_not_called_empty(course: TinyCourse, zips: Path) -> None:
    path = course.released
    notebook = nbformat.read(path, as_version=4)
    cell_named(notebook, "why").source = "Because two is twice one."
    nbformat.write(notebook, path)
    assert "still empty" not in course.tito("submit", "02", "--student", "ada", "--to", zips, check=True).stdout


@pytest.mark.parametrize("student", ["../ada", "a/b", "*", "ada+bob", " "])
def test_a_name_that_nbgrader_cannot_keep_is_refused(course: TinyCourse, zips: Path, student: str) -> None:
    refused = course.tito("submit", "02", "--student", student, "--to", zips)
    assert refused.returncode == 1
    assert "cannot be a student's id" in refused.stderr
    assert list(zips.iterdir()) == []

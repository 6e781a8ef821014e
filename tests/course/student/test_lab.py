"""What JupyterLab finds in its environment when `tito lab` opens it. tests/browser looks at the rest."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.tiny_course import TinyCourse
from tinytorch.course.layout import Course
from tinytorch.course.student.lab import FOR_EVERYONE, FOR_STUDENTS, lab_environment


def test_a_kernel_started_in_it_imports_the_course_s_own_package_and_a_terminal_finds_tito(
    built_course: TinyCourse, tmp_path: Path
) -> None:
    environment = {**os.environ, **lab_environment(Course(built_course.root), [FOR_EVERYONE])}
    code = "import shutil, tinytorch; print(tinytorch.__file__, shutil.which('python'))"
    command = [sys.executable, "-c", code]
    ran = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    package, python = ran.stdout.split()
    assert package == str(built_course.root / "tinytorch" / "__init__.py")
    assert os.path.dirname(python) == os.path.dirname(sys.executable)


def test_a_person_s_own_settings_stay_and_come_after_the_course_s(
    built_course: TinyCourse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "/mine")
    found = lab_environment(Course(built_course.root), [FOR_STUDENTS, FOR_EVERYONE])["JUPYTER_CONFIG_PATH"]
    assert found.split(os.pathsep) == [str(FOR_STUDENTS), str(FOR_EVERYONE), "/mine"]
    for folder in (FOR_STUDENTS, FOR_EVERYONE):
        assert any(path.is_file() for path in folder.rglob("*")), folder


def test_without_the_notebook_it_is_not_opened(course: TinyCourse) -> None:
    course.released.unlink()
    refused = course.tito("lab", "02")
    assert refused.returncode == 1
    assert f"{course.released} is missing" in refused.stderr

"""`make other-python` takes an interpreter that works, and a machine without one passes."""

import os
import subprocess
import sys

import pytest

from tests.helpers.repository import ROOT
from tests.programs.other_python import find_program, supported_versions


def test_the_supported_versions_begin_with_the_newest_and_end_with_the_oldest_that_installs():
    assert supported_versions() == ["3.13", "3.12", "3.11"]
    assert 'requires-python = ">=3.11"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def test_a_stand_in_for_an_interpreter_that_is_switched_off_is_passed_over(tmp_path, monkeypatch: pytest.MonkeyPatch):
    for name, program in {"off": "#!/bin/sh\nexit 127\n", "on": f'#!/bin/sh\nexec "{sys.executable}" "$@"\n'}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "python3.99").write_text(program, encoding="utf-8")
        (tmp_path / name / "python3.99").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'off'}{os.pathsep}{tmp_path / 'on'}")
    assert find_program("3.99") == tmp_path / "on" / "python3.99"
    assert find_program("3.98") is None


def test_a_machine_without_another_python_passes_and_says_so(tmp_path):
    nowhere = {**os.environ, "PATH": str(tmp_path), "HOME": str(tmp_path)}
    command = [sys.executable, "-m", "tests.programs.other_python"]
    ran = subprocess.run(command, cwd=ROOT, env=nowhere, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.startswith("This machine has no other supported Python (")
    assert ran.stdout.count("\n") == 1

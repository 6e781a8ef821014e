"""The command line: help that teaches by example, quick to answer, plain in a pipe."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.helpers.tiny_course import TinyCourse

COMMANDS = ["build", "bundle", "export", "check", "submit", "collect", "grade", "reset"]


def test_help_names_every_command(built_course: TinyCourse) -> None:
    said = built_course.tito_process("--help", check=True).stdout
    assert all(f"\n  {command} " in said for command in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_s_help_shows_an_example(built_course: TinyCourse, command: str) -> None:
    assert f"\n  tito {command} " in built_course.tito(command, "--help", check=True).stdout


def test_help_loads_none_of_the_slow_tools(built_course: TinyCourse) -> None:
    code = "import sys, tinytorch.course.cli; print({'nbgrader', 'nbdev', 'nbformat', 'numpy'} & set(sys.modules))"
    assert built_course.run(sys.executable, "-c", code, check=True).stdout == "set()\n"


def test_outside_a_course_the_error_is_one_sentence(built_course: TinyCourse, tmp_path: Path) -> None:
    result = TinyCourse(tmp_path).tito("check", "02")
    assert result.returncode == 1
    assert result.stderr.startswith("tito: ")
    assert "change into the course folder first" in result.stderr

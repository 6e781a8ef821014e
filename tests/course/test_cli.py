"""The command line: help that teaches by example, quick to answer, plain in a pipe."""

from __future__ import annotations

import platform
import re
import shutil
import sys
from pathlib import Path

import pytest

from tests.helpers.tiny_course import TinyCourse

STUDENTS = ["lab", "check", "export", "reset", "submit", "status", "milestone"]
INSTRUCTORS = [
    "build",
    "bundle",
    "roster",
    "collect",
    "grade",
    "regrade",
    "due",
    "extend",
    "rubric",
    "similar",
    "return",
]
COMMANDS = STUDENTS + INSTRUCTORS

# What the shell offers for the last of the words, through the very function that `tito --install-completion` installs
COMPLETE = """
eval "$(_TITO_COMPLETE=source_bash tito)"
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_tito_completion tito
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.fixture(scope="module")
def bundle(built_course: TinyCourse, tmp_path_factory: pytest.TempPathFactory) -> TinyCourse:
    """A student's bundle of module 02."""
    folder = tmp_path_factory.mktemp("handed out") / "bundle"
    built_course.tito("bundle", "02", "--output", folder, check=True)
    return TinyCourse(folder)


def groups(help_text: str) -> dict[str, list[str]]:
    """The commands under each heading of a help text."""
    found: dict[str, list[str]] = {}
    for block in help_text.split("\n\n"):
        heading, *rows = block.strip("\n").splitlines() or [""]
        if heading.endswith(":"):
            found[heading] = [row.split()[0] for row in rows]
    return found


def completions(course: TinyCourse, *words: str) -> list[str]:
    return course.run("bash", "-c", COMPLETE, "bash", *words, check=True).stdout.split()


def test_help_names_every_command(built_course: TinyCourse) -> None:
    said = built_course.tito_process("--help", check=True).stdout
    assert all(f"\n  {command} " in said for command in COMMANDS)


def test_help_groups_the_commands_under_students_and_instructors(built_course: TinyCourse) -> None:
    found = groups(built_course.tito("--help", check=True).stdout)
    assert {name: found[name] for name in found if name != "Options:"} == {
        "Students:": STUDENTS,
        "Instructors:": INSTRUCTORS,
    }


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_s_help_shows_an_example(built_course: TinyCourse, command: str) -> None:
    assert f"\n  tito {command} " in built_course.tito(command, "--help", check=True).stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_is_told_in_one_line_that_is_not_cut_off(built_course: TinyCourse, command: str) -> None:
    lines = built_course.tito("--help", check=True).stdout.splitlines()
    (line,) = [line for line in lines if line.split()[:1] == [command]]
    assert line.endswith(".")
    assert not line.endswith("...")
    assert len(line) <= 80


@pytest.mark.parametrize("command", [[], *([command] for command in COMMANDS)])
def test_h_is_short_for_help_everywhere(built_course: TinyCourse, command: list[str]) -> None:
    said = built_course.tito(*command, "-h", check=True).stdout
    assert said == built_course.tito(*command, "--help", check=True).stdout
    assert "-h, --help" in said


def test_the_version_says_what_a_bug_report_should(built_course: TinyCourse) -> None:
    said = built_course.tito_process("--version", check=True).stdout
    package = built_course.root / "tinytorch"
    (version,) = re.findall(r'^__version__ = "(.*)"$', (package / "__init__.py").read_text("utf-8"), re.MULTILINE)
    assert said == f"tito {version} (Python {platform.python_version()}, {package})\n"


def test_help_loads_none_of_the_slow_tools(built_course: TinyCourse) -> None:
    code = (
        "import sys; from tinytorch.course.cli import main\n"
        "try: main(['--help'])\n"
        "finally: print({'nbgrader', 'nbdev', 'nbformat', 'numpy', 'rich'} & set(sys.modules))"
    )
    said = built_course.run(sys.executable, "-c", code, check=True).stdout
    assert said.startswith("Usage: ")
    assert said.endswith("\nset()\n")


def test_outside_a_course_the_error_is_one_sentence(built_course: TinyCourse, tmp_path: Path) -> None:
    result = TinyCourse(tmp_path).tito("check", "02")
    assert result.returncode == 1
    assert result.stderr.startswith("tito: ")
    assert "change into the course folder first" in result.stderr


def test_outside_a_course_help_shows_every_command(tmp_path: Path) -> None:
    found = groups(TinyCourse(tmp_path).tito("--help", check=True).stdout)
    assert found["Students:"] + found["Instructors:"] == COMMANDS


def test_a_bundle_s_help_shows_the_students_commands_only(bundle: TinyCourse) -> None:
    said = bundle.tito("--help", check=True).stdout
    assert groups(said)["Students:"] == STUDENTS
    assert "Instructors" not in said


@pytest.mark.parametrize("command", [[name] for name in INSTRUCTORS] + [["grade", "handed_in"], ["grade", "--help"]])
def test_an_instructors_command_says_in_a_bundle_where_it_works(bundle: TinyCourse, command: list[str]) -> None:
    refused = bundle.tito(*command)
    assert refused.returncode == 1
    assert refused.stdout == ""
    assert refused.stderr == (
        f"tito: {bundle.root} is a student's bundle: run `tito {command[0]}` from the course's own folder.\n"
    )


@pytest.mark.skipif(shutil.which("bash") is None, reason="the shell that completes is bash")
@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["tito", "check", "0"], ["01_tensor", "02_tiny"]),
        (["tito", "check", "ti"], ["tiny"]),
        (["tito", "grade", "handed_in", "--module", "02"], ["02_tiny"]),
        (["tito", "re"], ["reset", "regrade", "return"]),
        (["tito", "check", "my/copy.ipynb"], []),  # then the shell offers files
        (["tito", "--version", "re"], ["reset", "regrade", "return"]),
    ],
)
def test_the_shell_completes_commands_and_modules(
    built_course: TinyCourse, words: list[str], offered: list[str]
) -> None:
    assert completions(built_course, *words) == offered


@pytest.mark.skipif(shutil.which("bash") is None, reason="the shell that completes is bash")
def test_the_shell_completes_in_a_bundle_what_works_there(bundle: TinyCourse) -> None:
    assert completions(bundle, "tito", "") == STUDENTS
    assert completions(bundle, "tito", "check", "0") == ["02_tiny"]


def test_completion_loads_none_of_the_slow_tools(built_course: TinyCourse) -> None:
    code = (
        "import sys; from tinytorch.course.cli import _complete_module; assert _complete_module('0')\n"
        "print({'nbgrader', 'nbdev', 'nbformat', 'numpy', 'rich'} & set(sys.modules))"
    )
    assert built_course.run(sys.executable, "-c", code, check=True).stdout == "set()\n"

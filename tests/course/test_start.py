"""Where `tito` begins: what is usual after `tito check` needs no command line's tools, and all else has them."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.helpers.tiny_course import TinyCourse
from tinytorch.course.start import read_check


@pytest.mark.parametrize(
    ("words", "read"),
    [
        ("check 05", ("05", None, False)),
        ("check my/copy.ipynb --step 4", ("my/copy.ipynb", 4, False)),
        ("check --step 4 --watch 05", ("05", 4, True)),
        ("", None),
        ("check", None),
        ("check 05 06", None),
        ("check 05 --help", None),
        ("check 05 --step", None),
        ("check 05 --step four", None),
        ("check 05 --step=4", None),
        ("export 05", None),
    ],
)
def test_what_is_usual_is_read_and_the_rest_left_to_the_command_line(words: str, read: object) -> None:
    assert read_check(words.split()) == read


def test_both_ways_say_the_same(built_course: TinyCourse) -> None:
    said = []
    for program in ("tinytorch.course.start", "tinytorch.course.cli"):
        for name in ("02", "07"):
            ran = built_course.run(sys.executable, "-m", program, "check", name)
            said.append((ran.returncode, ran.stdout, ran.stderr))
    assert said[:2] == said[2:]
    assert said[1] == (1, "", "tito: There is no module '07': choose one of 01_tensor, 02_tiny.\n")


def test_a_check_begins_without_typer() -> None:
    code = "import sys, tinytorch.course.start; print({'typer', 'pydantic', 'nbformat', 'numpy'} & set(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "set()\n"

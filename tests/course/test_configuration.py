"""A configuration that cannot be read is told of in one sentence, with the line."""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat
import pytest
import typer

from tests.helpers.tiny_course import TinyCourse, contents
from tinytorch.course.cli import app
from tinytorch.course.configuration import REFUSE_VARIABLE, load_config
from tinytorch.course.layout import Course, CourseError
from tinytorch.course.student.lab import lab_environment

BEFORE = "# A release is the notebook and nothing else"  # a line of nbgrader_config.py
PAGE = "feedback/ada/02_tiny/tiny.html"
HIDDEN = b"secret_input_one"
BROKEN = {
    "c = get_config()\nimport no_such_package\n": ", line 2 cannot be run (ModuleNotFoundError: No module named",
    "c = get_config()\n\nc.Execute.timeout = 1 +\n": ", line 3 cannot be run (SyntaxError: invalid syntax",
    "c = get_config()\nc.Execute.timeout = 1 / 0\n": ", line 2 cannot be run (ZeroDivisionError: division by zero)",
    "import json\n\n\njson.loads('{')\n": ", line 4 cannot be run (JSONDecodeError: ",
}


@pytest.mark.parametrize("text", BROKEN)
def test_an_error_in_the_configuration_is_one_sentence_with_its_line(tmp_path: Path, text: str) -> None:
    (tmp_path / "nbgrader_config.py").write_text(text, encoding="utf-8")
    with pytest.raises(CourseError) as refused:
        load_config(Course(tmp_path))
    assert str(refused.value).startswith(f"{tmp_path / 'nbgrader_config.py'}{BROKEN[text]}")
    assert "\n" not in str(refused.value)


def test_a_course_without_a_configuration_says_so(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match=r"nbgrader_config\.py is missing"):
        load_config(Course(tmp_path))


def test_a_configuration_that_is_right_is_read(tmp_path: Path) -> None:
    (tmp_path / "nbgrader_config.py").write_text("c = get_config()\nc.Execute.timeout = 7\n", encoding="utf-8")
    assert load_config(Course(tmp_path)).Execute.timeout == 7


@pytest.fixture(scope="module")
def broken(built_course: TinyCourse, tmp_path_factory: pytest.TempPathFactory) -> TinyCourse:
    """A course with a graded student, whose configuration has raised an error since."""
    root, folder = tmp_path_factory.mktemp("broken") / "course", tmp_path_factory.mktemp("handed_in")
    shutil.copytree(built_course.root, root)
    course = TinyCourse(root)
    nbformat.write(course.filled(), folder / "ada.ipynb")
    course.tito("grade", folder, "--module", "02", check=True)
    course.configure((BEFORE, f"c.Execute.timeout = 1 / 0\n{BEFORE}"))
    return course


def released(course: TinyCourse) -> dict[str, bytes]:
    """Return every file that students get."""
    return {
        f"{folder}/{path}": content
        for folder in ("modules", "feedback")
        for path, content in contents(course.root / folder).items()
    }


@pytest.mark.parametrize("command", ["generate_assignment", "generate_feedback"])
def test_plain_nbgrader_refuses_a_broken_configuration_and_releases_nothing(broken: TinyCourse, command: str) -> None:
    before = released(broken)
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(REFUSE_VARIABLE, raising=False)  # `make install` has this environment set it
        ran = broken.run("nbgrader", command, "02_tiny", "--force")
    assert ran.returncode != 0, f"{ran.stderr}: run `make install` again"
    assert "ZeroDivisionError" in ran.stderr
    assert released(broken) == before


def test_without_that_plain_nbgrader_would_show_hidden_tests(broken: TinyCourse) -> None:
    copy = TinyCourse(broken.root.with_name("copy"))
    shutil.copytree(broken.root, copy.root)
    assert HIDDEN not in released(copy)[PAGE]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(REFUSE_VARIABLE, "0")
        assert copy.run("nbgrader", "generate_feedback", "02_tiny", "--force").returncode == 0
    assert HIDDEN in released(copy)[PAGE]


def test_every_command_of_tito_refuses_a_broken_configuration(broken: TinyCourse) -> None:
    for name in typer.main.get_command(app).commands:
        ran = broken.tito(name, "02")
        assert ran.returncode == 1
        assert ", line " in ran.stderr
        assert "cannot be run (ZeroDivisionError: division by zero)" in ran.stderr
        assert broken.tito(name, "--help").returncode == 0


def test_jupyterlab_as_tito_opens_it_refuses_a_broken_configuration(broken: TinyCourse) -> None:
    assert lab_environment(Course(broken.root), [])[REFUSE_VARIABLE] == "1"

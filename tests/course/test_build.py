"""Building: the same source gives the same bytes, and plain nbgrader and nbdev agree with tito."""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat
import pytest
from leaks import find_leaks, hidden_lines, solution_lines
from tiny_course import TinyCourse, cell_named, contents

from tinytorch.course.gradebook.nbgrader_api import load_config
from tinytorch.course.layout import Course, CourseError
from tinytorch.course.notebook import STUB


def test_two_builds_are_identical_to_the_byte(course: TinyCourse) -> None:
    first = contents(course.root)
    course.tito("build", check=True)
    second = contents(course.root)
    del first["gradebook.db"], second["gradebook.db"]
    assert first == second


def test_build_says_what_it_wrote(course: TinyCourse) -> None:
    said = course.tito("build", "2", check=True).stdout
    assert said.splitlines() == [
        "wrote src/02_tiny/tiny.ipynb",
        "wrote modules/02_tiny/tiny.ipynb",
        "wrote tinytorch/core/tiny.py",
    ]


def test_modules_hold_the_notebook_and_nothing_else(built_course: TinyCourse) -> None:
    assert list(contents(built_course.root / "modules")) == ["01_tensor/tensor.ipynb", "02_tiny/tiny.ipynb"]


def test_no_solution_and_no_hidden_line_is_in_modules(built_course: TinyCourse) -> None:
    for name in ("01_tensor/tensor.ipynb", "02_tiny/tiny.ipynb"):
        solution = nbformat.read(built_course.root / "src" / name, as_version=4)
        released = (built_course.root / "modules" / name).read_text(encoding="utf-8")
        assert hidden_lines(solution)
        assert solution_lines(solution)
        assert find_leaks(hidden_lines(solution) | solution_lines(solution), released) == []


def test_the_stub_that_export_looks_for_is_the_one_that_releases_leave(built_course: TinyCourse) -> None:
    assert STUB in load_config(Course(built_course.root)).ClearSolutions.code_stub["python"]
    assert STUB in cell_named(built_course.notebook(), "double").source


def test_a_module_is_found_by_number_name_or_both(built_course: TinyCourse) -> None:
    found = Course(built_course.root)
    assert {found.module(name).assignment for name in ("02", "2", "tiny", "02_tiny")} == {"02_tiny"}
    with pytest.raises(CourseError, match="choose one of 01_tensor, 02_tiny"):
        found.module("07")


def test_plain_nbgrader_and_nbdev_commands_do_no_harm(course: TinyCourse, tmp_path: Path) -> None:
    notebook = course.filled()
    cell_named(notebook, "double").source = "#| export\nfrom tinytorch.core.tiny import double"
    submitted = course.root / "submitted" / "eve" / "02_tiny"
    evil = submitted / "tinytorch" / "core"
    evil.mkdir(parents=True)
    for file in (evil.parent / "__init__.py", evil / "__init__.py"):
        file.write_text("", encoding="utf-8")
    (evil / "tiny.py").write_text("def double(x):\n    return 2 * x\n", encoding="utf-8")
    nbformat.write(notebook, submitted / "tiny.ipynb")
    before = {part: contents(course.root / part) for part in ("src", "modules", "tinytorch")}

    course.run("nbgrader", "generate_assignment", "02_tiny", "--force", check=True)
    course.run("nbgrader", "autograde", "02_tiny", check=True)
    course.run("nbgrader", "generate_feedback", "02_tiny", check=True)
    course.run("nbdev-export", check=True)
    course.run("nbdev-clean", check=True)
    course.run("nbdev-clean", "--fname", "modules", check=True)

    assert {part: contents(course.root / part) for part in before} == before
    # The package that eve handed in beside the notebook changed nothing: the import failed.
    page = (course.root / "feedback" / "eve" / "02_tiny" / "tiny.html").read_text(encoding="utf-8")
    assert "No module named" in page
    assert list(contents(course.root / "autograded")) == ["eve/02_tiny/tiny.ipynb"]
    shutil.rmtree(submitted)


def test_a_module_without_source_is_refused_in_one_sentence(course: TinyCourse) -> None:
    shutil.rmtree(course.root / "src" / "02_tiny")
    result = course.tito("build", "02")
    assert result.returncode == 1
    assert result.stderr.startswith("tito: ")
    assert "02_tiny.py is missing" in result.stderr

"""Building: the same source gives the same bytes, and plain nbgrader and nbdev agree with tito."""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat

from tests.helpers.leaks import find_leaks, hidden_lines, solution_lines
from tests.helpers.tiny_course import TinyCourse, cell_named, contents


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

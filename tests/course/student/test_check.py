"""Checking: a student sees per step what the visible tests say, and the exit code can be trusted."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from tests.helpers.tiny_course import TinyCourse, cell_named, contents


def check(course: TinyCourse, notebook: nbformat.NotebookNode, path: Path) -> tuple[int, str, str]:
    nbformat.write(notebook, path)
    before = path.read_bytes()
    result = course.tito("check", path)
    assert path.read_bytes() == before
    return result.returncode, result.stdout, result.stderr


def test_a_finished_notebook_passes_with_exit_code_0(built_course: TinyCourse, tmp_path: Path) -> None:
    code, said, _ = check(built_course, built_course.filled(), tmp_path / "tiny.ipynb")
    assert code == 0
    assert [line.split() for line in said.splitlines()[3:]] == [
        ["Step", "1", "pass", "2", "of", "2", "10", "of", "10"],
        ["Step", "2", "pass", "1", "of", "1", "10", "of", "10"],
    ]


def test_each_step_says_how_it_does_in_words(built_course: TinyCourse, tmp_path: Path) -> None:
    notebook = built_course.filled(double="#| export\ndef double(x):\n    return 3\n", pair=None, pair_total=None)
    code, said, _ = check(built_course, notebook, tmp_path / "anything.ipynb")
    assert code == 1
    assert "Step 1  fail             1 of 2" in said
    assert "Step 2  not written yet  0 of 1" in said
    assert "  double-number: AssertionError: Step 1: expected 4 for double(2)" in said
    assert "double-ready" not in said


def test_an_edited_test_is_run_as_released_and_a_deleted_one_is_named(built_course: TinyCourse, tmp_path: Path) -> None:
    notebook = built_course.filled(double="#| export\ndef double(x):\n    return 3\n")
    cell_named(notebook, "double-number").source = "pass"
    notebook.cells.remove(cell_named(notebook, "pair-total-right"))
    code, said, _ = check(built_course, notebook, tmp_path / "tiny.ipynb")
    assert code == 1
    assert "double-number: AssertionError: Step 1: expected 4" in said
    assert "pair-total-right: the test is missing: `tito reset 02 --cell pair-total-right` puts it back" in said


def test_a_syntax_error_is_shown_with_its_line(built_course: TinyCourse, tmp_path: Path) -> None:
    notebook = built_course.filled(double="#| export\ndef double(x):\n    return 2 x\n")
    code, said, _ = check(built_course, notebook, tmp_path / "tiny.ipynb")
    assert code == 1
    assert "  double: SyntaxError: invalid syntax (line 3)" in said


def test_the_module_s_number_means_its_notebook_in_modules(built_course: TinyCourse) -> None:
    before = contents(built_course.root)
    result = built_course.tito("check", "02")
    assert result.returncode == 1
    assert result.stdout.count("not written yet") == 2
    assert contents(built_course.root) == before


@pytest.mark.parametrize(("name", "said"), [("07", "There is no module '07'"), ("no.ipynb", "There is no notebook")])
def test_what_cannot_be_checked_is_refused_in_one_sentence(built_course: TinyCourse, name: str, said: str) -> None:
    result = built_course.tito("check", name)
    assert result.returncode == 1
    assert said in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_foreign_notebook_is_refused_in_one_sentence(built_course: TinyCourse, tmp_path: Path) -> None:
    code, _, said = check(built_course, nbformat.v4.new_notebook(), tmp_path / "other.ipynb")
    assert code == 1
    assert "is not a notebook of this course" in said

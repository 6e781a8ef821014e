"""Checking: a student sees per step what the visible tests say, and the exit code can be trusted."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

from tests.helpers.tiny_course import SOLUTIONS, TinyCourse, cell_named, contents
from tinytorch.course.layout import Course, Module
from tinytorch.course.notebook import STUB, grade_id
from tinytorch.course.sandbox import copied_kernel
from tinytorch.course.student.check import Check
from tinytorch.course.student.check import check as check_notebook

# What takes long to load, and what `tito check` has no use for
SLOW = {"nbgrader", "nbconvert", "nbclient", "jupyter_client", "ipykernel", "zmq", "rich", "matplotlib", "jinja2"}
SLOW |= {"nbformat.v4", "jsonschema", "setuptools", "tornado", "asyncio", "psutil"}


def check(course: TinyCourse, notebook: nbformat.NotebookNode, path: Path) -> tuple[int, str, str]:
    nbformat.write(notebook, path)
    before = path.read_bytes()
    result = course.tito("check", path)
    assert path.read_bytes() == before
    return result.returncode, result.stdout, result.stderr


def test_a_finished_notebook_passes_with_exit_code_0(built_course: TinyCourse, tmp_path: Path) -> None:
    code, said, _ = check(built_course, built_course.filled(), tmp_path / "tiny.ipynb")
    assert code == 0
    assert [line.split() for line in said.splitlines()[3:5]] == [
        ["Step", "1", "pass", "2", "of", "2", "10", "of", "10"],
        ["Step", "2", "pass", "1", "of", "1", "10", "of", "10"],
    ]
    assert said.splitlines()[6].startswith("20 of 20 visible points. ")
    assert said.splitlines()[7:] == [
        "In all 30 points: 20 of tests, 10 for why, graded by hand.",
        "why (10 points, graded by hand) is still empty",
    ]


@pytest.mark.parametrize("answer", ["", "  \n", None])
def test_an_empty_answer_in_prose_is_told_and_a_written_one_is_not(
    built_course: TinyCourse, tmp_path: Path, answer: str | None
) -> None:
    notebook = built_course.filled()
    if answer is None:
        notebook.cells.remove(cell_named(notebook, "why"))
    else:
        cell_named(notebook, "why").source = answer
    code, said, _ = check(built_course, notebook, tmp_path / "tiny.ipynb")
    assert (code, said.count("why (10 points, graded by hand) is still empty")) == (0, 1)
    notebook = built_course.filled()
    cell_named(notebook, "why").source = "Because two is twice one."
    code, said, _ = check(built_course, notebook, tmp_path / "tiny.ipynb")
    assert (code, "still empty" in said) == (0, False)


def test_each_step_says_how_it_does_in_words(built_course: TinyCourse, tmp_path: Path) -> None:
    notebook = built_course.filled(double="#| export\ndef double(x):\n    return 3\n", pair=None, pair_total=None)
    code, said, _ = check(built_course, notebook, tmp_path / "anything.ipynb")
    assert code == 1
    assert "Step 1  fail              1 of 2" in said
    assert "Step 2  not written yet   0 of 1" in said
    place = "returned in line 3 of your cell `double`: `return 3`"
    assert f"\ndouble-number: Step 1: expected 4 for double(2) ({place})\n" in said
    assert "double-ready" not in said


def test_an_edited_test_is_run_as_released_and_a_deleted_one_is_named(built_course: TinyCourse, tmp_path: Path) -> None:
    notebook = built_course.filled(double="#| export\ndef double(x):\n    return 3\n")
    cell_named(notebook, "double-number").source = "pass"
    notebook.cells.remove(cell_named(notebook, "pair-total-right"))
    code, said, _ = check(built_course, notebook, tmp_path / "tiny.ipynb")
    assert code == 1
    assert "\ndouble-number: Step 1: expected 4" in said
    assert "note on double-number: the cell is not yours to edit; it was graded as released\n" in said
    assert "note on pair-total-right: the cell was deleted; it was put back\n" in said
    assert "Step 2  pass              1 of 1" in said


def test_a_syntax_error_is_shown_with_its_line(built_course: TinyCourse, tmp_path: Path) -> None:
    notebook = built_course.filled(double="#| export\ndef double(x):\n    return 2 x\n")
    code, said, _ = check(built_course, notebook, tmp_path / "tiny.ipynb")
    assert code == 1
    assert "\nyour cell `double`: SyntaxError: invalid syntax (line 3)\n" in said
    assert "  2 tests need what it defines: double-number, double-more\n" in said
    assert said.count("SyntaxError") == 1
    assert "NameError" not in said


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


def test_a_cause_is_told_once_with_the_line_of_the_student_s_cell(built_course: TinyCourse, tmp_path: Path) -> None:
    notebook = built_course.filled(double="#| export\ndef double(x):\n    return helper(x)\n")
    notebook.cells.insert(3, nbformat.v4.new_code_cell("# a helper\ndef helper(x):\n    return x // 0"))
    _, said, _ = check(built_course, notebook, tmp_path / "tiny.ipynb")
    place = "line 3 of your own cell `# a helper`: `return x // 0`"
    error = "ZeroDivisionError: integer division or modulo by zero"
    assert f"\ndouble-number: {error} ({place})\n" in said
    assert "  1 more test ends in the same error: double-more\n" in said
    assert said.count("ZeroDivisionError") == 1


def test_a_broken_step_costs_its_own_points_only(built_course: TinyCourse, tmp_path: Path) -> None:
    total = "#| export\n@patch\ndef total(self: Pair) -> float:\n    return float(sum(self.both)) + double(0)\n"
    notebook = built_course.filled(double="#| export\ndef double(x):\n    return 2 x\n", pair_total=total)
    _, said, _ = check(built_course, notebook, tmp_path / "tiny.ipynb")
    assert "Step 1  fail " in said
    assert "Step 2  pass " in said
    assert "10 of 20 visible points" in said


def test_a_notebook_that_lost_its_metadata_is_checked_all_the_same(built_course: TinyCourse, tmp_path: Path) -> None:
    notebook = built_course.filled()
    notebook.nbformat_minor = 0
    for cell in notebook.cells:
        del cell["id"]
        cell.metadata = nbformat.NotebookNode()
    code, said, _ = check(built_course, notebook, tmp_path / "from kaggle.ipynb")
    assert code == 0
    assert "20 of 20 visible points" in said
    assert "the cell was recognised by its content" in said


def test_a_stub_below_the_code_is_passed_over_and_named(built_course: TinyCourse, tmp_path: Path) -> None:
    double = f"#| export\ndef double(x):\n    return 2 * x\n    {STUB}\n"
    code, said, _ = check(built_course, built_course.filled(double=double), tmp_path / "tiny.ipynb")
    assert code == 0
    assert "note on your cell `double`: `raise NotImplementedError(...)` still stood below your code" in said


def test_a_method_inside_the_class_that_its_stub_replaces_is_named(built_course: TinyCourse, tmp_path: Path) -> None:
    pair = SOLUTIONS["pair"] + "\n    def total(self):\n        return float(sum(self.both))\n"
    _, said, _ = check(built_course, built_course.filled(pair=pair, pair_total=None), tmp_path / "tiny.ipynb")
    assert "Step 2  fail " in said
    assert "fault in your cell `Pair.total`: you wrote total inside the class Pair, and the stub in this cell" in said


def test_the_notebook_of_another_module_is_refused_as_that(built_course: TinyCourse, tmp_path: Path) -> None:
    other = nbformat.read(built_course.root / "modules" / "01_tensor" / "tensor.ipynb", as_version=4)
    code, _, said = check(built_course, other, tmp_path / "tiny.ipynb")
    assert code == 1
    assert "it is the notebook of another module, `tensor`: hand in the one of `tiny`" in said
    assert said.count("\n") == 1


def test_one_step_is_checked_alone_on_what_stands_above_it(built_course: TinyCourse, tmp_path: Path) -> None:
    total = "#| export\n@patch\ndef total(self: Pair) -> float:\n    return float(sum(self.both)) + double(0)\n"
    path = tmp_path / "tiny.ipynb"
    nbformat.write(built_course.filled(pair_total=total), path)
    checked = check_notebook(Course(built_course.root), Module("02_tiny", built_course.root), path, step=2)
    assert [step.row for step in checked.steps] == [["Step 2", "pass", "1 of 1", "10 of 10"]]
    ran = {grade_id(cell) for cell in checked.notebook.cells if cell.get("execution_count")}
    assert {"double", "double-ready", "pair-total-right"} <= ran
    assert "double-number" not in ran
    result = built_course.tito("check", path, "--step", "3")
    assert result.returncode == 1
    assert result.stderr == "tito: 02_tiny has no step 3 with tests: choose one of Step 1, Step 2.\n"


def test_each_step_is_reported_before_the_next_one_runs(built_course: TinyCourse, tmp_path: Path) -> None:
    nbformat.write(built_course.filled(), tmp_path / "tiny.ipynb")
    checked = Check(Course(built_course.root), Module("02_tiny", built_course.root), tmp_path / "tiny.ipynb")
    seen: list[list[dict[str, bool]]] = []
    checked.run(lambda done: seen.append([dict(step.passed) for step in checked.steps]))
    assert seen[0] == [{"double-number": True, "double-more": True}, {}]
    assert len(seen) == 2


def test_a_cell_that_ends_python_costs_its_own_tests_only(built_course: TinyCourse, tmp_path: Path) -> None:
    notebook = built_course.filled(double="#| export\nimport os\ndef double(x):\n    os._exit(3)\n")
    _, said, _ = check(built_course, notebook, tmp_path / "tiny.ipynb")
    assert "double-number: KernelDied: this cell ended the Python that it ran in" in said
    assert "Step 2  pass " in said


def test_what_a_student_prints_does_not_reach_the_terminal(built_course: TinyCourse, tmp_path: Path) -> None:
    noisy = "#| export\nimport os\ndef double(x):\n    print('noise'); os.write(1, b'noise'); return 2 * x\n"
    nbformat.write(built_course.filled(double=noisy), tmp_path / "tiny.ipynb")
    result = built_course.tito_process("check", tmp_path / "tiny.ipynb")
    assert result.returncode == 0, result.stderr
    assert "noise" not in result.stdout + result.stderr


def test_a_watched_notebook_is_checked_again_when_it_is_saved(built_course: TinyCourse, tmp_path: Path) -> None:
    path = tmp_path / "tiny.ipynb"
    nbformat.write(built_course.filled(double="#| export\ndef double(x):\n    return 3\n"), path)
    watching = built_course.start_tito("check", path, "--step", "1", "--watch")
    assert watching.stdout is not None
    try:
        waiting = f"waiting for {path.name} to be saved; Ctrl-C ends this\n"
        first = list(iter(watching.stdout.readline, waiting))
        assert any(line.startswith("Step 1  fail ") for line in first)
        nbformat.write(built_course.filled(), path)
        second = list(iter(watching.stdout.readline, waiting))
        assert any(line.startswith("Step 1  pass ") for line in second)
        watching.send_signal(signal.SIGINT)
        assert watching.wait() == 0
    finally:
        watching.kill()
        watching.communicate()


@pytest.mark.parametrize("place", ["beside the course", "in the course", "in the course, which is in git"])
def test_checking_loads_nothing_that_it_does_not_need(course: TinyCourse, tmp_path: Path, place: str) -> None:
    given, path = "02", course.released
    if place == "beside the course":
        path = tmp_path / "any name.ipynb"
        given = str(path)
    elif "git" in place:
        for command in ("init --quiet", "add .", "-c user.name=x -c user.email=x@y.z commit --quiet --message=x"):
            subprocess.run(["git", *command.split()], cwd=course.root, check=True)
    nbformat.write(course.filled(), path)
    code = f"import sys, tinytorch.course.start as start; sys.argv[1:] = ['check', {given!r}]; start.main()"
    listed = f"import atexit, sys; atexit.register(lambda: print({SLOW!r} & set(sys.modules))); {code}"
    ran = course.run(sys.executable, "-c", listed)
    assert "20 of 20 visible points" in ran.stdout
    assert ran.stdout.splitlines()[-1] == "set()", ran.stderr


def test_where_the_process_cannot_be_copied_jupyter_s_kernel_says_the_same(
    built_course: TinyCourse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    double = "#| export\ndef double(x):\n    if x == 1:\n        raise KeyError(x)\n    return 4\n"
    notebook = built_course.filled(double=double)
    said = check(built_course, notebook, tmp_path / "tiny.ipynb")
    place = "line 3 of your cell `double`: `if x == 1:`"
    assert f"double-more: KeyError: 1 ({place}) This condition should not be true here.\n" in said[1]
    monkeypatch.setattr(copied_kernel, "is_possible", lambda: False)
    assert check(built_course, notebook, tmp_path / "tiny.ipynb") == said


def test_ctrl_c_ends_a_check_and_what_it_runs_in_one_sentence(
    built_course: TinyCourse, tmp_path: Path, orphans: Callable[[], list[str]]
) -> None:
    endless = "#| export\ndef double(x):\n    while True:\n        pass\n"
    nbformat.write(built_course.filled(double=endless), tmp_path / "tiny.ipynb")
    checking = built_course.start_tito("check", tmp_path / "tiny.ipynb")
    assert checking.stdout is not None
    while not checking.stdout.readline().startswith("step "):
        assert checking.poll() is None
    checking.send_signal(signal.SIGINT)
    _, said = checking.communicate()
    assert (checking.returncode, said) == (130, "tito: the check was stopped; the notebook is as it was.\n")
    assert orphans() == []


def test_a_test_that_fails_leads_to_the_function_that_it_had_called_last(
    built_course: TinyCourse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair = SOLUTIONS["pair"]
    total = "#| export\n@patch\ndef total(self: Pair) -> float:\n    sum(self.both)\n"
    notebook = built_course.filled(pair=pair, pair_total=total)
    said = check(built_course, notebook, tmp_path / "tiny.ipynb")
    place = "(line 3 of your cell `Pair.total`: `def total(self: Pair) -> float:`)"
    assert f"\npair-total-right: Step 2: expected 3 {place}\n" in said[1]
    monkeypatch.setattr(copied_kernel, "is_possible", lambda: False)
    assert check(built_course, notebook, tmp_path / "tiny.ipynb") == said


def test_a_loop_that_had_to_be_stopped_is_named(built_course: TinyCourse, tmp_path: Path) -> None:
    total = "#| export\n@patch\ndef total(self: Pair) -> float:\n    x = 0\n    while x < 9:\n        y = 2 * x\n"
    _, said, _ = check(built_course, built_course.filled(pair_total=total), tmp_path / "tiny.ipynb")
    where = "(line 5 of your cell `Pair.total`: `while x < 9:`) Does this loop come to an end?"
    assert f"pair-total-right: CellTimeoutError: this cell ran longer than 4 s and was stopped {where}\n" in said

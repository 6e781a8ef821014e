"""The panel at the top of a notebook, in the shell that a notebook's kernel runs."""

from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell

from tests.helpers.corpus import read_corpus
from tinytorch.course.layout import Course
from tinytorch.course.notebook import STUB, grade_id, read_notebook, role_of
from tinytorch.panel import Panel

MODULE = Course.find(Path(__file__).parent).module("05")
STOPPED = NotImplementedError("Write this step here, then delete this line.")


@pytest.fixture
def progress():
    return Panel("Module 05", read_notebook(MODULE.released_path))


@pytest.fixture
def cells():
    return {grade_id(each): each for each in read_notebook(MODULE.released_path).cells if grade_id(each)}


def take(progress, cell, error=None, source=None):
    return progress.take(cell.id, source or cell.source, error)


def test_it_knows_the_points_that_tito_check_shows(progress):
    assert sum(sum(step.points.values()) for step in progress.steps.values()) == 100
    assert {step.verdict for step in progress.steps.values()} == {"not run yet"}


def test_a_step_passes_when_all_its_tests_ran_without_an_error(progress, cells):
    tests = [
        each for each in cells.values() if role_of(each) == "test" and grade_id(each) in progress.steps["Step 1"].points
    ]
    for cell in tests[:-1]:
        take(progress, cell)
    assert progress.steps["Step 1"].verdict == "pass so far"
    assert take(progress, tests[-1])
    assert progress.steps["Step 1"].verdict == "pass"
    assert "7 of 100 visible points" in repr(progress)
    assert all("Grading also tries other values." in shown for shown in (repr(progress), progress._repr_html_()))
    in_all = "In all 110 points: 100 of tests, 10 for question 5, graded by hand."
    assert all(in_all in shown for shown in (repr(progress), progress._repr_html_()))
    assert not take(progress, tests[-1])  # nothing new to show


def test_a_stub_and_a_failed_test_are_told_apart_and_named(progress, cells):
    assert STUB in cells["dataset"].source
    take(progress, cells["dataset"], STOPPED)
    assert progress.steps["Step 1"].verdict == "not written yet"
    assert "Stopped at a cell of Step 1: Write this step here" in repr(progress)
    take(progress, cells["dataset"], source="class Dataset: pass")
    take(progress, cells["dataset-abstract"], AssertionError("Step 1: it should raise"))
    assert progress.steps["Step 1"].verdict == "fail"
    assert "Stopped at a cell of Step 1: Step 1: it should raise" in repr(progress)


def test_tests_below_a_cell_that_runs_again_have_to_say_anew(progress, cells):
    take(progress, cells["flip-width"])
    take(progress, cells["crop"], source="class RandomCrop: pass")
    assert progress.steps["Step 6"].passed == {"flip-width": True}  # it stands above crop
    take(progress, cells["flip"], source="class RandomHorizontalFlip: pass")
    assert progress.steps["Step 6"].passed == {}


def test_other_cells_change_nothing_but_where_it_stopped(progress):
    assert progress.take("own", "1 / 0", ZeroDivisionError("division by zero"))
    assert "Stopped at a cell: ZeroDivisionError: division by zero" in repr(progress)
    assert progress.take("own", "1", None)
    assert "Stopped" not in repr(progress)


def test_where_there_is_no_course_one_sentence_says_so(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    shell = InteractiveShell()
    result = shell.run_cell("from tinytorch.panel import show_panel\nshow_panel('05')")
    InteractiveShell.clear_instance()
    assert result.success
    assert capsys.readouterr().out.startswith("No panel is shown: ")


def test_a_student_who_edits_the_panel_s_cell_is_not_flagged():
    from tinytorch.course.verdict.tampering import findings

    cell = next(each for each in read_corpus(MODULE, ["untouched"])[0].notebook.cells if "show_panel" in each.source)
    assert findings(cell.source + "\n# mine", {}, MODULE.name, is_solution=False) == []

"""The mutants, and the quick grader that runs them: what matters is noticed, with the real grader's verdict."""

import csv
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from tests.helpers.corpus import fill, reference_answers
from tests.programs import mutants
from tests.programs.quickgrade import QuickGrader
from tinytorch.course.authoring.build import read_source, write_solution_notebook
from tinytorch.course.layout import Course
from tinytorch.course.notebook import read_notebook

COURSE = Course.find(Path(__file__).parent)
MODULE = COURSE.module("05_dataloader")
OTHERS = [module for module in COURSE.modules if module != MODULE]


@pytest.fixture(scope="module")
def answers():
    write_solution_notebook(MODULE)
    return reference_answers(read_source(MODULE.source_path.read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def every_mutant():
    return mutants.make_mutants(MODULE)


def test_every_mutant_is_killed_or_listed_as_equivalent(answers, capsys):
    assert mutants.run(MODULE) == 0, capsys.readouterr().out
    assert "survivors: 0" in capsys.readouterr().out


@pytest.mark.parametrize("module", OTHERS, ids=lambda module: module.assignment)
def test_every_fiftieth_mutant_of_the_other_modules_is_killed_or_listed(module, capsys):
    assert mutants.run(module, every=50) == 0, capsys.readouterr().out
    assert "survivors: 0" in capsys.readouterr().out


def test_operators_are_changed_two_at_once_where_one_slip_could_make_up_for_another(every_mutant):
    pairs = [mutant for mutant in every_mutant if " ; " in mutant.before]
    assert {mutant.cell for mutant in pairs} == {"loader-iter", "loader-collate"}
    assert len(pairs) >= 40


def test_there_are_many_mutants_of_every_solution_cell(every_mutant, answers):
    cells = [mutant.cell for mutant in every_mutant]
    assert len(cells) >= 60
    assert set(cells) == {name for name in answers if name != "question-choice"}
    assert len({(mutant.cell, mutant.source) for mutant in every_mutant}) == len(cells)


def test_every_listed_mutant_has_a_reason():
    for listed in mutants.LISTED.glob("*.toml"):
        assert all(len(why.split()) >= 4 for why in mutants.read_listed(listed).values()), listed


def list_only(path, key):
    row = dict(zip(("cell", "function", "before", "after"), key, strict=True), why="so it is said")
    path.write_text("[[equivalent]]\n" + "".join(f"{name} = '''{value}'''\n" for name, value in row.items()))
    return path


def test_a_listed_mutant_that_is_killed_is_an_error(tmp_path, capsys, every_mutant):
    assert mutants.run(MODULE, every=10_000, listed_in=list_only(tmp_path / "listed.toml", every_mutant[0].key)) == 1
    assert "listed as equivalent, but" in capsys.readouterr().out


def test_a_listed_mutant_that_no_longer_exists_is_an_error(tmp_path, capsys):
    gone = ("compose", "Compose.__call__", "return image", "return None")
    assert mutants.run(MODULE, every=10_000, listed_in=list_only(tmp_path / "listed.toml", gone)) == 1
    assert "there is no such mutant" in capsys.readouterr().out


def test_the_quick_grader_gives_what_the_real_one_gives(every_mutant, answers, tmp_path):
    sample = every_mutant[7 :: len(every_mutant) // 8]
    (tmp_path / "class").mkdir()
    for number, mutant in enumerate(sample):
        notebook = fill(read_notebook(MODULE.released_path), answers | {mutant.cell: mutant.source})
        nbformat.write(notebook, tmp_path / "class" / f"mutant_{number}.ipynb")
    command = [sys.executable, "-m", "tinytorch.course.cli", "grade", tmp_path / "class", "--module", "05"]
    run = subprocess.run([*command, "--output", tmp_path], cwd=MODULE.root, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    with (tmp_path / "grades.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    with QuickGrader(MODULE) as grader:
        for number, mutant in enumerate(sample):
            quick = grader.scores(answers | {mutant.cell: mutant.source})
            real = {test: float(rows[f"mutant_{number}"][test]) for test in quick}
            assert quick == real, mutant.key

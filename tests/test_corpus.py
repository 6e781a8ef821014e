"""The corpora, graded as classes through `tito grade`: every submission gets exactly the points that its file says."""

import csv
import os
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import nbformat
import pytest

from tests.helpers.corpus import CORPUS, Submission, answers_of, read_corpus
from tests.helpers.leaks import find_leaks, hidden_lines, solution_lines
from tinytorch.course.authoring.build import write_solution_notebook
from tinytorch.course.layout import Course, Module

COURSE = Course.find(Path(__file__).parent)
MOST_PAGE_BYTES = 60_000
# Its cells wait for six times as long as they compute: with two workers on a core, that takes half the time
WAITS = "10"
WITH_CORPUS = [module for module in COURSE.modules if (CORPUS / module.assignment).is_dir()]
MODULES = pytest.mark.parametrize("module", WITH_CORPUS, ids=lambda module: module.assignment)


def names_of(module: Module) -> list[str]:
    return sorted(path.stem for path in (CORPUS / module.assignment).glob("*.py"))


def each_submission(*beginnings: str):
    """One test for each submission of each module, or for those whose names begin like this."""
    pairs = [
        pytest.param(module, name, id=f"{module.assignment}-{name}")
        for module in WITH_CORPUS
        for name in names_of(module)
        if name.startswith(beginnings or "")
    ]
    return pytest.mark.parametrize(("module", "name"), pairs)


@dataclass
class GradedCorpus:
    module: Module
    submissions: dict[str, Submission]
    rows: dict[str, dict[str, str]]  # of grades.csv
    pages: Path
    printed: str

    def page(self, name: str) -> str:
        """Return a submission's feedback page."""
        path = self.pages / name / self.module.assignment / f"{self.module.name}.html"
        return path.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def graded_corpus(tmp_path_factory):
    """Return what came of a module's corpus, graded when it is first asked for."""
    return cache(lambda module: grade_corpus(module, tmp_path_factory.mktemp(f"corpus_{module.number}")))


@pytest.fixture
def graded(graded_corpus, module) -> GradedCorpus:
    return graded_corpus(module)


def grade_corpus(module: Module, folder: Path) -> GradedCorpus:
    write_solution_notebook(module)
    submissions = corpus_of(module)
    (folder / "class").mkdir()
    for name, submission in submissions.items():
        nbformat.write(submission.notebook, folder / "class" / f"{name}.ipynb")
    options = ["--module", module.number, "--output", folder]
    if module.number == WAITS:
        options += ["--workers", str(2 * (os.cpu_count() or 1))]
    command = [sys.executable, "-m", "tinytorch.course.cli", "grade", folder / "class", *options]
    run = subprocess.run(command, cwd=COURSE.root, capture_output=True, text=True, encoding="utf-8", check=False)
    assert run.returncode == 0, run.stderr
    with (folder / "grades.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    return GradedCorpus(module, submissions, rows, folder / "feedback", run.stdout)


@each_submission()
def test_every_test_gives_the_points_that_the_file_says(graded, name):
    expected = graded.submissions[name].expected_points
    assert {test: float(graded.rows[name][test]) for test in expected} == expected
    assert float(graded.rows[name]["points"]) == sum(expected.values())


@each_submission("correct_", "wrong_")
def test_an_honest_submission_is_not_flagged_right_or_wrong(graded, name):
    assert graded.rows[name]["flags"] == "0", graded.rows[name]["notes"]


@cache
def corpus_of(module: Module) -> dict[str, Submission]:
    return {submission.name: submission for submission in read_corpus(module)}


@MODULES
def test_the_corpus_is_the_class_that_was_asked_for(module):
    totals = {name: submission.expected_total for name, submission in corpus_of(module).items()}
    correct = [name for name in totals if name.startswith("correct_")]
    wrong = [name for name in totals if name.startswith("wrong_")]
    least_correct, least_wrong = (25, 40) if module.number == "05" else (3, 10)
    assert len(correct) >= least_correct
    assert len(wrong) >= least_wrong
    assert all(totals[name] == 100 for name in correct)
    assert all(0 < totals[name] < 100 for name in wrong)
    assert totals["untouched"] == 0


def test_the_corpus_of_05_holds_the_textbook_answer_and_those_that_cheat():
    totals = {name: submission.expected_total for name, submission in corpus_of(COURSE.module("05")).items()}
    assert totals["textbook"] >= 80
    assert totals["imports_the_reference"] == totals["skips_the_tests"] == 0


@MODULES
def test_every_test_is_lost_by_a_submission_that_is_otherwise_good(module):
    corpus = corpus_of(module)
    lost = set()
    for name, submission in corpus.items():
        if name.startswith("wrong_"):
            full = corpus["correct_reference"].expected_points
            lost |= {test for test, points in submission.expected_points.items() if points < full[test]}
    assert set(corpus["correct_reference"].expected_points) - lost == set()


@MODULES
def test_no_two_submissions_have_the_same_answers(module):
    corpus = corpus_of(module).copy()
    corpus.pop("skips_the_tests", None)  # differs from `untouched` by its tags only
    assert len({str(answers_of(submission.notebook)) for submission in corpus.values()}) == len(corpus)


@each_submission()
def test_no_page_shows_a_hidden_line_nor_a_solution_that_the_student_did_not_write(graded, name):
    hidden, solutions = secret_lines_of(graded.module)
    page = graded.page(name)
    own = "\n".join(cell.source for cell in graded.submissions[name].notebook.cells)
    assert find_leaks(hidden, page) == []
    assert find_leaks(solutions, page, own) == []


@MODULES
def test_a_feedback_page_has_less_than_60_kB_however_much_failed(graded):
    sizes = {name: len(graded.page(name).encode()) for name in graded.submissions}
    assert {name: size for name, size in sizes.items() if size >= MOST_PAGE_BYTES} == {}


@cache
def secret_lines_of(module: Module) -> tuple[set[str], set[str]]:
    solution = nbformat.read(module.solution_path, as_version=4)
    return hidden_lines(solution), solution_lines(solution)


@MODULES
def test_each_run_prints_a_row_for_every_student_and_every_test(graded):
    for name in [*graded.submissions, *graded.submissions["untouched"].expected_points]:
        assert name in graded.printed

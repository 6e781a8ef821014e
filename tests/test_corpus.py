"""The corpus, graded as a class through `tito grade`: every submission gets exactly the points that its file says."""

import csv
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from corpus import CORPUS, Submission, answers_of, read_corpus, write_class
from leaks import find_leaks, hidden_lines, solution_lines

from tinytorch.course.build import write_solution_notebook
from tinytorch.course.layout import Course

COURSE = Course.find(Path(__file__).parent)
MODULE = COURSE.module("05_dataloader")
NAMES = sorted(path.stem for path in (CORPUS / MODULE.assignment).glob("*.py"))


HALVES = 2  # graded at the same time, each as a class of its own


@dataclass
class GradedCorpus:
    submissions: dict[str, Submission]
    rows: dict[str, dict[str, str]]  # of grades.csv
    pages: dict[str, Path]
    printed: list[str]


def grade_class(folder: Path, output: Path) -> str:
    command = [sys.executable, "-m", "tinytorch.course.cli", "grade", folder, "--module", "05", "--output", output]
    run = subprocess.run(command, cwd=COURSE.root, capture_output=True, text=True, encoding="utf-8", check=False)
    assert run.returncode == 0, run.stderr
    return run.stdout


@pytest.fixture(scope="session")
def graded(tmp_path_factory) -> GradedCorpus:
    folder = tmp_path_factory.mktemp("corpus")
    write_solution_notebook(MODULE)
    submissions = {submission.name: submission for submission in write_class(MODULE, folder / "all")}
    outputs = [folder / f"graded_{half}" for half in range(HALVES)]
    for half, output in enumerate(outputs):
        for name in NAMES[half::HALVES]:
            (output / "class").mkdir(parents=True, exist_ok=True)
            (folder / "all" / f"{name}.ipynb").rename(output / "class" / f"{name}.ipynb")
    with ThreadPoolExecutor(HALVES) as pool:
        printed = list(pool.map(grade_class, [output / "class" for output in outputs], outputs))
    rows: dict[str, dict[str, str]] = {}
    pages: dict[str, Path] = {}
    for output in outputs:
        with (output / "grades.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                rows[row["student_id"]] = row
                pages[row["student_id"]] = (
                    output / "feedback" / row["student_id"] / MODULE.assignment / "dataloader.html"
                )
    return GradedCorpus(submissions, rows, pages, printed)


@pytest.mark.parametrize("name", NAMES)
def test_every_test_gives_the_points_that_the_file_says(graded, name):
    expected = graded.submissions[name].expected_points
    assert {test: float(graded.rows[name][test]) for test in expected} == expected
    assert float(graded.rows[name]["points"]) == sum(expected.values())


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith(("correct_", "wrong_"))])
def test_an_honest_submission_is_not_flagged_right_or_wrong(graded, name):
    assert graded.rows[name]["flags"] == "0", graded.rows[name]["notes"]


@pytest.fixture(scope="module")
def corpus() -> dict[str, Submission]:
    return {submission.name: submission for submission in read_corpus(MODULE)}


def test_the_corpus_is_the_class_that_was_asked_for(corpus):
    totals = {name: submission.expected_total for name, submission in corpus.items()}
    correct = [name for name in totals if name.startswith("correct_")]
    assert len(correct) >= 25
    assert all(totals[name] == 100 for name in correct)
    wrong = [name for name in totals if name.startswith("wrong_")]
    assert len(wrong) >= 40
    assert all(0 < totals[name] < 100 for name in wrong)
    assert totals["textbook"] >= 80
    assert totals["untouched"] == totals["imports_the_reference"] == totals["skips_the_tests"] == 0


def test_every_test_is_lost_by_a_submission_that_is_otherwise_good(corpus):
    lost = set()
    for name, submission in corpus.items():
        if name.startswith("wrong_"):
            full = corpus["correct_reference"].expected_points
            lost |= {test for test, points in submission.expected_points.items() if points < full[test]}
    assert set(corpus["correct_reference"].expected_points) - lost == set()


def test_no_two_submissions_have_the_same_answers(corpus):
    answers = {str(answers_of(submission.notebook)) for submission in corpus.values()}
    assert len(answers) == len(corpus) - 1  # `skips_the_tests` differs from `untouched` by its tags only


@pytest.mark.parametrize("name", NAMES)
def test_no_page_shows_a_hidden_line_nor_a_solution_that_the_student_did_not_write(graded, name):
    solution = nbformat.read(MODULE.solution_path, as_version=4)
    page = graded.pages[name].read_text(encoding="utf-8")
    own = "\n".join(cell.source for cell in graded.submissions[name].notebook.cells)
    assert find_leaks(hidden_lines(solution), page) == []
    assert find_leaks(solution_lines(solution), page, own) == []


def test_each_run_prints_a_row_for_every_student_and_every_test(graded):
    for half, printed in enumerate(graded.printed):
        for name in [*NAMES[half::HALVES], *graded.submissions["untouched"].expected_points]:
            assert name in printed

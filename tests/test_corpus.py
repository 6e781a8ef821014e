"""The corpus, graded as a class through `tito grade`: every submission gets exactly the points that its file says."""

import csv
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from corpus import CORPUS, Submission, write_class
from leaks import find_leaks, hidden_lines, solution_lines

from tinytorch.course.layout import Course

COURSE = Course.find(Path(__file__).parent)
MODULE = COURSE.module("05_dataloader")
NAMES = sorted(path.stem for path in (CORPUS / MODULE.assignment).glob("*.py"))


@dataclass
class GradedCorpus:
    submissions: dict[str, Submission]
    points: dict[str, dict[str, str]]
    output: Path
    printed: str


@pytest.fixture(scope="session")
def graded(tmp_path_factory) -> GradedCorpus:
    folder, output = tmp_path_factory.mktemp("class"), tmp_path_factory.mktemp("graded")
    submissions = write_class(MODULE, folder)
    command = [sys.executable, "-m", "tinytorch.course.cli", "grade", folder, "--module", "05", "--output", output]
    run = subprocess.run(command, cwd=COURSE.root, capture_output=True, text=True, encoding="utf-8", check=False)
    assert run.returncode == 0, run.stderr
    with (output / "grades.csv").open(encoding="utf-8", newline="") as file:
        points = {row["student_id"]: row for row in csv.DictReader(file)}
    return GradedCorpus({submission.name: submission for submission in submissions}, points, output, run.stdout)


@pytest.mark.parametrize("name", NAMES)
def test_every_test_gives_the_points_that_the_file_says(graded, name):
    expected = graded.submissions[name].expected_points
    assert {test: float(graded.points[name][test]) for test in expected} == expected
    assert float(graded.points[name]["points"]) == sum(expected.values())


def test_the_corpus_is_the_class_that_was_asked_for(graded):
    totals = {name: submission.expected_total for name, submission in graded.submissions.items()}
    assert sum(total == 100 for total in totals.values()) >= 5
    assert totals["textbook"] >= 80
    assert totals["correct_with_warnings"] == 100
    assert totals["untouched"] == totals["imports_the_reference"] == totals["skips_the_tests"] == 0
    assert sum(name.startswith("wrong_") for name in totals) >= 8


@pytest.mark.parametrize("name", NAMES)
def test_no_page_shows_a_hidden_line_nor_a_solution_that_the_student_did_not_write(graded, name):
    solution = nbformat.read(MODULE.solution_path, as_version=4)
    page = (graded.output / "feedback" / name / MODULE.assignment / "dataloader.html").read_text(encoding="utf-8")
    own = "\n".join(cell.source for cell in graded.submissions[name].notebook.cells)
    assert find_leaks(hidden_lines(solution), page) == []
    assert find_leaks(solution_lines(solution), page, own) == []


def test_the_run_prints_a_row_for_every_student_and_every_test(graded):
    for name in NAMES:
        assert name in graded.printed
    for test in graded.submissions["untouched"].expected_points:
        assert test in graded.printed

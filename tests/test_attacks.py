"""Every attack is submitted through the real grader: no point is won, and the submission is flagged with the line."""

import csv
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from attacks import ATTACKS
from corpus import read_corpus
from test_repository import ROOT, tracked_files

from tinytorch.course.layout import Course
from tinytorch.course.notes import read_notes

SUBMISSION_SECONDS = 20  # instead of 120: some attacks leave a kernel that answers nothing


@dataclass
class GradedAttacks:
    output: Path
    points: dict[str, dict[str, str]]

    def flags(self, name):
        notebook = nbformat.read(self.output / "autograded" / name / "05_dataloader" / "dataloader.ipynb", as_version=4)
        return [note for note in read_notes(notebook) if note.kind == "flag"]

    def page(self, name):
        return (self.output / "feedback" / name / "05_dataloader" / "dataloader.html").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def graded(tmp_path_factory) -> GradedAttacks:
    root = tmp_path_factory.mktemp("attacks")
    for name in tracked_files():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, root / name)
    config = (root / "nbgrader_config.py").read_text(encoding="utf-8")
    assert config.count("submission_timeout = 120") == 1
    config = config.replace("submission_timeout = 120", f"submission_timeout = {SUBMISSION_SECONDS}")
    (root / "nbgrader_config.py").write_text(config, encoding="utf-8")

    module, folder, output = Course(root).module("05"), root / "handed_in", root / "graded"
    folder.mkdir()
    for attack in ATTACKS:
        nbformat.write(attack.notebook(module), folder / f"{attack.name}.ipynb")
    honest = next(submission for submission in read_corpus(module) if submission.name == "correct_reference")
    nbformat.write(honest.notebook, folder / "honest.ipynb")
    command = [sys.executable, "-m", "tinytorch.course.cli", "grade", folder, "--module", "05", "--output", output]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    run = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
    assert (output / "grades.csv").is_file(), run.stderr
    with (output / "grades.csv").open(encoding="utf-8", newline="") as file:
        return GradedAttacks(output, {row["student_id"]: row for row in csv.DictReader(file)})


def test_there_are_at_least_25_attacks():
    assert len({attack.name for attack in ATTACKS}) == len(ATTACKS) >= 25


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_an_attack_wins_nothing_and_is_flagged_with_its_line(graded, attack):
    assert float(graded.points[attack.name]["points"] or 0) == 0
    flags = graded.flags(attack.name)
    assert any(attack.line in note.text for note in flags), [note.text for note in flags]


def test_the_page_says_that_points_are_held_back(graded):
    assert "held back until a person has looked" in graded.page("disables_showtraceback")


def test_an_honest_submission_in_the_same_class_has_full_marks_and_no_flag(graded):
    assert float(graded.points["honest"]["points"]) == 100
    assert graded.flags("honest") == []

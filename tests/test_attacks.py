"""Every attack is submitted through the real grader: no point is won, and where one could be, the line is flagged.

In the same class are the harmless cells and answers, which get 100 and no flag.
"""

import csv
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest

from tests.helpers.attacks import ATTACKS, HOLLOW, wasteful_answers
from tests.helpers.corpus import fill, read_corpus
from tests.helpers.harmless import NAMES, PLATFORMS, harmless_notebooks
from tests.helpers.repository import ROOT, copy_tracked
from tinytorch.course.authoring.build import write_solution_notebook
from tinytorch.course.layout import Course
from tinytorch.course.notebook import grade_id, read_notebook, role_of
from tinytorch.course.notes import read_notes

# Instead of 120 and 10: some attacks leave a kernel that answers nothing
SUBMISSION_SECONDS, CELL_SECONDS = 20, 5


@dataclass
class GradedAttacks:
    output: Path
    points: dict[str, dict[str, str]]
    trusted: dict[str, dict[str, str]]  # as if a person had looked at each and found it honest
    pages: dict[str, str]  # before that

    def flags(self, name):
        path = self.output / "autograded" / name / "05_dataloader" / "dataloader.ipynb"
        return [note for note in read_notes(nbformat.read(path, as_version=4)) if note.kind == "flag"]

    def lost(self, name):
        """Return the message of each test that a submission lost, with the errors of the cells that may be why."""
        path = self.output / "autograded" / name / "05_dataloader" / "dataloader.ipynb"
        return {
            grade_id(cell): f"{output.ename}: {output.evalue}"
            for cell in nbformat.read(path, as_version=4).cells
            if role_of(cell) == "test"
            for output in cell.outputs
            if output.output_type == "error"
        }


def checkout_with_short_limits(root):
    copy_tracked(root)
    config = (root / "nbgrader_config.py").read_text(encoding="utf-8")
    for setting, seconds in (
        ("submission_timeout = 120\n", SUBMISSION_SECONDS),
        ("Execute.timeout = 10\n", CELL_SECONDS),
    ):
        assert config.count(setting) == 1
        config = config.replace(setting, f"{setting.split(' = ')[0]} = {seconds}\n")
    (root / "nbgrader_config.py").write_text(config, encoding="utf-8")


@pytest.fixture(scope="session")
def graded(tmp_path_factory) -> GradedAttacks:
    root = tmp_path_factory.mktemp("attacks")
    checkout_with_short_limits(root)
    module = Course(root).module("05")
    write_solution_notebook(module)
    (honest,) = read_corpus(module, ["correct_reference"])
    notebooks = {attack.name: attack.notebook(module) for attack in ATTACKS}
    notebooks |= {"honest": honest.notebook, "hollow": fill(read_notebook(module.released_path), HOLLOW)}
    notebooks["wasteful"] = fill(read_notebook(module.released_path), wasteful_answers(module))
    notebooks |= harmless_notebooks(module)
    (root / "class").mkdir()
    for name, notebook in notebooks.items():
        nbformat.write(notebook, root / "class" / f"{name}.ipynb")

    def grade(*options):
        command = [sys.executable, "-m", "tinytorch.course.cli", "grade", root / "class", "--module", "05"]
        environment = {**os.environ, "PYTHONPATH": str(root)}
        run = [*command, "--output", root / "graded", *options]
        ran = subprocess.run(run, cwd=root, env=environment, capture_output=True, text=True, check=False)
        assert (root / "graded" / "grades.csv").is_file(), ran.stderr
        with (root / "graded" / "grades.csv").open(encoding="utf-8", newline="") as file:
            return {row["student_id"]: row for row in csv.DictReader(file)}

    points, folder = grade(), root / "graded"
    pages = {name: page(folder, name) for name in notebooks}
    return GradedAttacks(folder, points, grade(*(f"--trust={name}" for name in notebooks)), pages)


def page(folder, name):
    return (folder / "feedback" / name / "05_dataloader" / "dataloader.html").read_text(encoding="utf-8")


def test_there_are_at_least_25_attacks():
    assert len({attack.name for attack in ATTACKS}) == len(ATTACKS) >= 25


def test_published_attacks_name_their_source_and_are_in_the_docs_table():
    sources = {attack.name: attack.source for attack in ATTACKS if attack.source}
    assert len(set(sources.values())) >= 8
    page = (ROOT / "docs" / "grading.md").read_text(encoding="utf-8")
    section = page.split("## Published attacks")[1].split("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("| ")][1:]
    listed = [(name, published) for _, published, names in rows for name in re.findall("`(.*?)`", names)]
    assert {name for name, _ in listed} == set(sources)
    for name, published in listed:
        number = re.search(r"\d+(?=:)", sources[name])[0]  # of an issue, or a year
        assert number in published, name


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_an_attack_is_flagged_with_its_line_and_gets_nothing_or_is_harmless(graded, attack):
    flags = graded.flags(attack.name)
    if attack.line:
        assert any(attack.line in note.text for note in flags), [note.text for note in flags]
        assert float(graded.points[attack.name]["points"] or 0) == 0
    else:
        assert flags == []


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_an_attack_wins_nothing_even_if_nobody_notices_it(graded, attack):
    """The verdict does not rest on the flag: with it overruled, the answers get what they get without the attack."""
    row, without = graded.trusted[attack.name], graded.trusted["wasteful" if attack.wasteful else "hollow"]
    won = {
        name
        for name in set(row) - {"student_id", "max_points", "late_penalty", "flags", "handed_in", "notes"}
        if float(row[name] or 0) > float(without[name])
    }
    assert not won


def test_answers_that_waste_memory_lose_the_points_of_the_profiles(graded):
    """Else an attack on a profile would have nothing to win."""
    row = graded.points["wasteful"]
    lost = {name for name in row if name.endswith("-profile") and float(row[name]) == 0}
    assert lost >= {f"{name}-profile" for name in ("dataset", "tensor-dataset", "iter", "collate", "transform")}
    assert float(row["points"]) >= 80


def test_there_are_at_least_60_harmless_cells_a_third_of_them_as_on_other_platforms():
    assert len(set(NAMES)) == len(NAMES) >= 60
    assert len(PLATFORMS) >= len(NAMES) / 3


@pytest.mark.parametrize("student", ["harmless_0", "harmless_1"])
def test_harmless_cells_and_answers_cost_no_point_and_are_not_flagged(graded, student):
    assert [f"{note.cell}: {note.text}" for note in graded.flags(student)] == []
    assert graded.lost(student) == {}


def test_the_page_says_that_points_are_held_back(graded):
    assert "held back until a person has looked" in graded.pages["disables_showtraceback"]


def test_an_honest_submission_in_the_same_class_has_full_marks_and_no_flag(graded):
    assert float(graded.points["honest"]["points"]) == 100
    assert graded.flags("honest") == []

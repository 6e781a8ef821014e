"""Scores for a learning management system: nbgrader's CSV and Canvas' import, from a gradebook that grading filled."""

from __future__ import annotations

import csv
import dataclasses
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from tests.helpers.tiny_course import GradedClass
from tinytorch.course.gradebook.fast_rows import load_submission
from tinytorch.course.layout import Module
from tinytorch.course.reports.canvas_csv import write_canvas_csv
from tinytorch.course.reports.grades_csv import write_grades
from tinytorch.course.reports.nbgrader_csv import write_nbgrader_csv
from tinytorch.course.reports.results import ClassResults, StudentResult, read_student

ORDER = ["double-number", "double-more", "double-ready", "pair-total-right", "why"]
CANVAS_HEADER = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "02_tiny"]


@pytest.fixture
def gradebook(graded: GradedClass, tmp_path: Path) -> Iterator[Gradebook]:
    """A copy of the graded class's gradebook, to change."""
    shutil.copyfile(graded.output / "gradebook.db", tmp_path / "gradebook.db")
    with Gradebook(f"sqlite:///{tmp_path / 'gradebook.db'}", "tinytorch") as opened:
        yield opened


@pytest.fixture
def module(graded: GradedClass) -> Module:
    return Module("02_tiny", graded.course.root)


def canvas_rows(gradebook: Gradebook, module: Module, path: Path, *others: StudentResult) -> dict[str, list[str]]:
    """Canvas' file for the class as the gradebook has it, by SIS Login ID."""
    students = [
        read_student(load_submission(gradebook, module.name, module.assignment, student.id), student.id, ORDER)
        for student in gradebook.students
    ]
    write_canvas_csv(ClassResults(module, [*students, *others]), gradebook, path)
    header, points, *rows = rows_of(path)
    assert header == CANVAS_HEADER
    assert points == ["    Points Possible", "", "", "", "", "30"]
    return {row[3]: row for row in rows}


def rows_of(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_tito_grade_writes_both_files_and_names_them(graded: GradedClass) -> None:
    for name in ("canvas.csv", "nbgrader.csv"):
        assert (graded.output / name).is_file()
        assert str(graded.output / name) in graded.run.stdout


def test_canvas_gets_the_points_of_tests_and_written_answers(
    gradebook: Gradebook, module: Module, tmp_path: Path
) -> None:
    gradebook.find_grade("why", "tiny", "02_tiny", "answers").manual_score = 7.5
    gradebook.db.commit()
    rows = canvas_rows(gradebook, module, tmp_path / "canvas.csv")
    assert rows["right"] == ["right", "", "", "right", "", "20"]
    assert rows["answers"][-1] == "27.5"
    assert rows["untouched"][-1] == "0"


def test_a_written_answer_that_waits_leaves_the_score_so_far(
    gradebook: Gradebook, module: Module, tmp_path: Path
) -> None:
    assert gradebook.find_grade("why", "tiny", "02_tiny", "answers").needs_manual_grade
    assert canvas_rows(gradebook, module, tmp_path / "canvas.csv")["answers"][-1] == "20"


def test_what_lateness_costs_is_taken_off_and_never_below_zero(
    gradebook: Gradebook, module: Module, tmp_path: Path
) -> None:
    for student in ("right", "untouched"):
        gradebook.find_submission_notebook("tiny", "02_tiny", student).late_submission_penalty = 1.0 / 3
    gradebook.db.commit()
    rows = canvas_rows(gradebook, module, tmp_path / "canvas.csv")
    assert rows["right"][-1] == "19.67"
    assert rows["untouched"][-1] == "0"


def test_canvas_gets_names_as_it_sorts_by_them_and_its_own_number(
    gradebook: Gradebook, module: Module, tmp_path: Path
) -> None:
    gradebook.update_or_create_student("right", first_name="Ada", last_name='O"Neil', lms_user_id="4711")
    gradebook.update_or_create_student("wrong", first_name="Ada")
    rows = canvas_rows(gradebook, module, tmp_path / "canvas.csv")
    assert rows["right"][:4] == ['O"Neil, Ada', "4711", "", "right"]
    assert rows["wrong"][0] == "Ada"


def test_who_could_not_be_graded_has_no_row_that_would_take_a_score_away(
    gradebook: Gradebook, module: Module, tmp_path: Path
) -> None:
    rows = canvas_rows(gradebook, module, tmp_path / "canvas.csv", StudentResult("eve", failure="it failed"))
    assert "eve" not in rows
    assert "right" in rows


def test_a_held_back_submission_has_no_row_until_a_person_has_looked(
    gradebook: Gradebook, module: Module, tmp_path: Path
) -> None:
    assert "prints" not in canvas_rows(gradebook, module, tmp_path / "canvas.csv")
    for name in ORDER[:2] + ORDER[3:4]:
        grade = gradebook.find_grade(name, "tiny", "02_tiny", "prints")
        grade.manual_score, grade.needs_manual_grade = 2.0, False
    gradebook.db.commit()
    assert canvas_rows(gradebook, module, tmp_path / "canvas.csv")["prints"][-1] == "6"


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "\t=1"])
def test_no_name_becomes_a_formula(gradebook: Gradebook, module: Module, tmp_path: Path, name: str) -> None:
    gradebook.update_or_create_student("right", first_name=name, last_name=name, email=name, lms_user_id=name)
    canvas_rows(gradebook, module, tmp_path / "canvas.csv")
    write_nbgrader_csv(gradebook, "02_tiny", tmp_path / "nbgrader.csv")
    for file in ("canvas.csv", "nbgrader.csv"):
        rows = rows_of(tmp_path / file)
        assert {len(row) for row in rows} == {len(rows[0])}
        assert not [cell for row in rows for cell in row if cell.lstrip().startswith(("=", "+", "-", "@"))]


def test_no_student_id_becomes_a_formula(gradebook: Gradebook, module: Module, tmp_path: Path) -> None:
    known = read_student(load_submission(gradebook, module.name, module.assignment, "right"), "right", ORDER)
    gradebook.add_student("-2-3")
    gradebook.add_submission("02_tiny", "-2-3")
    results = ClassResults(module, [dataclasses.replace(known, student="-2-3"), StudentResult("=1", failure="=2")])
    write_canvas_csv(results, gradebook, tmp_path / "canvas.csv")
    write_nbgrader_csv(gradebook, "02_tiny", tmp_path / "nbgrader.csv")
    write_grades(results, tmp_path / "grades.csv")
    assert rows_of(tmp_path / "canvas.csv")[2] == ["'-2-3", "", "", "'-2-3", "", "0"]
    assert "'-2-3" in [row[3] for row in rows_of(tmp_path / "nbgrader.csv")]
    grades = rows_of(tmp_path / "grades.csv")
    assert grades[1][0] == "'-2-3"
    assert (grades[2][0], grades[2][-1]) == ("'=1", "'=2")


def test_a_student_called_points_possible_sets_no_points(gradebook: Gradebook, module: Module, tmp_path: Path) -> None:
    gradebook.update_or_create_student("right", last_name="Points Possible")
    assert canvas_rows(gradebook, module, tmp_path / "canvas.csv")["right"][0] == "Points_Possible"


def test_nbgrader_s_file_is_what_nbgrader_writes(graded: GradedClass, tmp_path: Path) -> None:
    ours = rows_of(graded.output / "nbgrader.csv")
    database = f"sqlite:///{graded.output / 'gradebook.db'}"
    graded.course.run("nbgrader", "export", "--db", database, "--to", tmp_path / "theirs.csv", check=True)
    theirs = rows_of(tmp_path / "theirs.csv")
    assert sorted(ours) == sorted(row for row in theirs if row[0] in ("assignment", "02_tiny"))
    assert {row[3]: row[9] for row in ours}["right"] == "20.0"


def test_nbgrader_s_file_keeps_its_columns_when_a_name_holds_a_comma(gradebook: Gradebook, tmp_path: Path) -> None:
    gradebook.update_or_create_student("right", first_name="Ada, Countess", last_name='of "Lovelace"\nKing')
    write_nbgrader_csv(gradebook, "02_tiny", tmp_path / "nbgrader.csv")
    row = next(row for row in rows_of(tmp_path / "nbgrader.csv") if row[3] == "right")
    assert row[4:6] == ['of "Lovelace" King', "Ada, Countess"]
    assert row[9] == "20.0"

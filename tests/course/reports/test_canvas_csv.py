"""Canvas' import, from a gradebook that grading filled."""

from __future__ import annotations

from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from tests.helpers.results import ORDER, rows_of
from tinytorch.course.gradebook.stored_scores import read_submissions
from tinytorch.course.layout import Module
from tinytorch.course.reports.canvas_csv import write_canvas_csv
from tinytorch.course.reports.nbgrader_csv import write_nbgrader_csv
from tinytorch.course.reports.results import ClassResults, StudentResult, read_student

CANVAS_HEADER = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "02_tiny"]


def canvas_rows(gradebook: Gradebook, module: Module, path: Path, *others: StudentResult) -> dict[str, list[str]]:
    """Canvas' file for the class as the gradebook has it, by SIS Login ID."""
    stored = read_submissions(gradebook, module.name, module.assignment, lambda student: True)
    students = [read_student(each, ORDER) for each in stored]
    write_canvas_csv(ClassResults(module, [*students, *others]), gradebook, path)
    header, points, *rows = rows_of(path)
    assert header == CANVAS_HEADER
    assert points == ["    Points Possible", "", "", "", "", "30"]
    return {row[3]: row for row in rows}


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


def test_a_student_called_points_possible_sets_no_points(gradebook: Gradebook, module: Module, tmp_path: Path) -> None:
    gradebook.update_or_create_student("right", last_name="Points Possible")
    assert canvas_rows(gradebook, module, tmp_path / "canvas.csv")["right"][0] == "Points_Possible"


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "\t=1"])
def test_no_name_becomes_a_formula(gradebook: Gradebook, module: Module, tmp_path: Path, name: str) -> None:
    gradebook.update_or_create_student("right", first_name=name, last_name=name, email=name, lms_user_id=name)
    canvas_rows(gradebook, module, tmp_path / "canvas.csv")
    write_nbgrader_csv(gradebook, "02_tiny", tmp_path / "nbgrader.csv")
    for file in ("canvas.csv", "nbgrader.csv"):
        rows = rows_of(tmp_path / file)
        assert {len(row) for row in rows} == {len(rows[0])}
        assert not [cell for row in rows for cell in row if cell.lstrip().startswith(("=", "+", "-", "@"))]

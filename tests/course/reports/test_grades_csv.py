"""grades.csv."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from nbgrader.api import Gradebook

from tests.helpers.results import ORDER, rows_of
from tinytorch.course.gradebook.fast_rows import load_submission
from tinytorch.course.gradebook.stored_scores import StoredSubmission
from tinytorch.course.layout import Module
from tinytorch.course.reports.canvas_csv import write_canvas_csv
from tinytorch.course.reports.grades_csv import write_grades
from tinytorch.course.reports.nbgrader_csv import write_nbgrader_csv
from tinytorch.course.reports.results import ClassResults, StudentResult, read_student


def test_no_student_id_becomes_a_formula(gradebook: Gradebook, module: Module, tmp_path: Path) -> None:
    known = read_student(
        StoredSubmission.of(load_submission(gradebook, module.name, module.assignment, "right")), ORDER
    )
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

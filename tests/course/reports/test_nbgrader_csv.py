"""nbgrader's CSV, from a gradebook that grading filled."""

from __future__ import annotations

import shutil
from pathlib import Path

from nbgrader.api import Gradebook

from tests.helpers.results import rows_of
from tests.helpers.tiny_course import GradedClass, TinyCourse
from tinytorch.course.reports.nbgrader_csv import write_nbgrader_csv


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


def test_nbgrader_s_own_command_overwrites_no_file_of_tito_s(graded: GradedClass, course: TinyCourse) -> None:
    for name in ("gradebook.db", "grades.csv", "nbgrader.csv"):
        shutil.copyfile(graded.output / name, course.root / name)
    before = {path.name: path.read_bytes() for path in course.root.glob("*.csv")}
    course.run("nbgrader", "export", check=True)
    assert {path.name for path in course.root.glob("*.csv")} - set(before) == {"nbgrader_export.csv"}
    assert {name: (course.root / name).read_bytes() for name in before} == before

"""Points that a person gave stay, and count in every file that grading writes, whoever was graded again since."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

from tests.helpers.hand_in import aged
from tests.helpers.tiny_course import TinyCourse, cell_named

DUE = "2026-05-01 10:00 UTC"
LATE = ("amy", "bob", "cid")  # one day late, with 20 points from tests
BY_HAND = 10.0


class Class:
    """A class that was graded, of whom two got points by hand."""

    def __init__(self, course: TinyCourse, folder: Path) -> None:
        self.course, self.folder = course, folder
        course.configure(("percent_per_day = 0\n", "percent_per_day = 5\n"))
        course.run("nbgrader", "db", "assignment", "add", "02_tiny", f"--duedate={DUE}", check=True)
        for student in LATE:
            self.hand_in(student, "Because.")
        self.grade()
        with self.gradebook() as gradebook:
            for student in ("amy", "bob"):
                grade = gradebook.find_grade("why", "tiny", "02_tiny", student)
                grade.manual_score, grade.needs_manual_grade = BY_HAND, False
            gradebook.db.commit()

    def hand_in(self, student: str, answer: str) -> None:
        notebook = self.course.filled()
        cell_named(notebook, "why").source = answer
        nbformat.write(notebook, self.folder / f"{student}.ipynb")
        aged(self.folder / f"{student}.ipynb", hours=1)

    def grade(self, *options: str) -> None:
        self.course.tito("grade", self.folder, "--module", "02", *options, check=True)

    def gradebook(self) -> Gradebook:
        return Gradebook(f"sqlite:///{self.course.root / 'gradebook.db'}", "tinytorch")

    def rows(self, name: str) -> list[list[str]]:
        with (self.course.root / name).open(encoding="utf-8", newline="") as file:
            return list(csv.reader(file))

    def penalties(self) -> dict[str, float]:
        header, *rows = self.rows("grades.csv")
        return {row[0]: float(row[header.index("late_penalty")]) for row in rows}

    def waiting(self, student: str) -> bool:
        with self.gradebook() as gradebook:
            return bool(gradebook.find_grade("why", "tiny", "02_tiny", student).needs_manual_grade)

    def page(self, student: str) -> str:
        return (self.course.root / "feedback" / student / "02_tiny" / "tiny.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def class_(built_course: TinyCourse, tmp_path_factory: pytest.TempPathFactory) -> Class:
    root, folder = tmp_path_factory.mktemp("by_hand") / "course", tmp_path_factory.mktemp("handed_in")
    shutil.copytree(built_course.root, root)
    graded = Class(TinyCourse(root), folder)
    assert graded.penalties() == dict.fromkeys(LATE, 2)
    graded.grade("--student", "amy", "--force")
    return graded


def test_one_student_graded_again_leaves_the_files_the_whole_classs(class_: Class) -> None:
    assert [row[0] for row in class_.rows("grades.csv")[1:]] == list(LATE)
    assert [row[3] for row in class_.rows("canvas.csv")[2:]] == list(LATE)
    report = (class_.course.root / "report.html").read_text(encoding="utf-8")
    assert all(student in report for student in LATE)


def test_a_penalty_is_that_of_the_points_as_they_are_whoever_was_graded_again(class_: Class) -> None:
    assert class_.penalties() == {"amy": 3, "bob": 3, "cid": 2}
    assert {row[3]: row[5] for row in class_.rows("canvas.csv")[2:]} == {"amy": "27", "bob": "27", "cid": "18"}


def test_the_page_of_who_was_graded_again_tells_that_penalty(class_: Class) -> None:
    assert "handed in 1 day after the due date: 3 points less" in class_.page("amy")


def test_plain_nbgraders_pages_tell_that_penalty_too(class_: Class) -> None:
    assert "2 points less" in class_.page("bob")
    class_.course.run("nbgrader", "generate_feedback", "02_tiny", "--student", "bob", check=True)
    assert "handed in 1 day after the due date: 3 points less" in class_.page("bob")


def test_plain_nbgraders_export_has_the_penalty_of_points_that_were_given_just_now(class_: Class) -> None:
    def give(points: float | None) -> None:
        with class_.gradebook() as gradebook:
            gradebook.find_grade("double-number", "tiny", "02_tiny", "cid").extra_credit = points
            gradebook.db.commit()

    give(20)
    class_.course.run("nbgrader", "export", "--to", "exported.csv", check=True)
    give(None)
    header, *rows = class_.rows("exported.csv")
    penalty, student = header.index("late_submission_penalty"), header.index("student_id")
    assert {row[student]: float(row[penalty]) for row in rows if row[0] == "02_tiny"}["cid"] == 4


def test_an_unchanged_answer_that_a_person_graded_need_not_be_graded_again(class_: Class) -> None:
    assert not class_.waiting("amy")
    assert class_.waiting("cid")


def test_a_changed_answer_has_to_be_read_again_until_a_person_did(class_: Class) -> None:
    class_.hand_in("bob", "Because I say so.")
    class_.grade("--student", "bob")
    assert class_.waiting("bob")
    class_.grade("--student", "bob", "--force")
    assert class_.waiting("bob")


def test_a_later_due_date_counts_without_grading_again(class_: Class) -> None:
    class_.course.tito("extend", "02", "cid", "--days", "9", check=True)
    with class_.gradebook() as gradebook:
        assert gradebook.find_submission_notebook("tiny", "02_tiny", "cid").late_submission_penalty is None
    class_.grade("--student", "amy")
    assert class_.penalties()["cid"] == 0

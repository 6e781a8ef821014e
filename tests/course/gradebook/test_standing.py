"""Where each student stands, read from the gradebook of a graded class."""

from __future__ import annotations

from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from tests.helpers.tiny_course import GradedClass, TinyCourse
from tinytorch.course.gradebook.open_read_only import open_read_only
from tinytorch.course.gradebook.standing import FLAGGED, GRADED, MISSING, WAITING, Standing, read_standings
from tinytorch.course.layout import CourseError, Module


def standings(folder: Path, course: TinyCourse) -> dict[str, Standing]:
    with open_read_only(f"sqlite:///{folder / 'gradebook.db'}") as gradebook:
        return {each.student.id: each for each in read_standings(gradebook, Module("02_tiny", course.root))}


def test_who_is_flagged_and_whose_answers_wait_is_told_apart(graded: GradedClass) -> None:
    found = standings(graded.output, graded.course)
    assert (found["prints"].state, found["prints"].points) == (FLAGGED, 0)
    assert (found["answers"].state, found["answers"].points) == (WAITING, 20)


def test_points_given_by_hand_make_a_student_graded_and_count(own: GradedClass) -> None:
    with Gradebook(f"sqlite:///{own.output / 'gradebook.db'}", "tinytorch") as gradebook:
        grade = gradebook.find_grade("why", "tiny", "02_tiny", "answers")
        grade.manual_score, grade.needs_manual_grade = 3, False
        gradebook.db.commit()
    answers = standings(own.output, own.course)["answers"]
    assert (answers.state, answers.points) == (GRADED, 23)


def test_a_student_with_nothing_but_an_extension_is_missing(own: GradedClass) -> None:
    with Gradebook(f"sqlite:///{own.output / 'gradebook.db'}", "tinytorch") as gradebook:
        gradebook.update_or_create_student("eve")
        gradebook.update_or_create_student("bob")
        gradebook.update_or_create_submission("02_tiny", "eve")
        gradebook.grant_extension("02_tiny", "eve", days=2)
    found = standings(own.output, own.course)
    assert {name: found[name].state for name in ("eve", "bob")} == {"eve": MISSING, "bob": MISSING}


def test_an_assignment_that_the_gradebook_does_not_know_is_said(graded: GradedClass) -> None:
    with (
        open_read_only(f"sqlite:///{graded.output / 'gradebook.db'}") as gradebook,
        pytest.raises(CourseError, match="does not know 03_other yet: `tito grade` enters it"),
    ):
        read_standings(gradebook, Module("03_other", graded.course.root))


def test_tito_return_fills_what_canvas_exported(own: GradedClass, tmp_path: Path) -> None:
    export = tmp_path / "canvas.csv"
    maximum = standings(own.output, own.course)["answers"].max_points
    rows = ["Student,ID,SIS User ID,SIS Login ID,Section,02_tiny (7)", f"    Points Possible,,,,,{maximum:g}"]
    names = ("answers", "prints", "wrong")
    # A penalty that was computed before points were given by hand is computed anew.
    with Gradebook(f"sqlite:///{own.output / 'gradebook.db'}", "tinytorch") as gradebook:
        gradebook.find_submission_notebook("tiny", "02_tiny", "answers").late_submission_penalty = 4
        gradebook.db.commit()
    rows += [f'"Test, {name}",{number},,{name},A,' for number, name in enumerate(names, 1)]
    export.write_text("\n".join(rows) + "\n", encoding="utf-8")
    ran = own.course.tito("return", "02", "--template", export, "--output", own.output, "--mark", "waiting=score")
    filled = (tmp_path / "canvas-02_tiny.csv").read_text(encoding="utf-8").splitlines()
    assert filled[:4] == [*rows[:2], f"{rows[2]}20", rows[3]]
    assert "left out, flagged: held back until a person has looked: imports, prints, skips" in ran.stdout
    assert ran.returncode == 1
    assert "has no row for" in ran.stderr
    assert "right" in ran.stderr

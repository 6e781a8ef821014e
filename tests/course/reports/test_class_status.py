"""`tito status`: each student is in the group that says what is to be done."""

from __future__ import annotations

import shutil
from pathlib import Path

from nbgrader.api import Gradebook

from tests.helpers.tiny_course import GradedClass


def groups(own: GradedClass) -> dict[str, list[str]]:
    """What the command prints, by the words of each group."""
    _, *blocks = own.course.tito("status", "02", "--output", own.output, check=True).stdout.strip().split("\n\n")
    found = {}
    for block in blocks:
        head, students = block.split("\n")
        found[head.partition(":")[0]] = students.strip().split(", ")
    return found


def test_everybody_is_in_one_group(own: GradedClass) -> None:
    found = groups(own)
    everybody = {path.name for path in (own.output / "submitted").iterdir()}
    assert sorted(sum(found.values(), start=[])) == sorted(everybody)  # noqa: RUF017
    assert found["flagged, held back"] == ["imports", "prints", "skips"]
    assert "answers" in found["written answers wait for points by hand"]


def test_who_handed_in_nothing_is_named_with_the_email(own: GradedClass) -> None:
    with Gradebook(f"sqlite:///{own.output / 'gradebook.db'}", "tinytorch") as gradebook:
        gradebook.update_or_create_student("eve", email="eve@example.org")
    assert groups(own)["handed in nothing"] == ["eve <eve@example.org>"]


def test_a_hand_in_that_is_not_graded_yet_is_not_missing(own: GradedClass) -> None:
    shutil.copytree(own.output / "submitted" / "right", own.output / "submitted" / "zoe")
    found = groups(own)
    assert found["handed in, not graded yet"] == ["zoe"]
    assert "handed in nothing" not in found


def test_a_score_that_changed_after_it_was_returned_is_named(own: GradedClass, tmp_path: Path) -> None:
    export = tmp_path / "gradescope.csv"
    export.write_text("Name,SID,Email,02_tiny\nA,answers,a@example.org,\nW,wrong,w@example.org,\n", encoding="utf-8")
    own.course.tito("return", "02", "--template", export, "--output", own.output, "--mark", "waiting=score")
    assert groups(own)["returned to the platform"] == ["answers", "wrong"]
    with Gradebook(f"sqlite:///{own.output / 'gradebook.db'}", "tinytorch") as gradebook:
        grade = gradebook.find_grade("why", "tiny", "02_tiny", "answers")
        grade.manual_score, grade.needs_manual_grade = 3, False
        gradebook.db.commit()
    found = groups(own)
    assert found["returned to the platform"] == ["wrong"]
    assert found["changed since it was returned"] == ["answers (20", "now 23)"]

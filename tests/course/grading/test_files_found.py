"""What the reports say of files that were not graded, and of students who handed in nothing."""

from __future__ import annotations

import csv
import html
import re
import shutil
from pathlib import Path

import pytest

from tests.helpers.hand_in import aged, hand_in
from tests.helpers.tiny_course import POINTS, GradedClass, TinyCourse
from tests.helpers.zips import submit_zip

ROSTER = "id,first_name,last_name,email\nada,Ada,Byron,ada@x.org\nbob,,,\nzoe,Zoe,O'Hara,zoe@x.org\n"


@pytest.fixture(scope="module")
def mixed(built_course: TinyCourse, tmp_path_factory: pytest.TempPathFactory) -> GradedClass:
    """A class with a class list, whose folder holds all that a download can hold."""
    folder = tmp_path_factory.mktemp("mixed")
    course = TinyCourse(folder / "course")
    shutil.copytree(built_course.root, course.root)
    (folder / "roster.csv").write_text(ROSTER, encoding="utf-8")
    course.tito("roster", folder / "roster.csv", check=True)
    submit_zip(course, "ada", folder / "in")
    for name in ("bob/tinytorch-02_tiny/modules/02_tiny/tiny.ipynb", "carol.ipynb.txt", "dan/work/tiny.ipynb"):
        hand_in(course, folder / "in", name, lambda course: course.filled())
    hand_in(course, folder / "in", "eve/a/tiny.ipynb", lambda course: course.filled())
    hand_in(course, folder / "in", "eve/b/tiny.ipynb", lambda course: course.filled(double="#| export\n"))
    hand_in(course, folder / "in", "pat's.ipynb", lambda course: course.filled())
    hand_in(course, folder / "in", "homework.zip", lambda course: b"no zip")
    hand_in(course, folder / "in", "bob/.git/HEAD", lambda course: b"")
    for path in (folder / "in").rglob("*.ipynb*"):
        aged(path, hours=1)
    run = course.tito("grade", folder / "in", "--module", "02")
    return GradedClass(course, folder / "in", course.root, run)


NOT_GRADED = {
    "eve/a/tiny.ipynb": "eve handed in 2 different notebooks",
    "eve/b/tiny.ipynb": "eve handed in 2 different notebooks",
    "pat's.ipynb": "cannot be a student's id",
    "homework.zip": "is damaged, or no zip",
}


def rows_of(mixed: GradedClass) -> list[dict[str, str]]:
    with (mixed.output / "grades.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_whoever_fits_is_graded_and_the_exit_code_says_that_something_was_not(mixed: GradedClass) -> None:
    assert mixed.run.returncode == 1
    assert "4 files were not graded (" in mixed.run.stderr
    for student in ("ada", "bob", "carol", "dan"):
        assert mixed.recorded(student) == POINTS


def test_what_was_not_graded_is_named_with_the_reason_everywhere(mixed: GradedClass) -> None:
    page = html.unescape(re.sub(r"<[^>]+>", "", (mixed.output / "report.html").read_text(encoding="utf-8")))
    notes = " ".join(row["notes"] for row in rows_of(mixed))
    for name, why in NOT_GRADED.items():
        path = str(mixed.folder / name)
        for where in (mixed.run.stdout, page, notes):
            assert path in where
            assert why in where[where.index(path) :]
    assert "git's own files 1" in mixed.run.stdout


def test_who_is_on_the_class_list_and_handed_in_nothing_is_named_everywhere(mixed: GradedClass) -> None:
    assert "1 on the class list handed in nothing:\n  zoe (Zoe O'Hara, zoe@x.org)\n" in mixed.run.stdout
    page = html.unescape((mixed.output / "report.html").read_text(encoding="utf-8"))
    assert re.search(r'id="absent">.*zoe.*Zoe O\'Hara.*zoe@x.org', page, re.DOTALL)
    (row,) = [row for row in rows_of(mixed) if row["student_id"] == "zoe"]
    assert (row["points"], row["notes"]) == ("", "handed in nothing")


def test_who_is_on_the_class_list_by_the_id_alone_is_no_stranger(mixed: GradedClass) -> None:
    assert any("is not in the gradebook's list of students" in note for note in mixed.told("carol"))
    assert not any("list of students" in note for note in mixed.told("bob"))


def test_grades_csv_says_who_vouches_for_a_time(mixed: GradedClass) -> None:
    said = {row["student_id"]: row["handed_in"].split(", ")[-1] for row in rows_of(mixed)}
    assert (said["ada"], said["bob"]) == ("by the student's own clock", "by the file's date")


def test_a_decision_is_graded_and_what_was_collected_before_is_not_missing(mixed: GradedClass, tmp_path: Path) -> None:
    shutil.copytree(mixed.folder / "eve", tmp_path / "in" / "eve")
    chosen = tmp_path / "in" / "eve" / "a" / "tiny.ipynb"
    run = mixed.course.tito("grade", tmp_path / "in", "--module", "02", "--take", f"eve={chosen}", check=True)
    assert mixed.recorded("eve") == POINTS
    assert "1 on the class list handed in nothing:\n  zoe" in run.stdout
    for wrong, said in (("eve", "write it as --take STUDENT=FILE"), (f"eve={tmp_path}/x", "there is no file")):
        refused = mixed.course.tito("grade", tmp_path / "in", "--module", "02", "--take", wrong)
        assert refused.returncode == 1
        assert said in refused.stderr

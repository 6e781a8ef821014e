"""A class list in the gradebook: read by `tito roster`, twice without harm, and beside what nbgrader knows itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers.tiny_course import TinyCourse
from tinytorch.course.gradebook.class_list import read_stored_class_list
from tinytorch.course.gradebook.class_list_file import ListedStudent
from tinytorch.course.gradebook.open_read_only import open_read_only

CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section
"Byron, Ada",4711,s1001,ada,A
"O'Neil, Pat",4712,s1002,pat,B
"""


@pytest.fixture
def listed(course: TinyCourse, tmp_path: Path) -> Path:
    path = tmp_path / "export.csv"
    path.write_text(CANVAS, encoding="utf-8")
    return path


def stored(course: TinyCourse) -> dict[str, ListedStudent]:
    with open_read_only(f"sqlite:///{course.root / 'gradebook.db'}") as gradebook:
        return read_stored_class_list(gradebook)


def test_a_list_is_stored_and_said_and_reading_it_twice_changes_nothing(course: TinyCourse, listed: Path) -> None:
    first = course.tito("roster", listed, check=True).stdout.splitlines()
    assert first == [
        f"{listed}: 2 students; read as canvas: id from 'SIS Login ID', name from 'Student', section from 'Section'",
        "new: ada",
        "new: pat",
        "2 new, 0 changed, 0 as before",
    ]
    assert stored(course)["pat"] == ListedStudent(
        "pat", "Pat", "O'Neil", "", "B", "", {"ID": "4712", "SIS User ID": "s1002", "SIS Login ID": "pat"}
    )
    again = course.tito("roster", listed, check=True).stdout.splitlines()
    assert again[1:] == ["0 new, 0 changed, 2 as before"]


def test_changes_and_who_is_not_on_the_list_are_named_and_nobody_is_removed(course: TinyCourse, listed: Path) -> None:
    course.run("nbgrader", "db", "student", "add", "eve", "--email=eve@example.org", check=True)
    course.tito("roster", listed, check=True)
    listed.write_text(CANVAS.replace("pat,B", "pat,C").replace("s1001", "s2001"), encoding="utf-8")
    said = course.tito("roster", listed, check=True).stdout.splitlines()[1:]
    assert said == [
        "changed: ada: SIS User ID was s1001, is s2001",
        "changed: pat: section was B, is C",
        "in the gradebook, but not on this list: eve",
        "0 new, 2 changed, 0 as before",
    ]
    assert set(stored(course)) == {"ada", "eve", "pat"}


def test_a_dry_run_says_the_same_and_stores_nothing(course: TinyCourse, listed: Path) -> None:
    said = course.tito("roster", listed, "--dry-run", check=True).stdout.splitlines()
    assert said[-3:] == [
        "new: ada",
        "new: pat",
        "2 new, 0 changed, 0 as before; nothing was stored: leave out --dry-run",
    ]
    assert stored(course) == {}


def test_a_second_platforms_list_adds_what_the_first_did_not_say(course: TinyCourse, listed: Path) -> None:
    course.tito("roster", listed, check=True)
    listed.write_text("id,first_name,last_name,email\nada,,,ada@example.org\n", encoding="utf-8")
    said = course.tito("roster", listed, check=True).stdout.splitlines()[1:]
    assert said[0] == "changed: ada: email was empty, is ada@example.org"
    ada = stored(course)["ada"]
    assert (ada.first_name, ada.last_name, ada.email, ada.section) == ("Ada", "Byron", "ada@example.org", "A")
    assert ada.platform_ids["SIS User ID"] == "s1001"


def test_an_option_without_two_sides_is_refused(course: TinyCourse, listed: Path) -> None:
    ran = course.tito("roster", listed, "--column", "Username")
    assert ran.returncode == 1
    assert "--column 'Username' says nothing of anything: write it like --column id=Username" in ran.stderr

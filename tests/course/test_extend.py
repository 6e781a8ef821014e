"""More time for one student."""

from __future__ import annotations

from tiny_course import TinyCourse

DUE = "2026-05-01 12:00:00 UTC"


def test_an_extension_needs_a_due_date_first(course: TinyCourse) -> None:
    ran = course.tito("extend", "02", "ada", "--days", "2")
    assert ran.returncode == 1
    assert "has no due date in the gradebook: set one in Formgrader" in ran.stderr


def test_an_extension_takes_the_place_of_the_one_before_and_none_takes_it_back(course: TinyCourse) -> None:
    course.run("nbgrader", "db", "assignment", "add", "02_tiny", f"--duedate={DUE}", check=True)
    for given, until in (
        (["--days", "2"], "2026-05-03 12:00"),
        (["--days", "1", "--hours", "6"], "2026-05-02 18:00"),
        (["--days", "0"], "2026-05-01 12:00"),
    ):
        ran = course.tito("extend", "02", "ada", *given, check=True)
        assert ran.stdout == f"ada has until {until} UTC\n"


def test_a_negative_extension_is_refused(course: TinyCourse) -> None:
    course.run("nbgrader", "db", "assignment", "add", "02_tiny", f"--duedate={DUE}", check=True)
    ran = course.tito("extend", "02", "ada", "--days", "-1")
    assert ran.returncode == 1
    assert "is not possible: give 0 or more of each" in ran.stderr

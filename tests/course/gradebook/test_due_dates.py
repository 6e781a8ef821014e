"""More time for one student."""

from __future__ import annotations

from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from tests.helpers.hand_in import aged, grade, hand_in
from tests.helpers.tiny_course import TinyCourse

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
        assert ran.stdout.startswith(f"ada has until {until} UTC (")


def test_every_way_to_give_a_due_date_with_an_offset_stores_that_instant_or_refuses_it(course: TinyCourse) -> None:
    given = f"{DUE[:10]} 14:00 +0200"
    course.run("nbgrader", "db", "assignment", "add", "02_tiny", f"--duedate={given}", check=True)
    said = course.tito("due", "02", check=True).stdout
    assert said.startswith("02_tiny is due 2026-05-01 12:00 UTC (")
    refused = course.run("nbgrader", "db", "assignment", "add", "02_tiny", "--duedate=2026-05-01 14:00 CEST")
    assert refused.returncode != 0
    assert "'CEST' is no time zone that means one thing" in refused.stderr
    assert course.tito("due", "02").stdout == said
    assert course.tito("due", "02", "2026-05-01 16:00 +04:00", check=True).stdout == said
    refused = course.tito("due", "02", "2026-05-01 14:00 CEST")
    assert refused.returncode == 1
    assert refused.stderr.startswith("tito: '2026-05-01 14:00 CEST' cannot be read as a time")
    assert course.tito("due", "02").stdout == said
    assert course.tito("due", "01").stdout == "01_tensor has no due date\n"


def test_a_time_of_handing_in_with_an_offset_is_that_instant_and_another_zone_is_refused_by_name(
    course: TinyCourse, tmp_path: Path
) -> None:
    course.tito("due", "02", "2026-05-01 12:00 UTC", check=True)
    for student, time in (("amy", "2026-05-01 14:30 +0200"), ("bob", "2026-05-01 14:30 CEST")):
        path = hand_in(course, tmp_path, f"{student}/tiny.ipynb", lambda course: course.filled())
        path.with_name("timestamp.txt").write_text(time, encoding="utf-8")
    ran = grade(course, tmp_path).run
    assert ran.returncode == 1
    kept = course.root / "submitted" / "bob" / "02_tiny" / "timestamp.txt"
    assert f"bob: {kept} holds no time that can be told" in ran.stdout
    assert "note amy handed in 30 minutes after the due date" in " ".join(ran.stdout.split())
    kept.write_text("2026-05-01 13:00 UTC", encoding="utf-8")
    assert grade(course, tmp_path).run.returncode == 0
    kept.write_text("2026-05-01 11:00 UTC", encoding="utf-8")
    assert grade(course, tmp_path).told("bob") == []


def test_a_negative_extension_is_refused(course: TinyCourse) -> None:
    course.run("nbgrader", "db", "assignment", "add", "02_tiny", f"--duedate={DUE}", check=True)
    ran = course.tito("extend", "02", "ada", "--days", "-1")
    assert ran.returncode == 1
    assert "is not possible: give 0 or more of each" in ran.stderr


@pytest.mark.parametrize(
    ("percent", "cost", "penalty"), [(0, "no points are taken for it", 0), (10, "4 points less", 4)]
)
def test_a_late_submission_is_told_so_and_loses_what_the_configuration_says(
    course: TinyCourse, tmp_path: Path, percent: int, cost: str, penalty: int
) -> None:
    config = course.root / "nbgrader_config.py"
    text = config.read_text(encoding="utf-8")
    assert "c.LatePolicy.percent_per_day = 0\n" in text
    config.write_text(text.replace("percent_per_day = 0\n", f"percent_per_day = {percent}\n"), encoding="utf-8")
    course.run("nbgrader", "db", "assignment", "add", "02_tiny", "--duedate=2026-05-01 10:00 UTC", check=True)
    aged(hand_in(course, tmp_path, "late.ipynb", lambda course: course.filled()), hours=1)
    aged(hand_in(course, tmp_path, "early.ipynb", lambda course: course.filled()), hours=30)
    graded = grade(course, tmp_path)
    graded.assert_told("late", f"note: handed in 1 day after the due date: {cost}")
    assert graded.told("early") == []
    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}", "tinytorch") as gradebook:
        assert (gradebook.find_submission_notebook("tiny", "02_tiny", "late").late_submission_penalty or 0) == penalty


def test_a_due_date_that_comes_after_the_grading_counts_in_the_next_run(course: TinyCourse, tmp_path: Path) -> None:
    aged(hand_in(course, tmp_path, "late.ipynb", lambda course: course.filled()), hours=1)
    assert grade(course, tmp_path).told("late") == []
    course.run("nbgrader", "db", "assignment", "add", "02_tiny", "--duedate=2026-05-01 10:00 UTC", check=True)
    grade(course, tmp_path).assert_told("late", "note: handed in 1 day after the due date: no points are taken for it")


def test_an_extension_for_an_id_that_nobody_has_changes_nothing_and_names_those_near_it(course: TinyCourse) -> None:
    course.run("nbgrader", "db", "assignment", "add", "02_tiny", f"--duedate={DUE}", check=True)
    for student in ("alice", "alicia", "bob"):
        course.run("nbgrader", "db", "student", "add", student, check=True)
    (course.root / "submitted" / "aline" / "02_tiny").mkdir(parents=True)  # who handed in, and is not graded yet
    before = (course.root / "gradebook.db").read_bytes()
    ran = course.tito("extend", "02", "Alic", "--days", "2")
    assert ran.returncode == 1
    assert "nothing was changed: did you mean alice, alicia, aline?" in ran.stderr
    assert "no id is near it" in course.tito("extend", "02", "zzz", "--days", "2").stderr
    assert (course.root / "gradebook.db").read_bytes() == before
    course.tito("extend", "02", "aline", "--days", "2", check=True)

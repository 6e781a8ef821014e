"""A gradebook in PostgreSQL: the same scores as in a file, and nothing lost when the server is."""

from __future__ import annotations

import csv
import itertools
import os
import signal
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
import pytest
import sqlalchemy
from nbgrader.api import Gradebook

from tests.helpers.class_in_gradebook import STUDENTS, Graded
from tests.helpers.hand_in import grade, hand_in
from tests.helpers.postgres import Server
from tests.helpers.tiny_course import POINTS, TinyCourse, contents
from tinytorch.course.gradebook.record import Recorder, RecordGrades
from tinytorch.course.grading import grade as grading
from tinytorch.course.grading.worker_pool import Pool
from tinytorch.course.reports.student_page import PageWriter


def test_a_class_gets_the_same_scores_in_postgresql_as_in_a_file(in_a_file: Graded, in_postgres: Graded) -> None:
    for graded in (in_a_file, in_postgres):
        assert graded.run.returncode == 0, graded.run.stderr
        assert graded.run.stderr == ""
    assert in_postgres.scores() == in_a_file.scores()
    assert in_postgres.report == in_a_file.report
    for name in ("grades.csv", "nbgrader.csv", "canvas.csv"):
        assert (in_postgres.course.root / name).read_bytes() == (in_a_file.course.root / name).read_bytes()
    assert not (in_postgres.course.root / "gradebook.db").exists()


def test_graded_again_nothing_is_run_and_no_row_is_written(in_postgres: Graded, server: Server) -> None:
    rows, results, files = server.rows(in_postgres.url), in_postgres.results(), contents(in_postgres.course.root)
    assert len(rows["grade"]) == 5 * len(STUDENTS)
    again = in_postgres.grade()
    assert (again.returncode, again.stderr) == (0, "")
    assert replace(in_postgres, run=again).report == in_postgres.report
    assert server.rows(in_postgres.url) == rows
    assert in_postgres.results() == results
    assert contents(in_postgres.course.root) == files


def test_plain_nbgrader_grades_into_the_same_database_and_exports_it(copied: Graded) -> None:
    submitted = copied.course.root / "submitted" / "zoe" / "02_tiny"
    submitted.mkdir(parents=True)
    nbformat.write(copied.course.filled(), submitted / "tiny.ipynb")
    autograde = copied.nbgrader("autograde", "02_tiny", "--student", "zoe")
    assert autograde.returncode == 0, autograde.stderr
    export = copied.nbgrader("export", "--to", "exported.csv")
    assert export.returncode == 0, export.stderr
    with (copied.course.root / "exported.csv").open(encoding="utf-8", newline="") as file:
        scores = {row["student_id"]: row["score"] for row in csv.DictReader(file) if row["assignment"] == "02_tiny"}
    assert scores["zoe"] == scores["right"] == "20.0"
    assert scores["wrong"] == "14.0"
    assert scores["prints"] == "0.0"


def test_the_scores_of_a_student_go_into_the_gradebook_in_one_statement_and_not_one_by_one(
    not_begun: Graded, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    record = Recorder.record

    def note(*arguments: Any) -> None:
        said.append(arguments[2])

    def record_and_note(*arguments: Any) -> Any:
        sqlalchemy.event.listen(sqlalchemy.Engine, "before_cursor_execute", note)
        try:
            return record(*arguments)
        finally:
            sqlalchemy.event.remove(sqlalchemy.Engine, "before_cursor_execute", note)

    monkeypatch.setattr(Recorder, "record", record_and_note)
    assert not_begun.grade("--student", "right").returncode == 0
    changes = [" ".join(each.split()[:3]) for each in said if each.startswith(("INSERT INTO grade", "UPDATE grade"))]
    assert changes == ["INSERT INTO grade", "UPDATE grade SET"]


def test_a_score_and_a_comment_given_by_hand_outlive_grading_by_force(copied: Graded) -> None:
    key = ("why", "tiny", "02_tiny", "answers")
    with Gradebook(copied.url, "tinytorch") as gradebook:
        grade, comment = gradebook.find_grade(*key), gradebook.find_comment(*key)
        grade.manual_score, grade.needs_manual_grade, comment.manual_comment = 7, False, "Twice one, well said."
        gradebook.db.commit()
    before = copied.results()["answers"]
    again = copied.grade("--force")
    assert (again.returncode, again.stderr) == (0, "")
    assert copied.results()["answers"] != before
    with Gradebook(copied.url, "tinytorch") as gradebook:
        grade, comment = gradebook.find_grade(*key), gradebook.find_comment(*key)
        assert (grade.manual_score, grade.score, comment.comment) == (7, 7, "Twice one, well said.")
    assert "Twice one, well said." in copied.page("answers")


def test_a_mended_test_is_decided_anew_in_postgresql_as_well(copied: Graded) -> None:
    source = copied.course.root / "src" / "02_tiny" / "02_tiny.py"
    text = source.read_text(encoding="utf-8").replace("= 1234567", "= 12").replace("== 2469134", "== 24")
    source.write_text(text, encoding="utf-8")
    before = copied.scores()
    run = copied.tito("build", "02"), copied.tito("regrade", "02")
    assert [each.returncode for each in run] == [0, 0], run
    assert run[1].stderr == ""
    gone, new = (set(one) - set(other) for one, other in ((before, copied.scores()), (copied.scores(), before)))
    assert ("wrong", "double-more", 0, None, None, 0, 6, False) in gone
    assert ("wrong", "double-more", 6, None, None, 6, 6, False) in new
    assert {row[0] for row in gone | new} == {"wrong"}


def test_no_connection_is_open_when_a_worker_is_forked(
    not_begun: Graded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened, closed, still_open = [], [], []
    hire, write = Pool._hire, PageWriter.write

    def look_and_hire(pool: Pool) -> Any:
        still_open.append(len(opened) - len(closed))
        return hire(pool)

    def die_once(pages: PageWriter, student: str, *grades: Any) -> None:
        if not (tmp_path / "died").exists():
            (tmp_path / "died").touch()
            os.kill(os.getpid(), signal.SIGKILL)
        write(pages, student, *grades)

    monkeypatch.setattr(Pool, "_hire", look_and_hire)
    monkeypatch.setattr(PageWriter, "write", die_once)
    listeners = (("connect", lambda *each: opened.append(each)), ("close", lambda *each: closed.append(each)))
    for event, listener in listeners:
        sqlalchemy.event.listen(sqlalchemy.Pool, event, listener)
    try:
        run = not_begun.grade("--workers", "1")
    finally:
        for event, listener in listeners:
            sqlalchemy.event.remove(sqlalchemy.Pool, event, listener)
    assert (run.returncode, run.stderr) == (0, "")
    assert len(opened) > len(STUDENTS)
    assert len(still_open) >= 2, "one at the beginning, one in the place of the one that died, maybe one for pages"
    assert set(still_open) == {0}


MOMENTS = {
    "before a student is entered": (Recorder, "record", 2),
    "while a student is entered": (RecordGrades, "_add_score", 8),
    "while a page is written": (PageWriter, "write", 2),
    "before the reports are written": (grading, "write_outcome", 1),
}


def test_a_student_s_result_goes_into_the_gradebook_in_one_transaction_with_the_student(
    not_begun: Graded, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    commits_of_each: list[int] = []
    record = Recorder.record

    def note_statement(*arguments: Any) -> None:
        said.append(arguments[2].split()[0])

    def note_commit(connection: Any) -> None:
        said.append("COMMIT")

    def record_and_count(*arguments: Any) -> Any:
        said.clear()
        recorded = record(*arguments)
        changes = [each for each in said if each in ("INSERT", "UPDATE", "DELETE", "COMMIT")]
        commits_of_each.append(changes[changes.index("INSERT") :].count("COMMIT"))
        return recorded

    monkeypatch.setattr(Recorder, "record", record_and_count)
    sqlalchemy.event.listen(sqlalchemy.Engine, "before_cursor_execute", note_statement)
    sqlalchemy.event.listen(sqlalchemy.Engine, "commit", note_commit)
    try:
        assert not_begun.grade().returncode == 0
    finally:
        sqlalchemy.event.remove(sqlalchemy.Engine, "before_cursor_execute", note_statement)
        sqlalchemy.event.remove(sqlalchemy.Engine, "commit", note_commit)
    assert commits_of_each == [1] * len(STUDENTS)


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_server_that_goes_away_ends_the_run_in_one_sentence_and_the_next_run_goes_on(
    in_postgres: Graded, not_begun: Graded, server: Server, moment: str
) -> None:
    owner, name, call = MOMENTS[moment]
    function, calls = getattr(owner, name), itertools.count(1)

    def stop_before(*arguments: Any, **settings: Any) -> Any:
        if next(calls) == call:
            server.stop()
        return function(*arguments, **settings)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(owner, name, stop_before)
        stopped = not_begun.grade("--workers", "1")
    assert not server.is_running()
    server.start()
    assert stopped.returncode == 1
    assert stopped.stderr.startswith("tito: Grading had to stop (the gradebook: ")
    assert stopped.stderr.count("\n") == 1
    assert "run it again" in stopped.stderr
    assert "word" not in stopped.stdout + stopped.stderr
    kept = not_begun.results()
    assert kept
    again = not_begun.grade()
    assert (again.returncode, again.stderr) == (0, "")
    assert not_begun.scores() == in_postgres.scores()
    assert kept.items() <= not_begun.results().items()
    assert (not_begun.course.root / "grades.csv").read_bytes() == (in_postgres.course.root / "grades.csv").read_bytes()


def test_a_student_who_is_not_on_the_class_list_is_graded_and_named(course: TinyCourse, tmp_path: Path) -> None:
    course.run("nbgrader", "db", "student", "add", "amy", "--first-name=Amy", check=True)
    for student in ("amy", "zed"):
        hand_in(course, tmp_path, f"{student}.ipynb", lambda course: course.filled())
    graded = grade(course, tmp_path)
    assert graded.recorded("zed") == POINTS
    assert graded.told("amy") == []
    graded.assert_told("zed", "note: zed is not in the gradebook's list of students")


def test_where_grading_may_add_nobody_the_listed_are_graded_and_the_others_named(
    course: TinyCourse, tmp_path: Path
) -> None:
    course.configure(more="\nc.Autograde.create_student = False\n")
    course.run("nbgrader", "db", "student", "add", "amy", check=True)
    for student in ("amy", "zed"):
        nbformat.write(course.filled(), tmp_path / f"{student}.ipynb")
    run = course.tito("grade", tmp_path)
    assert run.returncode == 1
    assert "1 of 2 submissions could not be graded (zed)" in run.stderr
    assert "nbgrader db student add zed" in run.stdout
    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}", "tinytorch") as gradebook:
        scores = {each.student_id: each.score for each in gradebook.assignment_submissions("02_tiny")}
    assert scores == {"amy": sum(POINTS.values())}

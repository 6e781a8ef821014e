"""A gradebook in PostgreSQL: the same scores as in a file, and nothing lost when the server is."""

from __future__ import annotations

import csv
import itertools
import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import nbformat
import pytest
import sqlalchemy
from nbgrader.api import Gradebook

from tests.helpers.postgres import Server, find_programs, running_server
from tests.helpers.tiny_course import TinyCourse, contents, submissions
from tinytorch.course.gradebook.record import Recorder, RecordGrades
from tinytorch.course.grading import grade as grading
from tinytorch.course.grading.worker_pool import Pool
from tinytorch.course.reports.student_page import PageWriter

IN_A_FILE = "c.CourseDirectory.db_url = f\"sqlite:///{root / 'gradebook.db'}\"\n"
BY_ENVIRONMENT = 'c.CourseDirectory.db_url = os.environ["GRADEBOOK"]\n'
STUDENTS = ("right", "wrong", "answers", "prints")  # the last one is held back
MADE_BY_GRADING = ("submitted", "autograded", "feedback", "history", ".results", "*.csv", "report.html")


@dataclass(frozen=True)
class Graded:
    """A course whose class was graded into a gradebook."""

    course: TinyCourse
    folder: Path
    url: str
    run: subprocess.CompletedProcess[str]

    @property
    def report(self) -> list[str]:
        """Give what the run told, but for its progress, which comes in any order."""
        return [line for line in self.run.stdout.splitlines() if not line.startswith("graded ")]

    def grade(self, *options: str) -> subprocess.CompletedProcess[str]:
        """Grade the class."""
        return self.tito("grade", str(self.folder), *options)

    def tito(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run tito."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("GRADEBOOK", self.url)
            return self.course.tito(*command)

    def nbgrader(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run plain nbgrader."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("GRADEBOOK", self.url)
            return self.course.run("nbgrader", *command)

    def page(self, student: str) -> str:
        """Give a student's feedback page."""
        return (self.course.root / "feedback" / student / "02_tiny" / "tiny.html").read_text(encoding="utf-8")

    def results(self) -> dict[str, int]:
        """Give when each result that workers gave was kept."""
        kept = (self.course.root / ".results" / "02_tiny").glob("*.gz")
        return {path.stem: path.stat().st_mtime_ns for path in kept}

    def scores(self) -> list[tuple[Any, ...]]:
        """Give all that the gradebook holds of the class."""
        rows: list[tuple[Any, ...]] = []
        with Gradebook(self.url, "tinytorch") as gradebook:
            for submission in gradebook.assignment_submissions("02_tiny"):
                student, (notebook,) = submission.student_id, submission.notebooks
                rows.append((student, submission.timestamp, submission.score, submission.max_score))
                rows.append((student, notebook.late_submission_penalty, notebook.needs_manual_grade))
                for each in notebook.grades:
                    scores = (each.auto_score, each.manual_score, each.extra_credit, each.score, each.max_score)
                    rows.append((student, each.name, *scores, each.needs_manual_grade))
                rows += [(student, each.name, each.auto_comment, each.manual_comment) for each in notebook.comments]
        return sorted(rows, key=repr)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server that runs; a test that stops it starts it again."""
    programs = find_programs()
    if programs is None:
        if os.environ.get("CI"):
            pytest.fail("PostgreSQL is not installed, and continuous integration has to test with it")
        pytest.skip("PostgreSQL is not installed: `apt-get install postgresql`")
    with running_server(programs) as running:
        yield running


@pytest.fixture(scope="module")
def in_a_file(built_course: TinyCourse, tmp_path_factory: pytest.TempPathFactory) -> Graded:
    """The class, graded into SQLite."""
    root, folder = tmp_path_factory.mktemp("file") / "course", tmp_path_factory.mktemp("handed_in")
    shutil.copytree(built_course.root, root)
    config = (root / "nbgrader_config.py").read_text(encoding="utf-8")
    assert config.count(IN_A_FILE) == 1
    (root / "nbgrader_config.py").write_text(config.replace(IN_A_FILE, BY_ENVIRONMENT), encoding="utf-8")
    for name, notebook in submissions(built_course).items():
        if Path(name).parts[0].removesuffix(".ipynb") in STUDENTS:
            (folder / name).parent.mkdir(exist_ok=True)
            nbformat.write(notebook, folder / name)
    return _graded(root, folder, f"sqlite:///{root / 'gradebook.db'}")


@pytest.fixture(scope="module")
def in_postgres(server: Server, in_a_file: Graded, tmp_path_factory: pytest.TempPathFactory) -> Graded:
    """The class, graded into PostgreSQL: to read, not to change."""
    root = tmp_path_factory.mktemp("server") / "course"
    shutil.copytree(in_a_file.course.root, root, ignore=shutil.ignore_patterns(*MADE_BY_GRADING, "gradebook.db"))
    return _graded(root, in_a_file.folder, server.create())


@pytest.fixture
def copied(in_postgres: Graded, server: Server, tmp_path: Path) -> Graded:
    """The class graded into PostgreSQL, for a test to change."""
    shutil.copytree(in_postgres.course.root, tmp_path / "course")
    url = server.create(like=in_postgres.url)
    return Graded(TinyCourse(tmp_path / "course"), in_postgres.folder, url, in_postgres.run)


@pytest.fixture
def not_begun(in_postgres: Graded, server: Server, tmp_path: Path) -> Graded:
    """The class before it is graded into PostgreSQL; that the reference passes is known."""
    shutil.copytree(in_postgres.course.root, tmp_path / "course", ignore=shutil.ignore_patterns(*MADE_BY_GRADING))
    return Graded(TinyCourse(tmp_path / "course"), in_postgres.folder, server.create(), in_postgres.run)


def _graded(root: Path, folder: Path, url: str) -> Graded:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADEBOOK", url)
        return Graded(TinyCourse(root), folder, url, TinyCourse(root).tito("grade", folder))


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

    def die_once(pages: PageWriter, student: str) -> None:
        if not (tmp_path / "died").exists():
            (tmp_path / "died").touch()
            os.kill(os.getpid(), signal.SIGKILL)
        write(pages, student)

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
    assert still_open == [0, 0]  # one at the beginning, one in the place of the one that died


NOT_TO_BE_REACHED: dict[str, tuple[Callable[[str], str], str]] = {
    "no server": (lambda url: f"{url}/elsewhere", "No such file or directory"),
    "no such database": (lambda url: url.replace("@/", "@/not_"), "does not exist"),
    "another password": (lambda url: url.replace(":word", ":sword"), "password authentication failed"),
    "no driver": (lambda url: url.replace("+psycopg:", "+pg8000:"), "'pg8000'"),
    "no such kind of database": (lambda url: url.replace("postgresql+psycopg:", "postgras:"), "as a database's URL"),
    "no host": (lambda url: url.replace("@/", "/"), "as a database's URL"),
    "a password as it is": (lambda url: url.replace("%40", "@"), "as a database's URL"),
}


@pytest.mark.parametrize("case", NOT_TO_BE_REACHED)
def test_a_server_that_is_not_reached_is_one_sentence_without_the_password(in_postgres: Graded, case: str) -> None:
    change, said = NOT_TO_BE_REACHED[case]
    lost = replace(in_postgres, url=change(in_postgres.url))
    files, scores = contents(in_postgres.course.root), in_postgres.scores()
    for run in (lost.grade(), lost.grade("--force")):
        assert run.returncode == 1
        assert run.stderr.startswith("tito: ")
        assert run.stderr.count("\n") == 1
        assert said in run.stderr
        assert "pass:" not in run.stdout + run.stderr
        assert "word" not in (run.stdout + run.stderr).replace("password", "")
    assert contents(in_postgres.course.root) == files
    assert in_postgres.scores() == scores


def test_plain_nbgrader_tells_no_password_of_a_server_that_is_not_reached(copied: Graded) -> None:
    run = replace(copied, url=f"{copied.url}/elsewhere").nbgrader("autograde", "02_tiny", "--force")
    assert run.returncode != 0
    assert "No such file or directory" in run.stderr
    assert "pass:" not in run.stdout + run.stderr


MOMENTS = {
    "before a student is entered": (Recorder, "record", 2),
    "while a student is entered": (RecordGrades, "_add_score", 8),
    "while a page is written": (PageWriter, "write", 2),
    "before the reports are written": (grading, "write_outcome", 1),
}


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

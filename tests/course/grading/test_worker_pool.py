"""Grading that is hit from outside: a worker dies, Ctrl-C, a full disk, a second run. No score is lost or guessed."""

from __future__ import annotations

import csv
import gzip
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import nbformat
import pytest

from tests.helpers.orphans import adopting_orphans, descendants, left_running
from tests.helpers.tiny_course import GradedClass, TinyCourse, contents
from tinytorch.course.files import PART, write_whole
from tinytorch.course.grading.resume import only_run
from tinytorch.course.grading.worker_pool import Lost, Pool
from tinytorch.course.handin.collect import Submission, collect
from tinytorch.course.layout import Course
from tinytorch.course.sandbox.temporary import PREFIX, run_folder

POINTS = {"points": 20, "max_points": 20, "double-number": 4, "double-more": 6, "pair-total-right": 10}
ENDLESS = "#| export\n@patch\ndef total(self: Pair) -> float:\n    while True:\n        pass\n"
# A preprocessor of the course that kills the worker it runs in, for some students each time, for some the first time
DEADLY = """
import os, pathlib, signal
from nbgrader.preprocessors import NbGraderPreprocessor

class KillWorker(NbGraderPreprocessor):
    def preprocess(self, nb, resources):
        student = resources["nbgrader"]["student"]
        seen = pathlib.Path(__file__).with_name(f"seen-{student}")
        if student.startswith("kills-always") or student.startswith("kills-once") and not seen.exists():
            seen.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return nb, resources
"""


@pytest.fixture
def temporary() -> Iterator[Path]:
    """A folder for temporary files with a path as short as that of /tmp."""
    folder = tempfile.mkdtemp(prefix="t-", dir="/tmp")
    yield Path(folder)
    shutil.rmtree(folder)


@pytest.fixture
def orphans() -> Iterator[Callable[[], list[str]]]:
    """What gives the processes that were started since and do not end by themselves."""
    with adopting_orphans():
        known = descendants()
        yield lambda: left_running(known)


def hand_in(course: TinyCourse, **answers: dict[str, str]) -> Path:
    """Put a notebook for each student into a folder: right but for the answers that are given."""
    folder = course.root / "handed_in"
    folder.mkdir()
    for student, own in answers.items():
        nbformat.write(course.filled(**own), folder / f"{student.replace('_', '-')}.ipynb")
    return folder


def handler(fatal: Path) -> Callable[[Any], Any]:
    """Give what a worker does in these tests: double a number, or end itself."""

    def handle(task: Any) -> Any:
        if task == "dies" or (task == "dies once" and not fatal.exists()):
            fatal.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return task * 2

    return handle


def test_a_worker_that_is_killed_is_replaced_and_its_task_done_by_another(tmp_path: Path) -> None:
    with Pool(2, lambda: handler(tmp_path / "once")) as pool:
        for task in (1, "dies once", 2, 3):
            pool.submit(task)
        assert dict(pool.finished()) == {1: 2, "dies once": "dies oncedies once", 2: 4, 3: 6}


def test_a_task_whose_worker_dies_each_time_is_reported_and_the_others_are_done(tmp_path: Path) -> None:
    with Pool(2, lambda: handler(tmp_path / "once")) as pool:
        for task in (1, "dies", 2, 3):
            pool.submit(task)
        outcomes = dict(pool.finished())
    assert outcomes == {1: 2, "dies": Lost(-signal.SIGKILL), 2: 4, 3: 6}


def test_a_killed_worker_costs_nobody_a_point(course: TinyCourse, orphans: Callable[[], list[str]]) -> None:
    (course.root / "deadly.py").write_text(DEADLY, encoding="utf-8")
    course.configure(more='c.Autograde.autograde_preprocessors.insert(0, "deadly.KillWorker")\n')
    wrong = "#| export\ndef double(x):\n    return 2 * x if x < 100 else 7 * x\n"
    folder = hand_in(course, kills_always={}, kills_once={}, kills_once_and_is_wrong={"double": wrong}, right={})
    run = course.tito_process("grade", folder)
    assert run.returncode == 1
    assert run.stderr == (
        "tito: 1 of 4 submissions could not be graded (kills-always): the reasons are under the table.\n"
    )
    assert "kills-always: the grader's own process ended by signal 9, 2 times" in run.stdout
    graded = GradedClass(course, folder, course.root, run)
    assert graded.points("kills-once") == graded.points("right") == POINTS
    assert graded.points("kills-once-and-is-wrong") == {**POINTS, "points": 14, "double-more": 0}
    with (course.root / "grades.csv").open(encoding="utf-8", newline="") as file:
        (lost,) = [row for row in csv.DictReader(file) if row["student_id"] == "kills-always"]
    assert {lost[name] for name in POINTS} == {""}
    assert orphans() == []


def test_ctrl_c_ends_a_run_at_once_and_the_next_one_goes_on(
    course: TinyCourse, temporary: Path, orphans: Callable[[], list[str]]
) -> None:
    course.configure(("c.Execute.timeout = 4\n", "c.Execute.timeout = 100\n"))
    folder = hand_in(course, a={}, b={"pair_total": ENDLESS}, c={"pair_total": ENDLESS})
    process = course.start_tito("grade", folder, "--workers", "2", TMPDIR=temporary)
    assert process.stdout
    assert process.stdout.readline() == "graded 1/3 a 20/20\n"
    os.killpg(process.pid, signal.SIGINT)
    said, complained = process.communicate(timeout=50)  # half of what the loops would take
    assert process.returncode == 130
    assert complained == "tito: Stopped: 1 of 3 students are done and kept; run it again, and it goes on from there.\n"
    assert said == ""
    assert orphans() == []
    assert list(temporary.iterdir()) == []
    kept = course.root / ".results" / "02_tiny" / "a.gz"
    number = kept.stat().st_ino
    again = course.start_tito("grade", folder, "--student", "a", TMPDIR=temporary)
    assert "graded 1/1 a 20/20" in again.communicate()[0]
    assert kept.stat().st_ino == number  # it was not run again


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_ctrl_c_that_meets_an_object_being_removed_is_heard_all_the_same() -> None:
    class Presses:
        def __del__(self) -> None:
            os.kill(os.getpid(), signal.SIGINT)
            len("")  # where Python raises it, and drops it

    def run() -> None:
        with Pool(1, lambda: lambda task: task) as pool:
            for task in (1, 2):
                pool.submit(task)
            for task, _ in pool.finished():
                seen.append(task)
                Presses()

    seen: list[int] = []
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            run()
        assert seen == [1]
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, before)


def test_what_a_killed_run_leaves_is_removed_by_the_next(
    course: TinyCourse, temporary: Path, orphans: Callable[[], list[str]]
) -> None:
    folder = hand_in(course, a={}, b={"pair_total": ENDLESS})
    process = course.start_tito("grade", folder, "--workers", "2", TMPDIR=temporary)
    assert process.stdout
    assert process.stdout.readline() == "graded 1/2 a 20/20\n"
    process.kill()
    process.communicate()
    assert orphans() == []
    left = list(temporary.iterdir())
    assert [path.name.startswith(PREFIX) for path in left] == [True]
    assert any(path.name.startswith("tinytorch-stage-") for path in left[0].iterdir())
    (course.root / "submitted" / "a" / "02_tiny" / f".tiny.ipynb.x{PART}").write_text("half", encoding="utf-8")
    said, complained = course.start_tito("grade", folder, TMPDIR=temporary).communicate()
    assert complained == ""
    assert "graded 2/2 b 10/20" in said
    assert list(temporary.iterdir()) == []
    assert list(course.root.rglob(f"*{PART}")) == []


def test_without_a_sandbox_a_killed_run_leaves_no_kernel_either(
    course: TinyCourse, temporary: Path, orphans: Callable[[], list[str]]
) -> None:
    course.configure(("c.Execute.timeout = 4\n", "c.Execute.timeout = 100\n"))
    # While it computes this, a kernel can look after nothing, not even after its parent.
    busy = "#| export\n@patch\ndef total(self: Pair) -> float:\n    return 3 ** 10**9\n"
    folder = hand_in(course, a={}, b={"pair_total": busy})
    process = course.start_tito("grade", folder, "--workers", "2", "--isolation", "limits", TMPDIR=temporary)
    assert process.stdout
    assert process.stdout.readline() == "graded 1/2 a 20/20\n"
    process.kill()
    process.communicate()
    assert orphans() == []


@pytest.mark.parametrize("writes", range(5))
def test_collecting_that_was_stopped_gives_a_newer_notebook_its_own_time(
    course: TinyCourse, monkeypatch: pytest.MonkeyPatch, writes: int
) -> None:
    module, output = Course(course.root).module("02"), course.root / "out"
    folder = hand_in(course, a={})
    path, before = folder / "a.ipynb", datetime(2026, 5, 1, tzinfo=UTC).timestamp()
    os.utime(path, (before, before))
    older = path.read_bytes()
    collect(module, [Submission("a", path)], output)
    nbformat.write(course.filled(double="#| export\n"), path)
    left = [None] * writes

    def stop_after_some(place: Path, content: bytes) -> None:
        if not left:
            raise KeyboardInterrupt
        left.pop()
        write_whole(place, content)

    monkeypatch.setattr("tinytorch.course.handin.collect.write_whole", stop_after_some)
    with suppress(KeyboardInterrupt):
        collect(module, [Submission("a", path)], output)
    monkeypatch.undo()
    collect(module, [Submission("a", path)], output)
    collected = contents(output / "submitted" / "a" / "02_tiny")
    assert collected["tiny.ipynb"] == path.read_bytes()
    assert collected["timestamp.txt"].startswith(f"{datetime.fromtimestamp(path.stat().st_mtime, UTC):%F %T}".encode())
    assert contents(output / "history") == {"a/02_tiny/2026-05-01T00-00-00/tiny.ipynb": older}


def test_a_run_removes_the_folders_of_dead_runs_and_of_no_others(monkeypatch: Any, temporary: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    dead, elsewhere = temporary / f"{PREFIX}dead", temporary / "elsewhere"
    for folder in (dead, elsewhere):
        folder.mkdir()
        (folder / "file").touch()
    (temporary / f"{PREFIX}link").symlink_to(elsewhere)
    with run_folder():
        alive = Path(tempfile.gettempdir())
        monkeypatch.setattr(tempfile, "tempdir", str(temporary))
        with run_folder():
            assert alive.is_dir()
            assert not dead.exists()
            assert Path(tempfile.gettempdir()).parent == temporary
        assert tempfile.gettempdir() == str(temporary)
    assert not alive.exists()
    assert (elsewhere / "file").exists()


def test_a_long_path_for_temporary_files_is_no_reason_to_fail(course: TinyCourse) -> None:
    long = course.root / ("long" * 30)
    long.mkdir()
    said, complained = course.start_tito("grade", hand_in(course, a={}), TMPDIR=long).communicate()
    assert "graded 1/1 a 20/20" in said
    assert complained == ""


def test_a_second_run_into_the_same_folder_is_refused_in_one_sentence(course: TinyCourse) -> None:
    folder, output = hand_in(course, a={}), course.root / "out"
    with only_run(output):
        before = contents(output)
        run = course.tito("grade", folder, "--output", output)
        assert contents(output) == before
    assert run.returncode == 1
    assert run.stderr == (
        f"tito: Another `tito grade` is at work in {output}: "
        "wait until it has ended, or give another folder by --output.\n"
    )
    assert course.tito("grade", folder, "--output", output).returncode == 0


def assert_whole(output: Path) -> None:
    """Look whether every file in a folder that grading wrote into is whole."""
    assert list(output.rglob(f"*{PART}")) == []
    for path in output.rglob("*"):
        if path.suffix in (".ipynb", ".json"):
            json.loads(path.read_text(encoding="utf-8"))
        elif path.suffix == ".html":
            assert path.read_text(encoding="utf-8").rstrip().endswith("</html>"), path
        elif path.suffix == ".gz":
            assert gzip.decompress(path.read_bytes())
        elif path.suffix == ".csv":
            assert path.read_text(encoding="utf-8").endswith("\n")
        elif path.suffix == ".db":
            with sqlite3.connect(path) as database:
                assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def assert_stopped_for(run: subprocess.CompletedProcess[str], reason: str) -> None:
    """Look whether a run ended with one sentence that holds the reason, and has not graded everybody."""
    assert run.returncode == 1, run
    assert run.stderr.startswith("tito: Grading had to stop ("), run.stderr
    assert reason in run.stderr
    assert run.stderr.endswith("mend that and run it again, and it goes on from there.\n")
    assert run.stderr.count("\n") == 1


def scores_in(output: Path) -> list[dict[str, str]]:
    with (output / "grades.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


STUDENTS = {"a": {}, "b": {"double": "#| export\ndef double(x):\n    return 3\n"}, "c": {}, "d": {}}


def test_a_limit_on_files_stops_a_run_and_without_it_the_next_one_goes_on(course: TinyCourse) -> None:
    folder, limited, free = hand_in(course, **STUDENTS), course.root / "limited", course.root / "free"
    command = (sys.executable, "-m", "tinytorch.course.cli", "grade", folder, "--output")
    course.run(*command, free, check=True)
    course.run(*command, limited, "--student", "a", check=True)
    largest = max(path.stat().st_size for path in (free / "feedback").rglob("*.html"))
    run = course.run("prlimit", f"--fsize={largest - 1000}:", *command, limited)
    assert_stopped_for(run, "too large" if "Errno" in run.stderr else "sqlite3.OperationalError")
    assert re.search("[1-3] of 4 students are done and kept", run.stderr)
    assert_whole(limited)
    course.run(*command, limited, check=True)
    assert scores_in(limited) == scores_in(free)


# In a place of its own: grade on a small disk, keep a copy, make the disk larger, grade again, keep the result
ON_A_SMALL_DISK = """
mount -t tmpfs -o size={kilobytes}k tmpfs {place} || exit 77
{command}; code=$?
cp -r {place} {place}-full
mount -o remount,size=100m {place}
{command} > {place}-said 2>&1 || exit 78
cp -r {place} {place}-after
exit $code
"""


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("unshare"), reason="only root can make a small disk")
@pytest.mark.parametrize("kilobytes", [20, 500])
def test_a_full_disk_stops_a_run_and_with_more_room_the_next_one_goes_on(course: TinyCourse, kilobytes: int) -> None:
    folder, place = hand_in(course, **STUDENTS), course.root / "disk"
    place.mkdir()
    command = f"{sys.executable} -m tinytorch.course.cli grade {folder} --output {place}"
    script = ON_A_SMALL_DISK.format(kilobytes=kilobytes, place=place, command=command)
    run = course.run("unshare", "--mount", "sh", "-c", script)
    if run.returncode == 77:
        pytest.skip("no small disk can be made here")
    assert run.returncode != 78, (course.root / "disk-said").read_text()
    full, after = course.root / "disk-full", course.root / "disk-after"
    assert_stopped_for(run, "disk is full" if "sqlite" in run.stderr else "No space left on device: ")
    assert str(place) in run.stderr or "sqlite" in run.stderr
    assert " of 4 students are done and kept" in run.stderr
    assert_whole(full)
    assert_whole(after)
    assert [row["points"] for row in scores_in(after)] == ["20", "10", "20", "20"]
    assert len(list((after / "feedback").rglob("*.html"))) == 4

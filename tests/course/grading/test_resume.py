"""A run that was stopped (Ctrl-C, a kill, a full disk) and the next one, which goes on: no score is lost or guessed."""

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
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.helpers.hand_in import hand_in_each
from tests.helpers.tiny_course import TinyCourse, contents
from tinytorch.course.files import PART
from tinytorch.course.grading.resume import only_run
from tinytorch.course.sandbox.temporary import PREFIX

ENDLESS = "#| export\n@patch\ndef total(self: Pair) -> float:\n    while True:\n        pass\n"


def test_ctrl_c_ends_a_run_at_once_and_the_next_one_goes_on(
    course: TinyCourse, temporary: Path, orphans: Callable[[], list[str]]
) -> None:
    course.configure(("c.Execute.timeout = 4\n", "c.Execute.timeout = 100\n"))
    folder = hand_in_each(course, a={}, b={"pair_total": ENDLESS}, c={"pair_total": ENDLESS})
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


def test_what_a_killed_run_leaves_is_removed_by_the_next(
    course: TinyCourse, temporary: Path, orphans: Callable[[], list[str]]
) -> None:
    folder = hand_in_each(course, a={}, b={"pair_total": ENDLESS})
    process = course.start_tito("grade", folder, "--workers", "2", TMPDIR=temporary)
    assert process.stdout
    assert process.stdout.readline() == "graded 1/2 a 20/20\n"
    process.kill()
    process.communicate()
    assert orphans() == []
    left = list(temporary.iterdir())
    assert [path.name.startswith(PREFIX) for path in left] == [True]
    assert list(left[0].glob("worker-*/stage/tinytorch"))
    (course.root / "submitted" / "a" / "02_tiny" / f".tiny.ipynb.x{PART}").write_text("half", encoding="utf-8")
    said, complained = course.start_tito("grade", folder, TMPDIR=temporary).communicate()
    assert complained == ""
    assert "graded 2/2 b 10/20" in said
    assert list(temporary.iterdir()) == []
    assert list(course.root.rglob(f"*{PART}")) == []


def test_a_second_run_into_the_same_folder_is_refused_in_one_sentence(course: TinyCourse) -> None:
    folder, output = hand_in_each(course, a={}), course.root / "out"
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
    folder, limited, free = hand_in_each(course, **STUDENTS), course.root / "limited", course.root / "free"
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
@pytest.mark.parametrize("kilobytes", [20, 200])
def test_a_full_disk_stops_a_run_and_with_more_room_the_next_one_goes_on(course: TinyCourse, kilobytes: int) -> None:
    folder, place = hand_in_each(course, **STUDENTS), course.root / "disk"
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

"""Collecting what was handed in, from a folder or from zips: the newest counts, and nothing is lost."""

from __future__ import annotations

import json
import os
import re
import zipfile
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import nbformat
import pytest

from tests.helpers.hand_in import NOTHING, UNREADABLE, aged, grade, hand_in, hand_in_each, student_of
from tests.helpers.tiny_course import POINTS, TinyCourse, contents
from tests.helpers.zips import stamped, submit_zip
from tinytorch.course.files import write_whole
from tinytorch.course.handin.collect import collect
from tinytorch.course.handin.which_counts import Submission
from tinytorch.course.layout import Course


def test_of_two_notebooks_of_a_student_the_newest_counts_and_the_other_is_kept(
    course: TinyCourse, tmp_path: Path
) -> None:
    aged(hand_in(course, tmp_path, "amy.ipynb", lambda course: course.notebook()), hours=5)
    aged(hand_in(course, tmp_path, "amy/tiny.ipynb", lambda course: course.filled()), hours=1)
    graded = grade(course, tmp_path)
    assert graded.recorded("amy") == POINTS
    graded.assert_told("amy", "note: 2 notebooks were handed in; the newest that can be read counts, amy/tiny.ipynb")
    kept = graded.output / "history" / "amy" / "02_tiny" / "2026-05-02T07-00-00" / "tiny.ipynb"
    assert kept.read_bytes() == (tmp_path / "amy.ipynb").read_bytes()


def test_a_resubmission_counts_and_what_was_there_is_kept(course: TinyCourse, tmp_path: Path) -> None:
    first = hand_in(course, tmp_path, "amy.ipynb", lambda course: course.notebook())
    aged(first, hours=5)
    before = first.read_bytes()
    assert grade(course, tmp_path).recorded("amy") == NOTHING
    aged(hand_in(course, tmp_path, "amy.ipynb", lambda course: course.filled()), hours=1)
    graded = grade(course, tmp_path)
    assert graded.recorded("amy") == POINTS
    assert [path.read_bytes() for path in (graded.output / "history").rglob("*.ipynb")] == [before]
    stamp = graded.output / "submitted" / "amy" / "02_tiny" / "timestamp.txt"
    assert stamp.read_text(encoding="utf-8") == "2026-05-02 11:00:00.000000 UTC"


def test_without_keep_going_a_broken_file_is_refused_and_the_sentence_names_the_option(
    course: TinyCourse, tmp_path: Path
) -> None:
    for name, (make, _) in UNREADABLE.items():
        hand_in(course, tmp_path, name, make)
    hand_in(course, tmp_path, "amy.ipynb", lambda course: course.filled())
    run = course.tito("grade", tmp_path, "--module", "02", "--output", tmp_path / "out")
    assert run.returncode == 1
    assert run.stderr.count("\n") == 1
    assert "--keep-going" in run.stderr
    for name, (_, said) in UNREADABLE.items():
        assert f"{student_of(name)}" in run.stderr
        assert said in run.stderr
    assert not (tmp_path / "out").exists()
    (tmp_path / "amy.ipynb").unlink()
    nothing = course.tito("grade", tmp_path, "--module", "02", "--output", tmp_path / "out", "--keep-going")
    assert nothing.returncode == 1
    assert "nothing in" in nothing.stderr
    assert not (tmp_path / "out").exists()


def test_what_is_collected_lies_as_nbgrader_expects_it_and_is_graded(course: TinyCourse, zips: Path) -> None:
    path = submit_zip(course, "ada", zips)
    submit_zip(course, "bob", zips / "deeper", double=None)
    said = course.tito("collect", zips, check=True).stdout
    assert re.search(r"ada +02_tiny +\S+ +collected +\S+ \S+ UTC .*, by the student's own clock\n", said)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist() if name != "manifest.json"}
    collected = contents(course.root / "submitted" / "ada")
    origin = json.loads(collected.pop("02_tiny/handed_in.json"))
    assert origin == {"file": str(path), "time": "by the student's own clock"}
    assert collected == {f"02_tiny/{name}": part for name, part in parts.items()}
    course.tito("grade", "submitted", check=True)
    grades = (course.root / "grades.csv").read_text(encoding="utf-8")
    assert re.search(r"^ada,.*\b20\b", grades, re.MULTILINE)
    assert re.search(r"^bob,", grades, re.MULTILINE)


def test_a_second_collect_changes_nothing(course: TinyCourse, zips: Path) -> None:
    first = submit_zip(course, "ada", zips)
    stamped(first, "older.zip", "2026-05-01 10:00:00.000000 UTC", "#| export\ndef double(x): return 0")
    course.tito("collect", zips, check=True)
    after = {path: path.stat().st_mtime_ns for path in course.root.rglob("*") if path.is_file()}
    again = course.tito("collect", zips, check=True).stdout
    assert again.count("was collected before") == 2
    assert {path: path.stat().st_mtime_ns for path in course.root.rglob("*") if path.is_file()} == after


def test_the_newest_counts_in_whatever_order_they_come_and_the_others_are_kept(course: TinyCourse, zips: Path) -> None:
    first = submit_zip(course, "ada", zips)
    sources = {f"2026-05-0{day}": f"#| export\ndef double(x): return {day}" for day in (1, 2, 3)}
    made = {day: stamped(first, f"{day}.zip", f"{day} 10:00:00.000000 UTC", text) for day, text in sources.items()}
    for day in ("2026-05-02", "2026-05-03", "2026-05-01"):
        course.tito("collect", made[day], check=True)
    counted = course.root / "submitted" / "ada" / "02_tiny"
    assert "return 3" in (counted / "tiny.ipynb").read_text(encoding="utf-8")
    assert (counted / "timestamp.txt").read_text(encoding="utf-8") == "2026-05-03 10:00:00.000000 UTC"
    kept = {path.parent.name: path.read_text(encoding="utf-8") for path in (course.root / "history").rglob("*.ipynb")}
    assert sorted(kept) == ["2026-05-01T10-00-00", "2026-05-02T10-00-00"]
    assert "return 1" in kept["2026-05-01T10-00-00"]
    assert "return 2" in kept["2026-05-02T10-00-00"]


def test_a_folder_without_hand_ins_is_said_to_be_one(course: TinyCourse, zips: Path) -> None:
    for where, sentence in ((zips, "There is no notebook and no zip in"), (zips / "nowhere", "There is no ")):
        refused = course.tito("collect", where)
        assert refused.returncode == 1
        assert sentence in refused.stderr


def test_where_nothing_can_be_written_the_reason_is_a_sentence(course: TinyCourse, zips: Path) -> None:
    (zips / "file").write_text("in the way", encoding="utf-8")
    refused = course.tito("submit", "02", "--student", "ada", "--to", zips / "file")
    assert refused.returncode == 1
    assert "give another folder by --to" in refused.stderr
    submit_zip(course, "ada", zips)
    (course.root / "submitted").write_text("in the way", encoding="utf-8")
    stopped = course.tito("collect", zips)
    assert stopped.returncode == 1
    assert "Collecting had to stop at ada" in stopped.stderr


@pytest.mark.parametrize("writes", range(6))
def test_collecting_that_was_stopped_gives_a_newer_notebook_its_own_time(
    course: TinyCourse, monkeypatch: pytest.MonkeyPatch, writes: int
) -> None:
    module, output = Course(course.root).module("02"), course.root / "out"
    folder = hand_in_each(course, a={})
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

"""Zips that students made by hand, empty folders, and times whose zone a platform does not say."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from tests.helpers.tiny_course import TinyCourse
from tinytorch.course.handin.collect import collect_all
from tinytorch.course.handin.plan import Plan, make_plan
from tinytorch.course.handin.senders import chosen_zone
from tinytorch.course.layout import Course, CourseError

BLACKBOARD = "HW_ada_attempt_2026-05-01-09-00-00_tiny.ipynb"


def packed(files: dict[str, bytes]) -> bytes:
    """Return a zip."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, each in files.items():
            archive.writestr(name, each)
    return content.getvalue()


def plan_of(course: TinyCourse, folder: Path, **more: object) -> Plan:
    real = Course(course.root)
    return make_plan(real, [folder], module=real.module("02"), output=folder.parent / "out", **more)  # type: ignore[arg-type]


def write(folder: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def test_the_only_notebook_of_a_zip_counts_as_if_it_lay_there(
    built_course: TinyCourse, course: TinyCourse, tmp_path: Path, contents: dict[str, bytes]
) -> None:
    of_mac = packed({"work/tiny.ipynb": contents["filled"], "__MACOSX/work/._tiny.ipynb": b"x"})
    folder = write(tmp_path / "in", {"bob/homework.zip": of_mac, "cyd.zip": packed({"tiny.ipynb": contents["filled"]})})
    plan = plan_of(built_course, folder)
    assert {each.student: each.path.name for each in plan.submissions} == {"bob": "homework.zip", "cyd": "cyd.zip"}
    assert plan.to_look_at == []
    collect_all(Course(course.root), [folder], course.root)
    for student in ("bob", "cyd"):
        collected = course.root / "submitted" / student / "02_tiny" / "tiny.ipynb"
        assert collected.read_bytes() == contents["filled"]


def test_a_zip_with_two_notebooks_or_none_that_fits_is_refused_or_named(
    built_course: TinyCourse, tmp_path: Path, contents: dict[str, bytes]
) -> None:
    zips = {
        "a/x.zip": {"tiny.ipynb": contents["filled"], "other.ipynb": contents["filled otherwise"]},
        "b/x.zip": {},
        "c/x.zip": {"tiny.ipynb": contents["filled"] + b" " * 21_000_000},
        "d/x.zip": {"tiny.ipynb": b"garbage"},
    }
    folder = write(tmp_path / "in", {name: packed(files) for name, files in zips.items()})
    plan = plan_of(built_course, folder)
    assert [each.student for each in plan.submissions if not each.problem] == []
    assert {row.student for row in plan.to_look_at} == {"a", "b", "c", "d"}


def test_an_empty_folder_of_a_student_is_named(
    built_course: TinyCourse, tmp_path: Path, contents: dict[str, bytes]
) -> None:
    folder = write(tmp_path / "in", {"ada/tiny.ipynb": contents["filled"]})
    (folder / "bob").mkdir()
    (folder / "ada" / "data").mkdir()
    (row,) = plan_of(built_course, folder).to_look_at
    assert (row.student, row.why) == ("bob", "the folder is empty: nothing was handed in")


def test_a_zone_is_chosen_for_times_that_do_not_say_theirs(
    course: TinyCourse, tmp_path: Path, contents: dict[str, bytes]
) -> None:
    folder = write(tmp_path / "in", {BLACKBOARD: contents["filled"]})
    said = course.tito("collect", folder, "--timezone", "Asia/Tokyo", check=True).stdout
    assert "2026-05-01 00:00 UTC" in said
    assert "as Blackboard says, in the time of Asia/Tokyo" in said
    kept = course.root / "submitted" / "ada" / "02_tiny" / "timestamp.txt"
    assert kept.read_text(encoding="utf-8").startswith("2026-05-01 00:00:00")


def test_a_zone_that_means_several_things_is_refused() -> None:
    with pytest.raises(CourseError, match="--timezone CST: 'CST' is no time zone that means one thing; give a place"):
        chosen_zone("CST")

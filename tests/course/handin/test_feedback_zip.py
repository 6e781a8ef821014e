"""Feedback pages for Moodle and Canvas, named as the platform named the hand-ins."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import nbformat
import pytest

from tests.helpers.tiny_course import TinyCourse
from tinytorch.course.gradebook.nbgrader_api import open_nbgrader_in
from tinytorch.course.gradebook.student_files import StudentFiles
from tinytorch.course.handin.feedback_zip import FeedbackZip, write_feedback_zip
from tinytorch.course.layout import Course, CourseError

CANVAS = ("byronada_12345_678901_tiny.ipynb", "oneilpat_LATE_12346_678902_tiny-2.ipynb")
MOODLE = (
    "Ada Byron_12345_assignsubmission_file_/tiny.ipynb",
    "O'Neil, Pat_12346_assignsubmission_file/work/tiny.ipynb",
)


def collected(course: TinyCourse, tmp_path: Path, names: tuple[str, ...]) -> Path:
    """The folder into which what a platform gave out was collected, with a page for each student."""
    for name in names:
        path = tmp_path / "download" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(course.filled(), path)
    output = tmp_path / "class"
    course.tito("collect", tmp_path / "download", "--output", output, check=True)
    for folder in (output / "submitted").iterdir():
        page = output / "feedback" / folder.name / "02_tiny" / "tiny.html"
        page.parent.mkdir(parents=True)
        page.write_text(f"the page of {folder.name}", encoding="utf-8")
    return output


def zipped(course: TinyCourse, output: Path, students: list[str]) -> tuple[FeedbackZip, dict[str, str]]:
    real = Course(course.root)
    files = StudentFiles(open_nbgrader_in(real, output).coursedir, real.module("02"))
    made = write_feedback_zip(files, real.module("02"), students, output / "feedback.zip")
    with zipfile.ZipFile(output / "feedback.zip") as archive:
        return made, {name: archive.read(name).decode() for name in archive.namelist()}


@pytest.mark.parametrize(
    ("names", "platform", "pages"),
    [
        (CANVAS, "Canvas", ["byronada_12345_678901_tiny.html", "oneilpat_LATE_12346_678902_tiny-2.html"]),
        (
            MOODLE,
            "Moodle",
            ["Ada Byron_12345_assignsubmission_file/tiny.html", "O'Neil, Pat_12346_assignsubmission_file/tiny.html"],
        ),
    ],
)
def test_pages_are_named_as_the_platform_named_the_hand_ins(
    course: TinyCourse, tmp_path: Path, names: tuple[str, ...], platform: str, pages: list[str]
) -> None:
    output = collected(course, tmp_path, names)
    students = sorted(path.name for path in (output / "submitted").iterdir())
    (output / "feedback" / "12346" / "02_tiny" / "tiny.html").rename(tmp_path / "kept")
    made, found = zipped(course, output, [*students, "eve"])
    assert (made.platform, made.students, made.without_page, made.from_elsewhere) == (
        platform, ["12345"], ["12346"], ["eve"]
    )  # fmt: skip
    assert found == {pages[0]: "the page of 12345"}
    (tmp_path / "kept").rename(output / "feedback" / "12346" / "02_tiny" / "tiny.html")
    _, found = zipped(course, output, students)
    assert sorted(found) == sorted(pages)


def test_pages_for_hand_ins_from_elsewhere_are_refused(course: TinyCourse, tmp_path: Path) -> None:
    output = collected(course, tmp_path, ("ada.ipynb",))
    with pytest.raises(CourseError, match="these hand-ins came from neither: collect the platform's download"):
        zipped(course, output, ["ada"])
    assert not (output / "feedback.zip").exists()


def test_of_a_group_s_page_the_platform_gets_one_and_the_other_members_are_named(
    course: TinyCourse, tmp_path: Path
) -> None:
    output = collected(course, tmp_path, CANVAS[:1])
    shutil.copytree(output / "submitted" / "12345", output / "submitted" / "99")
    shutil.copytree(output / "feedback" / "12345", output / "feedback" / "99")
    made, found = zipped(course, output, ["12345", "99"])
    assert (made.students, made.by_another) == (["12345"], ["99"])
    assert len(found) == 1

"""Downloads of learning platforms: who handed a file in, in which attempt, and when, as the path says."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.hand_in import OTHER_ANSWER, aged
from tests.helpers.tiny_course import TinyCourse
from tests.helpers.tiny_course import contents as files_in
from tests.helpers.zips import stamped
from tinytorch.course.gradebook.class_list_file import ListedStudent
from tinytorch.course.handin.collect import collect_all
from tinytorch.course.handin.plan import Plan, make_plan
from tinytorch.course.layout import Course, CourseError

CLASS = {
    each.id: each
    for each in (
        ListedStudent("ada", "Ada", "Byron", platform_ids={"ID": "101", "SID": "s101"}),
        ListedStudent("bob", "Bob", "Lee", platform_ids={"ID": "102", "SID": "s102"}),
        ListedStudent("pat", "Pat", "O'Neil", "pat@x.org", platform_ids={"ID": "103"}),
        ListedStudent("zoe", "Zo\u00eb", "M\u00fcller", platform_ids={"ID": "104"}),
        ListedStudent("wei", "\u4f1f", "\u738b", platform_ids={"ID": "105"}),
    )
}
SUBMITTERS = """\
submission_1:
  :submitters:
  - :name: Ada Byron
    :sid: s101
    :email: a@x.org
submission_2:
  :submitters:
  - :name: Pat O'Neil
    :sid: ''
    :email: PAT@x.org
submission_3:
  :submitters:
  - :name: Bob Lee
    :sid: s102
  - :name: Zo\u00eb M\u00fcller
    :sid: s104
"""

# What a platform gives out, and whose file counts then, with the class list and without
DOWNLOADS: dict[str, tuple[dict[str, str], dict[str, str], set[str]]] = {
    "canvas": (
        {
            "byronada_101_9001_tiny.ipynb": "filled",
            "leebob_LATE_102_9002_tiny-1.ipynb": "filled",
            "leebob_LATE_102_9003_tiny-2.ipynb": "filled otherwise",
            "oneilpat_103_9004_homework.ipynb": "filled",
            "mullerzoe_104_9005_notes.pdf": "garbage",
            "\u738b\u4f1f_105_9006_tiny.ipynb": "filled",
        },
        {
            "ada": "byronada_101_9001_tiny.ipynb",
            "bob": "leebob_LATE_102_9003_tiny-2.ipynb",
            "pat": "oneilpat_103_9004_homework.ipynb",
            "wei": "\u738b\u4f1f_105_9006_tiny.ipynb",
        },
        {"101", "102", "103", "105"},
    ),
    "moodle": (
        {
            "Ada Byron_11_assignsubmission_file/tiny.ipynb": "filled",
            "Ada Byron_11_assignsubmission_onlinetext/onlinetext.html": "garbage",
            "Bob Lee_12_assignsubmission_file_/work/tiny.ipynb": "filled",
            "O'Neil, Pat_13_assignsubmission_file_/tiny (1).ipynb": "filled",
            "Zo\u00eb M\u00fcller_14_assignsubmission_file_tiny.ipynb": "filled",
        },
        {
            "ada": "Ada Byron_11_assignsubmission_file/tiny.ipynb",
            "bob": "Bob Lee_12_assignsubmission_file_/work/tiny.ipynb",
            "pat": "O'Neil, Pat_13_assignsubmission_file_/tiny (1).ipynb",
            "zoe": "Zo\u00eb M\u00fcller_14_assignsubmission_file_tiny.ipynb",
        },
        {"11", "12", "13", "14"},
    ),
    "blackboard": (
        {
            "HW 5_ada_attempt_2026-05-01-04-15-00_tiny.ipynb": "filled",
            "HW 5_ada_attempt_2026-05-01-04-15-00.txt": "garbage",
            "HW 5_ada_attempt_2026-05-02-04-15-00_tiny.ipynb": "filled otherwise",
            "HW 5_bob_attempt_2026-05-01-04-15-00_tiny.ipynb": "filled",
        },
        {
            "ada": "HW 5_ada_attempt_2026-05-02-04-15-00_tiny.ipynb",
            "bob": "HW 5_bob_attempt_2026-05-01-04-15-00_tiny.ipynb",
        },
        {"ada", "bob"},
    ),
    "d2l": (
        {
            "index.html": "garbage",
            "71-900 - Ada Byron - Nov 28, 2026 1122 AM/tiny.ipynb": "filled",
            "71-900 - Ada Byron - Nov 28, 2026 122 PM/tiny.ipynb": "filled otherwise",
            "72-900 - Pat O'Neil - Nov 29, 2026 905 AM/tiny.ipynb": "filled",
        },
        {
            "ada": "71-900 - Ada Byron - Nov 28, 2026 122 PM/tiny.ipynb",
            "pat": "72-900 - Pat O'Neil - Nov 29, 2026 905 AM/tiny.ipynb",
        },
        {"71", "72"},
    ),
    "gradescope": (
        {
            "assignment_9_export/submission_metadata.yml": SUBMITTERS,
            "assignment_9_export/submission_1/tiny.ipynb": "filled",
            "assignment_9_export/submission_2/work/tiny.ipynb": "filled",
            "assignment_9_export/submission_3/tiny.ipynb": "filled",
        },
        {
            "ada": "assignment_9_export/submission_1/tiny.ipynb",
            "pat": "assignment_9_export/submission_2/work/tiny.ipynb",
            "bob": "assignment_9_export/submission_3/tiny.ipynb",
            "zoe": "assignment_9_export/submission_3/tiny.ipynb",
        },
        {"s101", "PAT", "s102", "s104"},
    ),
    "github": (
        {
            "tiny-submissions/tiny-ada/tiny/modules/02_tiny/tiny.ipynb": "filled",
            "tiny-submissions/tiny-ada/tiny/.git/HEAD": "garbage",
            "tiny-submissions/tiny-bob/tiny.ipynb": "filled",
        },
        {
            "ada": "tiny-submissions/tiny-ada/tiny/modules/02_tiny/tiny.ipynb",
            "bob": "tiny-submissions/tiny-bob/tiny.ipynb",
        },
        {"ada", "bob"},
    ),
}


def unpacked(folder: Path, files: dict[str, str], contents: dict[str, bytes]) -> Path:
    """Write the files of a download into a folder."""
    for name, what in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(contents[what] if what in contents else what.encode())
        aged(path, hours=1)
    return folder


def zipped(path: Path, files: dict[str, bytes]) -> Path:
    """Write a zip."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def plan_of(built_course: TinyCourse, folder: Path, **more: Any) -> Plan:
    course = Course(built_course.root)
    return make_plan(course, [folder], module=course.module("02"), output=folder.parent / "out", **more)


def counting(plan: Plan, folder: Path) -> dict[str, str]:
    """Return the file that counts for each student."""
    return {each.student: each.path.relative_to(folder).as_posix() for each in plan.submissions}


@pytest.mark.parametrize("platform", DOWNLOADS)
def test_a_platform_s_download_is_read_with_the_class_list(
    platform: str, tmp_path: Path, built_course: TinyCourse, contents: dict[str, bytes]
) -> None:
    files, whose, _ = DOWNLOADS[platform]
    folder = unpacked(tmp_path / "in", files, contents)
    plan = plan_of(built_course, folder, listed=CLASS)
    assert counting(plan, folder) == whose
    assert len({row.path for row in plan.rows}) + sum(plan.counts.values()) == len(files)
    assert counting(plan_of(built_course, folder, listed=CLASS, form=platform), folder) == whose


@pytest.mark.parametrize("platform", DOWNLOADS)
def test_without_a_class_list_the_platform_s_ids_are_the_students(
    platform: str, tmp_path: Path, built_course: TinyCourse, contents: dict[str, bytes]
) -> None:
    files, _, ids = DOWNLOADS[platform]
    assert set(counting(plan_of(built_course, unpacked(tmp_path / "in", files, contents)), tmp_path / "in")) == ids


def test_times_lateness_and_attempts_are_the_platform_s(
    tmp_path: Path, built_course: TinyCourse, contents: dict[str, bytes]
) -> None:
    for platform in ("canvas", "blackboard"):
        unpacked(tmp_path / platform, DOWNLOADS[platform][0], contents)
    late = plan_of(built_course, tmp_path / "canvas", listed=CLASS)
    assert sum(row.time.endswith("late as Canvas says") for row in late.rows) == 2
    rows = plan_of(built_course, tmp_path / "blackboard", listed=CLASS).rows
    assert [row.what.name for row in rows] == ["OLDER", "COUNTS", "COUNTS"]
    assert all(row.time.endswith("as Blackboard says, in the time of this machine") for row in rows)


def test_who_is_not_on_the_class_list_or_there_twice_is_held(
    tmp_path: Path, built_course: TinyCourse, contents: dict[str, bytes]
) -> None:
    files = {
        "Eve X_19_assignsubmission_file/tiny.ipynb": "filled",
        "Ada Byron_11_assignsubmission_file/tiny.ipynb": "filled",
        "Pat O'Neil_13_assignsubmission_file/tiny.ipynb": "filled",
    }
    folder = unpacked(tmp_path / "in", files, contents)
    namesake = {"ada2": ListedStudent("ada2", "Ada", "Byron")}
    plan = plan_of(built_course, folder, listed=CLASS | namesake)
    assert set(counting(plan, folder)) == {"pat"}
    assert [row.why.split(":")[0] for row in plan.to_look_at] == [
        "the class list has nobody, or several, for Ada Byron (Moodle)",
        "the class list has nobody, or several, for Eve X (Moodle)",
    ]


def test_a_manifest_in_another_student_s_name_is_held(
    tmp_path: Path, built_course: TinyCourse, contents: dict[str, bytes]
) -> None:
    files = {"leebob_102_9001_homework.zip": "ada's zip", "byronada_101_9002_homework.zip": "ada's zip"}
    folder = unpacked(tmp_path / "in", files, contents)
    plan = plan_of(built_course, folder, listed=CLASS)
    assert counting(plan, folder) == {"ada": "byronada_101_9002_homework.zip"}
    assert "its path says bob, and the manifest in it says ada" in plan.to_look_at[0].why


def test_of_two_people_of_a_platform_who_claim_one_student_both_are_held(
    tmp_path: Path, built_course: TinyCourse, contents: dict[str, bytes]
) -> None:
    files = {"leebob_102_9001_hw.zip": "ada's zip", "byronada_101_9002_hw.zip": "ada's zip"}
    folder = unpacked(tmp_path / "in", files, contents)
    other = stamped(folder / "byronada_101_9002_hw.zip", "x.zip", "2026-05-01 10:00:00.000000 UTC", OTHER_ANSWER)
    other.rename(folder / "leebob_102_9001_hw.zip")
    plan = plan_of(built_course, folder)  # without a class list
    assert plan.submissions == []
    assert all("101 and 102 both handed in as ada" in row.why for row in plan.to_look_at)
    (folder / "leebob_102_9001_hw.zip").unlink()
    unpacked(folder, {"byronada_101_9003_tiny.ipynb": "released"}, contents)
    alone = plan_of(built_course, folder)  # the platform's 101 is ada, as her zip says
    assert {row.student for row in alone.rows} == {"ada"}


def test_the_zip_of_a_whole_class_is_collected_and_again_changes_nothing(
    course: TinyCourse, tmp_path: Path, contents: dict[str, bytes]
) -> None:
    files = {name: contents[what] for name, what in DOWNLOADS["canvas"][0].items()}
    download = zipped(tmp_path / "submissions.zip", {**files, "x_106_9009_02_tiny.zip": contents["ada's zip"]})
    before = files_in(course.root)
    shown = course.tito("collect", download, "--dry-run")
    assert files_in(course.root) == before
    assert f"{download}/byronada_101_9001_tiny.ipynb" in shown.stdout
    run = course.tito("collect", download)
    assert run.returncode == 1
    assert f"{download}/mullerzoe_104_9005_notes.pdf" in run.stderr
    assert "/tmp/tinytorch-collect" not in run.stdout + run.stderr
    collected = {path.name for path in (course.root / "submitted").iterdir()}
    assert collected == {"101", "102", "103", "105", "ada"}
    after = files_in(course.root)
    again = course.tito("collect", download)
    assert again.stdout.count("was collected before") == 6
    assert files_in(course.root) == after


UNSAFE = {
    "../../evil.ipynb": "its name leads out of the zip",
    "/tmp/evil.ipynb": "its name leads out of the zip",
    "a\\..\\evil.ipynb": "its name leads out of the zip",
    "NUL.ipynb": "its name is that of a device",
    "a/tiny.ipynb": "another file of the zip has the same name",
    "link.ipynb": "it is a link",
    "huge.ipynb": "it is too large",
}


def test_what_is_unsafe_in_a_zip_is_refused_by_name_and_nothing_is_written_outside(
    course: TinyCourse, tmp_path: Path, contents: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tinytorch.course.handin.unpack_download.MOST_ZIP_BYTES", 1_000_000)
    download = tmp_path / "class.zip"
    with zipfile.ZipFile(download, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a/Tiny.ipynb", contents["filled"])
        for name in UNSAFE:
            entry = zipfile.ZipInfo(name)
            if name == "link.ipynb":
                entry.external_attr = 0o120777 << 16
            archive.writestr(entry, b" " * (2_000_000 if name == "huge.ipynb" else 9), zipfile.ZIP_DEFLATED)
    before = {path for path in tmp_path.rglob("*") if "course" not in path.parts}
    plan = collect_all(Course(course.root), [download], course.root)
    said = {row.path.as_posix().rpartition("/")[2]: row.why for row in plan.to_look_at}
    for name, why in UNSAFE.items():
        assert said[name.rpartition("/")[2]].startswith(why)
    assert {path for path in tmp_path.rglob("*") if "course" not in path.parts} == before
    assert [each.student for each in plan.submissions] == ["a"]
    monkeypatch.setattr("tinytorch.course.handin.unpack_download.MOST_ENTRIES", 3)
    with pytest.raises(CourseError, match="holds 8 files, at most 3"):
        collect_all(Course(course.root), [download], course.root)


def test_an_unknown_form_is_refused_with_those_that_are_known(course: TinyCourse, tmp_path: Path) -> None:
    run = course.tito("collect", tmp_path, "--from", "canvass")
    assert run.returncode == 1
    assert "choose one of canvas, moodle, blackboard, d2l, github, gradescope, folder" in run.stderr

"""Where a student stands, from what `tito check` and `tito submit` kept: nothing is run for it."""

from __future__ import annotations

import os
from pathlib import Path

import nbformat
import pytest

from tests.helpers.tiny_course import TinyCourse, contents
from tinytorch.course.layout import Course
from tinytorch.course.student.student_status import CHANGED, KEPT, ModuleStatus, student_status


@pytest.fixture
def bundle(built_course: TinyCourse, tmp_path: Path) -> TinyCourse:
    folder = tmp_path / "bundle"
    built_course.tito("bundle", "02", "--output", folder, check=True)
    return TinyCourse(folder)


def status_of(bundle: TinyCourse) -> ModuleStatus:
    course = Course(bundle.root)
    return student_status(course, course.modules)[-1]


def test_a_fresh_bundle_has_nothing_written_and_a_given_module(bundle: TinyCourse) -> None:
    course = Course(bundle.root)
    given, tiny = student_status(course, course.modules)
    assert given.row == ["01_tensor", "given", "", "in the package", ""]
    assert tiny.row == ["02_tiny", "0 of 4 cells", "not checked yet: tito check 02", "no", "no"]


def test_each_command_s_result_is_told_and_a_later_change_too(bundle: TinyCourse) -> None:
    nbformat.write(bundle.filled(), bundle.released)
    assert status_of(bundle).written == "3 of 4 cells"
    bundle.tito("check", "02", check=True)
    bundle.tito("export", "02", check=True)
    bundle.tito("submit", "02", "--student", "ada", check=True)
    status = status_of(bundle)
    assert status.passes.startswith("20 of 20, 20")
    assert status.exported == "yes"
    assert status.handed_in.startswith("02_tiny-ada-")
    assert CHANGED not in " ".join(status.row)

    changed = bundle.filled(double="#| export\ndef double(x):\n    return x\n")
    nbformat.write(changed, bundle.released)
    later = bundle.root.joinpath("tinytorch/core/tiny.py").stat().st_mtime_ns + 1_000_000_000
    os.utime(bundle.released, ns=(later, later))
    status = status_of(bundle)
    assert all(CHANGED in said for said in (status.passes, status.exported, status.handed_in))


def test_one_step_s_check_is_not_kept_for_the_whole(bundle: TinyCourse) -> None:
    nbformat.write(bundle.filled(), bundle.released)
    bundle.tito("check", "02", "--step", "1", check=True)
    assert status_of(bundle).passes == "not checked yet: tito check 02"


@pytest.mark.parametrize(
    "damage", ["", "[]", '{"checked": {"at": "soon"}}', '{"checked": 3}', '{"handed_in": {"at": 1}}']
)
def test_what_is_damaged_counts_as_not_kept(bundle: TinyCourse, damage: str) -> None:
    (bundle.root / KEPT).mkdir()
    (bundle.root / KEPT / "02_tiny.json").write_text(damage)
    assert status_of(bundle).passes == "not checked yet: tito check 02"


def test_a_notebook_that_cannot_be_read_is_named_and_the_table_is_there(bundle: TinyCourse) -> None:
    bundle.released.write_text("{")
    said = bundle.tito("status", check=True).stdout
    assert "cannot be read as a notebook" in said
    assert "01_tensor" in said


def test_status_changes_no_file_and_names_the_columns(bundle: TinyCourse) -> None:
    before = contents(bundle.root)
    said = bundle.tito("status", check=True).stdout
    assert [*said.splitlines()[2].split()][:2] == ["module", "written"]
    assert contents(bundle.root) == before


def test_the_course_s_own_folder_keeps_nothing_and_wants_a_module(course: TinyCourse) -> None:
    nbformat.write(course.filled(), course.released)
    course.tito("check", "02", check=True)
    assert not (course.root / KEPT).exists()
    refused = course.tito("status")
    assert (refused.returncode, refused.stderr) == (1, "tito: Say of which module, such as `tito status 05`.\n")

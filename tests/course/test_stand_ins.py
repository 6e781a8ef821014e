"""Stand-ins: found in a source, packed for a bundle, and read there."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.helpers.repository import ROOT
from tinytorch.course.layout import Course, CourseError, Module
from tinytorch.course.notebook import grade_id, read_notebook, role_of
from tinytorch.course.stand_ins import packed, stand_ins

COURSE = Course(ROOT)


def in_bundle(root: Path, content: bytes) -> Module:
    """Return module 05 in a folder without sources that has this file of stand-ins."""
    module = Module("05_dataloader", root)
    module.stand_ins_path.parent.mkdir(parents=True)
    module.stand_ins_path.write_bytes(content)
    return module


@pytest.mark.parametrize("module", COURSE.modules, ids=lambda module: module.assignment)
def test_they_are_in_the_tests_whose_visible_part_does_nothing(module: Module) -> None:
    quiet = {
        grade_id(cell)
        for cell in read_notebook(module.released_path).cells
        if role_of(cell) == "test" and not ast.parse(cell.source).body
    }
    assert set(stand_ins(COURSE, module)) == quiet


def test_a_bundle_has_them_packed(tmp_path: Path) -> None:
    found = stand_ins(COURSE, COURSE.module("05"))
    assert "_keeps_loader" in found["loader-ready"]
    content = packed(found)
    assert b"loader" not in content
    assert stand_ins(Course(tmp_path), in_bundle(tmp_path, content)) == found


def test_a_bundle_without_them_has_none(tmp_path: Path) -> None:
    assert stand_ins(Course(tmp_path), Module("05_dataloader", tmp_path)) == {}


@pytest.mark.parametrize("content", [b"", b"loader", packed({})[:-4]])
def test_a_damaged_file_is_named(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(CourseError, match=r"stand_ins\.txt is damaged: take it from a new copy of the course\."):
        stand_ins(Course(tmp_path), in_bundle(tmp_path, content))

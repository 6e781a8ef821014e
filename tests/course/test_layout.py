"""Where the things of a course lie."""

from __future__ import annotations

import pytest

from tests.helpers.tiny_course import TinyCourse
from tinytorch.course.layout import Course, CourseError


def test_a_module_is_found_by_number_name_or_both(built_course: TinyCourse) -> None:
    found = Course(built_course.root)
    assert {found.module(name).assignment for name in ("02", "2", "tiny", "02_tiny")} == {"02_tiny"}
    with pytest.raises(CourseError, match="choose one of 01_tensor, 02_tiny"):
        found.module("07")

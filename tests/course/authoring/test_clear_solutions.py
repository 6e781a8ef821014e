"""What a release leaves in a cell to write."""

from __future__ import annotations

from tests.helpers.tiny_course import TinyCourse, cell_named
from tinytorch.course.configuration import load_config
from tinytorch.course.layout import Course
from tinytorch.course.notebook import STUB


def test_the_stub_that_export_looks_for_is_the_one_that_releases_leave(built_course: TinyCourse) -> None:
    assert STUB in load_config(Course(built_course.root)).ClearSolutions.code_stub["python"]
    assert STUB in cell_named(built_course.notebook(), "double").source

"""Where nbgrader keeps a student's files."""

from __future__ import annotations

from typing import Any

from tinytorch.course.gradebook.nbgrader_api import open_nbgrader_in
from tinytorch.course.gradebook.student_files import StudentFiles
from tinytorch.course.layout import Course


def test_a_student_s_files_are_where_grading_has_put_them(graded: Any) -> None:
    course = Course(graded.course.root)
    files = StudentFiles(open_nbgrader_in(course, graded.output).coursedir, course.module("02"))
    assert files.submitted_folder("right") == graded.output / "submitted" / "right" / "02_tiny"
    assert files.graded_notebook("right") == graded.output / "autograded" / "right" / "02_tiny" / "tiny.ipynb"
    assert files.page("right") == graded.output / "feedback" / "right" / "02_tiny" / "tiny.html"
    assert files.submitted_folder("right").is_dir()
    assert files.page("right").is_file()
    assert files.read_graded("right") == graded.ran("right")

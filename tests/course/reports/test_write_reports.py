"""What a run leaves beside the gradebook."""

from __future__ import annotations

from tests.helpers.tiny_course import GradedClass


def test_tito_grade_writes_both_files_and_names_them(graded: GradedClass) -> None:
    for name in ("canvas.csv", "nbgrader.csv"):
        assert (graded.output / name).is_file()
        assert str(graded.output / name) in graded.run.stdout

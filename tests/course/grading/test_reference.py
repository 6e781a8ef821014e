"""Nobody is graded by a test that the reference solution fails."""

from __future__ import annotations

from pathlib import Path

from tests.helpers.hand_in import hand_in
from tests.helpers.tiny_course import TinyCourse


def test_a_test_that_fails_on_the_reference_stops_the_run_and_changes_nobody_s_points(
    course: TinyCourse, tmp_path: Path
) -> None:
    source = course.root / "src" / "02_tiny" / "02_tiny.py"
    text = source.read_text(encoding="utf-8").replace("answer_of_student == 2469134", "forgotten_name == 2469134")
    source.write_text(text, encoding="utf-8")
    hand_in(course, tmp_path, "amy.ipynb", lambda course: course.filled())
    run = course.tito("grade", tmp_path, "--module", "02", "--output", tmp_path / "out")
    assert run.returncode == 1
    assert run.stderr.count("\n") == 1
    assert "The grader's own cell double-more fails on the reference solution (NameError: " in run.stderr
    assert "nothing was graded" in run.stderr
    assert not (tmp_path / "out").exists()

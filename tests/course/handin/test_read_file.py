"""Reading a file as it was handed in."""

from __future__ import annotations

from tests.helpers.hand_in import NOTHING, UNREADABLE, hand_in, written
from tests.helpers.tiny_course import POINTS, GradedClass, TinyCourse


def test_plain_nbgrader_records_a_broken_submission_with_0_points_and_its_reason(course: TinyCourse) -> None:
    made = {
        "amy": lambda course: course.filled(),
        "bob": UNREADABLE["truncated.ipynb"][0],
        "cy": lambda course: written(course.filled()).encode("utf-16"),
    }
    for student, make in made.items():
        hand_in(course, course.root / "submitted", f"{student}/02_tiny/tiny.ipynb", make)
    course.run("nbgrader", "generate_assignment", "02_tiny", "--force", check=True)
    run = course.run("nbgrader", "autograde", "02_tiny", check=True)
    course.run("nbgrader", "generate_feedback", "02_tiny", check=True)
    graded = GradedClass(course, course.root / "submitted", course.root, run)
    assert [graded.recorded(student) for student in made] == [POINTS, NOTHING, POINTS]
    page = (course.root / "feedback" / "bob" / "02_tiny" / "tiny.html").read_text(encoding="utf-8")
    assert "the file stops in the middle" in page

"""Which cell of a notebook belongs to which step."""

from __future__ import annotations

from tests.helpers.tiny_course import TinyCourse
from tinytorch.course.notebook import sections


def test_tests_after_the_last_step_stand_under_their_own_heading(built_course: TinyCourse) -> None:
    assert [name for name, cell in sections(built_course.notebook()) if cell.id in ("imports", "pair", "why")] == [
        "Before step 1",
        "Step 2",
        "Questions",
    ]

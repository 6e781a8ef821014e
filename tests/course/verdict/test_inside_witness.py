"""What runs in the student's process takes values down, and decides nothing."""

from __future__ import annotations

from tinytorch.course.verdict.decode_values import decode
from tinytorch.course.verdict.inside_witness import observe


def test_looking_at_what_raises_sends_the_error() -> None:
    kind, content = observe(lambda: [][1])
    assert kind == "raised"
    assert isinstance(decode(content), IndexError)

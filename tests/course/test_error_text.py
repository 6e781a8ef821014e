"""An error in one line."""

from __future__ import annotations

import pytest

from tinytorch.course.error_text import error_line, first_line


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ("one", "one"),
        ("one\ntwo", "one"),
        ("\n  one  \r\n two", "one"),
        (ValueError("one\ntwo"), "one"),
        (KeyError("step"), "'step'"),
        ("", "nothing said"),
        (" \n\t\n", "nothing said"),
        (ValueError(), "nothing said"),
    ],
)
def test_the_first_line_of_a_text_or_an_error_is_the_first_that_says_something(said: object, line: str) -> None:
    assert first_line(said, "nothing said") == line


def test_nothing_is_an_empty_line_unless_asked_otherwise() -> None:
    assert first_line(" \n ") == ""


def test_an_error_that_says_nothing_is_its_name_alone() -> None:
    assert error_line("ValueError", ValueError("one\ntwo")) == "ValueError: one"
    assert error_line("ValueError", "") == "ValueError"

"""An error in one line."""

from __future__ import annotations

import pytest

from tinytorch.course.error_text import MOST_CHARACTERS, error_line, first_line, in_one_line


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


def test_one_line_says_all_of_an_error_but_for_the_middle_of_long_values() -> None:
    assert in_one_line("one\n  two\n") == "one two"
    assert in_one_line(f"it gave {list(range(20))}.") == "it gave [0, 1, 2, 3, 4, 5, 6, 7, …]."
    nested = in_one_line(f"it gave {[[0, 0]] * 1000}, not a tuple.")
    assert len(nested) <= MOST_CHARACTERS
    assert nested.startswith("it gave [[0, 0], ")
    assert nested.endswith("[0, 0]], not a tuple.")

"""NumPy's errors in plain words: each is the one that NumPy raises."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from tinytorch.course.student.numpy_words import in_plain_words, with_few_digits


def said_of(run: Callable[[], object]) -> str:
    with pytest.raises(ValueError, match=r".") as raised:
        run()
    return in_plain_words(f"ValueError: {raised.value}")


def test_of_a_product_that_does_not_fit_both_sizes_are_named() -> None:
    assert said_of(lambda: np.ones((4, 3)) @ np.ones((2, 3))) == (
        "ValueError: the left side of `@` has rows of 3 numbers, the right side has 2 rows "
        "(size 2 is different from 3): is a transpose missing?"
    )


def test_of_an_array_as_a_condition_it_is_said_what_takes_it_whole() -> None:
    said = said_of(lambda: bool(np.ones(2)))
    assert said.startswith("ValueError: The truth value of an array with more than one element is ambiguous: ")
    assert "np.where" in said
    assert "a.any()" not in said


def test_of_parts_of_different_shapes_it_is_said_that_they_are_no_array() -> None:
    said = said_of(lambda: np.array([[1.0, 2.0], [1.0]]))
    assert said == "ValueError: inhomogeneous shape: what is to become one array has parts of different shapes."


def test_a_lost_axis_is_asked_for_and_other_shapes_are_not() -> None:
    rows = np.ones((2, 3))
    assert said_of(lambda: rows - rows.max(axis=1)).endswith("shapes (2,3) (2,): is `keepdims=True` missing?")
    assert said_of(lambda: rows - np.ones((2, 4))).endswith("shapes (2,3) (2,4) ")


def test_any_other_error_stays_as_it_is() -> None:
    assert in_plain_words("KeyError: 3") == "KeyError: 3"


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("it should be 50; it was 8.05904769897461", "it should be 50; it was 8.059"),
        ("[[1, 2]] should come; it gave [[1.0, 3.0]]", "[[1, 2]] should come; it gave [[1, 3]]"),
        (
            "it should be [0.04201007]; it was [nan, 0.04201006516814232]",
            "it should be [0.04201]; it was [nan, 0.04201]",
        ),
    ],
)
def test_numbers_are_shown_with_few_digits(said: str, shown: str) -> None:
    assert with_few_digits(said) == shown


def test_digits_stay_where_they_are_all_that_differs() -> None:
    for said in ("it should be 0.1; it was 0.10000000149011612", "it should be [1, 2]; it was [1.0, 2.0]"):
        assert with_few_digits(said) == said

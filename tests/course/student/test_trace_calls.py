"""Tracing a test: which functions of the notebook's cells it had called last, at each assert, and how they ended."""

from __future__ import annotations

from typing import Any

from tinytorch.course.student.trace_calls import trace_calls

CELL = """\
def good(x):
    return helper(x)
def helper(x):
    return 2 * x
def nothing(x):
    2 * x
def fails(x):
    return {}[x]
def catches(x):
    try:
        fails(x)
    except KeyError:
        x = 0
    return None
def numbers(x):
    yield x
"""
WITNESS = "class Look:\n    def __call__(self, look):\n        look()\n"


def last_calls(test: str) -> list[Any]:
    """The last call at each `look`, and at the end."""
    space: dict[str, Any] = {}
    exec(compile(CELL, "<cell>", "exec"), space)
    exec(compile(WITNESS, "<witness>", "exec"), space)
    space["look"] = space["Look"]()
    return trace_calls(lambda: exec(compile(test, "<test>", "exec"), space), {"<cell>": 7})


def test_the_last_call_before_each_assert_is_noted_without_those_that_functions_make_themselves() -> None:
    test = "good(1)\nlook(lambda: 0)\nnothing(1)\nlook(lambda: 0)\n"
    good, nothing = [7, "good", 1, ["returned"], []], [7, "nothing", 5, ["returned None", 7, 6], []]
    assert last_calls(test) == [good, nothing, nothing]


def test_the_line_that_raised_an_error_is_noted_and_one_that_was_caught_is_not() -> None:
    assert last_calls("fails(1)\nlook(lambda: 0)\n") == [[7, "fails", 7, ["raised", 7, 8], []]]
    assert last_calls("catches(1)\n") == [[7, "catches", 9, ["returned None", 7, 14], []]]


def test_a_generator_that_ends_has_not_returned_none() -> None:
    assert last_calls("list(numbers(1))\n") == [[7, "numbers", 15, ["returned"], []]]


def test_a_test_that_calls_nothing_of_the_notebook_s_has_no_call() -> None:
    assert last_calls("look(lambda: 0)\n") == [None, None]


def test_other_functions_that_were_called_for_the_same_assert_are_named() -> None:
    test = "good(1), nothing(1), good(2)\nlook(lambda: 0)\nlook(lambda: 0)\nnothing(1)\n"
    good, nothing = [7, "good", 1, ["returned"], ["nothing"]], [7, "nothing", 5, ["returned None", 7, 6], []]
    assert last_calls(test) == [good, good, nothing]

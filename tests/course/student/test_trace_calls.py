"""Tracing a test: which functions of the notebook's cells it had called last, at each assert, and how they ended."""

from __future__ import annotations

from typing import Any

from tinytorch.course.student.trace_calls import MOST_LINES, trace_calls

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
def passes_on(x):
    return makes(x)
def makes(x):
    return [*x]
def asks(x):
    return nothing(x)
def asks_before(x):
    nothing(x)
    x = None
def turns(x):
    for _ in range(x):
        pass
    return 1.5
"""
WITNESS = "class Look:\n    def __call__(self, look):\n        look()\n"


def last_calls(test: str) -> list[Any]:
    """The last call at each `look`, and at the end."""
    space: dict[str, Any] = {}
    exec(compile(CELL, "<cell>", "exec"), space)
    exec(compile(WITNESS, "<witness>", "exec"), space)
    space["look"] = space["Look"]()
    return trace_calls(lambda: exec(compile(test, "<test>", "exec"), space), {"<cell>": 7})


GOOD = [7, "good", 1, ["returned", 7, 2, [2], "good", None], []]
NOTHING = [7, "nothing", 5, ["returned None", 7, 6, [6], "nothing", None], []]


def test_the_last_call_before_each_assert_is_noted_without_those_that_functions_make_themselves() -> None:
    test = "good(1)\nlook(lambda: 0)\nnothing(1)\nlook(lambda: 0)\n"
    assert last_calls(test) == [GOOD, NOTHING, NOTHING]


def test_the_line_that_raised_an_error_is_noted_and_one_that_was_caught_is_not() -> None:
    assert last_calls("fails(1)\nlook(lambda: 0)\n") == [[7, "fails", 7, ["raised", 7, 8, "KeyError"], []]]
    (called,) = last_calls("catches(1)\n")
    assert called[3] == ["returned None", 7, 14, [10, 11, 12, 13, 14], "catches", None]


def test_a_generator_that_ends_has_not_returned_none_but_is_where_it_last_yielded() -> None:
    ended = ["returned", 7, 16, [16], "numbers", None]
    assert last_calls("list(numbers(1))\n") == [[7, "numbers", 15, ended, []]]
    assert last_calls("first = numbers(1)\nnext(first)\nlook(lambda: 0)\nnext(first)\n")[0][3] == ended


def test_a_test_that_calls_nothing_of_the_notebook_s_has_no_call() -> None:
    assert last_calls("look(lambda: 0)\n") == [None, None]


def test_other_functions_that_were_called_for_the_same_assert_are_named() -> None:
    test = "good(1), nothing(1), good(2)\nlook(lambda: 0)\nlook(lambda: 0)\nnothing(1)\n"
    assert last_calls(test) == [[*GOOD[:4], ["nothing"]]] * 2 + [NOTHING]


def test_a_value_that_a_function_has_from_another_one_leads_to_who_made_it() -> None:
    (called,) = last_calls("passes_on([1])\n")
    assert called[:4] == [7, "passes_on", 17, ["returned", 7, 20, [20], "makes", None]]


def test_of_none_it_is_noted_which_function_returned_none_in_the_same_line_just_before() -> None:
    (called,) = last_calls("asks(1)\n")
    assert called[3][:3] == ["returned None", 7, 22]
    assert called[3][4:] == ["asks", NOTHING[3]]
    (called,) = last_calls("asks_before(1)\n")
    assert called[3][4:] == ["asks_before", None]


def test_a_long_loop_is_traced_no_further_than_it_takes_long() -> None:
    (called,) = last_calls(f"turns({MOST_LINES})\n")
    assert called[3] == ["returned", 7, 29, [27, 28], "turns", None]

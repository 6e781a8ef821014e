"""Hints: what may be wrong in a line of a student's cell."""

from __future__ import annotations

import pytest

from tinytorch.course.student.hints import (
    forgotten_self,
    hint_at_error,
    hint_in_function,
    none_of,
    plain_value,
    return_in_loop,
    uncalled,
)

LOADER = """\
class Loader:
    def __init__(self, dataset):
        self.dataset = dataset
    def __len__(self):
        return len({0})
"""


@pytest.mark.parametrize(
    ("line", "error", "hint"),
    [
        (
            "order[0]",
            "TypeError: 'NoneType' object is not subscriptable",
            "`random.shuffle` returns None, so `order` is None since line 2.",
        ),
        ("x.data", "AttributeError: 'list' object has no attribute 'data'", "`x` is a list here, not a Tensor."),
        (
            "x.shape",
            "AttributeError: 'int' object has no attribute 'shape'",
            "`x` is an int here: make every value an array first, with np.asarray.",
        ),
        ("x.colour", "AttributeError: 'int' object has no attribute 'colour'", ""),
        ("math.pi", "NameError: name 'math' is not defined", "Is `import math` missing?"),
        ("maths.pi", "NameError: name 'maths' is not defined", ""),
        (
            "len(made)",
            "TypeError: object of type 'builtin_function_or_method' has no len()",
            "`made` is a function, not what it gives: is `()` missing in line 3?",
        ),
    ],
)
def test_an_error_in_a_line_has_a_hint_where_its_cause_is_seen(line: str, error: str, hint: str) -> None:
    source = f"def f(x):\n    order = random.shuffle(x)\n    made = x.copy\n    return {line}\n"
    assert hint_at_error(source, 4, error, [source]) == hint


def test_a_function_without_an_error_has_a_hint_on_its_loop_or_on_a_missing_self() -> None:
    loop = "def f(rows):\n    for row in rows:\n        return row\n"
    assert hint_in_function(loop, 1, [loop]) == "The `return` in line 3 ends the loop of line 2 at once."
    forgotten = LOADER.format("dataset")
    assert hint_in_function(forgotten, 4, [forgotten]) == "Is `self.dataset` meant by `dataset` in line 5?"
    assert hint_in_function("def f(x):\n    return x\n", 1, []) == ""


def test_a_name_that_is_meant_as_an_attribute_of_self_is_found() -> None:
    forgotten = LOADER.format("dataset")
    assert forgotten_self(forgotten, 5, [forgotten]) == ("dataset", 5)
    assert forgotten_self(forgotten, 3, [forgotten]) == ("", 0)
    right = LOADER.format("self.dataset")
    assert forgotten_self(right, 5, [right]) == ("", 0)
    patched = "@patch\ndef __iter__(self: Loader):\n    yield dataset\n"
    assert forgotten_self(patched, 3, [right, patched]) == ("dataset", 3)
    assert forgotten_self(patched, 3, [right, patched, "dataset = [1]\n"]) == ("", 0)
    assert forgotten_self(patched.replace("Loader", "Other"), 3, [right]) == ("", 0)


def test_what_gives_none_is_named() -> None:
    source = "order = random.shuffle(rows)\nfirst = order[0]\n"
    assert none_of(source, 2) == "`random.shuffle` returns None, so `order` is None since line 1."
    assert none_of("order = sorted(rows)\nfirst = order[0]\n", 2) == ""


def test_a_return_that_ends_a_loop_at_its_first_turn_is_found_and_one_under_a_condition_is_not() -> None:
    source = "def f(rows):\n    for row in rows:\n        row = row + 1\n        return row\n"
    assert return_in_loop(source, 1) == "The `return` in line 4 ends the loop of line 2 at once."
    found = "def find(rows):\n    for row in rows:\n        if row:\n            return row\n"
    assert return_in_loop(found, 1) == ""
    assert return_in_loop(found + source, 1) == ""


def test_a_value_without_an_attribute_leads_to_what_put_it_into_the_list() -> None:
    source = "def f(rows):\n    found = []\n    for row in rows:\n        found.append(row)\n"
    source += "    return [a.shape for a in found]\n"
    assert plain_value(source, 5, "shape") == ("a", 4)
    assert plain_value("def f(self, other):\n    return self.data - other.data\n", 2, "data") == ("other", None)
    assert plain_value("def f(a, b):\n    return a.data - b.data\n", 2, "data") == ("", None)


def test_a_function_that_was_not_called_leads_to_where_it_got_its_name() -> None:
    source = "def f(p):\n    number = random.random\n    if number < p:\n        return p\n"
    assert uncalled(source, 3) == ("number", 2)
    assert uncalled(source.replace("random.random", "a.random if a else random.random()"), 3) == ("number", 2)
    assert uncalled(source.replace("random.random", "random.random()"), 3) is None

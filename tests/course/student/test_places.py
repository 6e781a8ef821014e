"""Places in a student's cells: the line that a message leads to, and what may be wrong there."""

from __future__ import annotations

import pytest

from tinytorch.course.student.places import (
    condition_of,
    definition_line,
    forgotten_self,
    line_of,
    loop_around,
    named_line,
    none_of,
    return_in_loop,
)

TWO = "class One:\n    def __call__(self):\n        pass\nclass Two:\n    def __call__(self):\n        pass\n"
LOADER = """\
class Loader:
    def __init__(self, dataset):
        self.dataset = dataset
    def __len__(self):
        return len({0})
"""


def test_a_line_is_shown_with_its_code() -> None:
    assert line_of("a = 1\n  return  b\n", 2, "your cell `f`") == "line 2 of your cell `f`: `return  b`"
    assert line_of("a = 1\n", 1) == "line 1: `a = 1`"
    assert line_of("a = 1\n", 7, "your cell `f`") == "line 7 of your cell `f`"
    assert line_of("a" * 200, 1).endswith("a …`")


def test_of_a_decorated_function_the_line_with_its_name_is_shown() -> None:
    assert definition_line("@patch\n@other\ndef f(self: A):\n    pass\n", "f", 1) == 3
    assert definition_line("f = 1\n", "f", 1) == 1


@pytest.mark.parametrize(
    ("said", "surely", "line"),
    [
        ("Two.__call__() takes 1 argument", True, (0, 5)),
        ("One.__call__() takes 1 argument", True, (0, 2)),
        ("len(loader) was 3", True, None),
        ("class Two should have the method f", True, None),
        ("class Two should have the method f", False, (0, 4)),
        ("three of these", False, None),
    ],
)
def test_what_a_message_names_is_found(said: str, surely: bool, line: tuple[int, int] | None) -> None:
    assert named_line(said, [TWO], surely=surely) == line


def test_a_plain_word_names_a_function_only_where_nothing_else_is_known() -> None:
    source = "def step(x):\n    pass\n"
    assert named_line("each step should be 2", [source], surely=True) is None
    assert named_line("each step should be 2", [source], surely=False) == (0, 1)


def test_the_loop_around_a_line_is_the_nearest_while_or_else_the_nearest_for() -> None:
    source = "while a:\n    for b in c:\n        d()\nfor e in f:\n    g()\nh()\n"
    assert [loop_around(source, line) for line in range(1, 7)] == [1, 1, 1, 4, 4, None]
    assert loop_around("while :", 1) is None


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


GUARDED = """\
def sized(count, wide):
    if count < 0 and wide:
        raise ValueError("count")
    if wide == 0:
        raise ValueError("wide")
    if count == 7:
        raise TypeError("seven")
    return count
"""


@pytest.mark.parametrize(
    ("error", "said", "line"),
    [
        ("ValueError", "count=-1 should raise ValueError; it raised nothing", 2),
        ("TypeError", "count=-1 should raise TypeError; it raised nothing", 6),
        ("ValueError", "wide=0 should raise ValueError; it raised nothing", None),  # two conditions read it
        ("ValueError", "size=0 should raise ValueError; it raised nothing", None),
        ("KeyError", "count=-1 should raise KeyError; it raised nothing", None),
    ],
)
def test_where_an_error_should_have_been_raised_the_condition_for_it_is_found(
    error: str, said: str, line: int | None
) -> None:
    assert condition_of(GUARDED, 1, error, said) == line


def test_a_return_that_ends_a_loop_at_its_first_turn_is_found_and_one_under_a_condition_is_not() -> None:
    source = "def f(rows):\n    for row in rows:\n        row = row + 1\n        return row\n"
    assert return_in_loop(source, 1) == "The `return` in line 4 ends the loop of line 2 at once."
    found = "def find(rows):\n    for row in rows:\n        if row:\n            return row\n"
    assert return_in_loop(found, 1) == ""
    assert return_in_loop(found + source, 1) == ""

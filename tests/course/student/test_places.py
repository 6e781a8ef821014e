"""Places in a student's cells: the line that a message leads to."""

from __future__ import annotations

import pytest

from tinytorch.course.student.places import (
    assigned_in,
    attribute_line,
    calls_in_return,
    changed_in_place,
    code_below,
    condition_of,
    definition_line,
    end_of,
    function_at,
    guard_of,
    is_loop,
    line_of,
    loop_around,
    named_line,
    not_kept,
    only_return,
    origin_of,
    own_call,
    quoted_call,
    quoted_entry,
    told_call,
    yield_at,
)

TWO = "class One:\n    def __call__(self):\n        pass\nclass Two:\n    def __call__(self):\n        pass\n"


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


MAKES = """\
def f(rows, log):
    made = []
    for row in rows:
        made.append(row + 1)
    if log:
        made = [0]
    return tuple(made)
"""


@pytest.mark.parametrize(("ran", "line"), [({2, 3, 4, 5, 7}, 4), ({2, 3, 5, 6, 7}, 6), ({2, 3, 5, 7}, 7), (set(), 7)])
def test_what_a_return_returns_leads_to_the_line_that_ran_last_of_those_that_make_it(ran: set[int], line: int) -> None:
    assert origin_of(MAKES, 7, ran) == line


def test_a_name_is_followed_through_a_tensor_around_it_and_an_entry_that_is_set() -> None:
    source = "def f(x):\n    a = g(x)\n    a[0] = 1\n    b = a\n    return Tensor(b, dtype=d) if x.d else b\n"
    assert origin_of(source, 5, {2, 3, 4, 5}) == 3
    assert origin_of(source, 4, {2, 3, 4}) == 3
    assert origin_of("def f(x):\n    y = x\n    return y + 1\n", 3, {2, 3}) == 3


def test_the_line_that_assigns_the_attribute_of_which_a_message_speaks_is_found() -> None:
    source = "def __init__(self, p):\n    self.p = p\n    self.weight = 1\n    self.bias = 2\n    self.bias = 3\n"
    assert attribute_line(source, {2, 3, 4, 5}, "weight of Linear(3, 2) should be (2, 3)") == 3
    assert attribute_line(source, {2, 3, 4, 5}, "weight of p should be 2") == 3
    assert attribute_line(source, {2}, "weight should be 2") is None
    assert attribute_line(source, {2, 3, 4, 5}, "bias should be 2") is None


def test_a_function_that_ended_in_a_with_or_finally_ended_in_the_return_that_ran() -> None:
    source = "def f(x):\n    with g():\n        if x:\n            return 1\n        return 2\n"
    assert [end_of(source, 2, ran) for ran in ({2, 3, 4}, {2, 3, 5}, {2, 3})] == [4, 5, 3]
    assert end_of("def f(x):\n    try:\n        return x\n    finally:\n        g()\n", 5, {2, 3, 5}) == 3
    assert end_of("def f(x):\n    if x: return 1\n    g()\n", 3, {2, 3}) == 3
    assert end_of("def f(x):\n    with g():\n        yield x\n", 3, {2, 3}) == 3


def test_the_only_line_that_changes_a_value_in_place_is_found() -> None:
    source = "def f(x):\n    x -= 1\n    y = x\n    y[0] = 2\n"
    assert changed_in_place(source, 3, {2, 3}) == 2
    assert changed_in_place(source, 3, {2, 3, 4}) is None


def test_a_call_of_the_function_itself_is_found_in_one_inside_it_too() -> None:
    inside = "def order(x):\n    def visit(t):\n        for each in t:\n            visit(each)\n    visit(x)\n"
    assert own_call(inside, 1) == 4
    assert own_call("def order(x):\n    return [self.order(each) for each in x]\n", 1) == 2
    assert own_call("def order(x):\n    return other(x)\n", 1) is None


def test_a_raise_hides_what_stands_below_it_in_its_block() -> None:
    source = "def f(x):\n    raise NotImplementedError\n    return x\ndef g(x):\n    raise NotImplementedError\n"
    assert [code_below(source, line) for line in (2, 3, 5)] == [True, False, False]


def test_of_several_functions_in_a_cell_the_one_around_a_line_is_named_but_not_in_its_own_first_line() -> None:
    source = "@patch\ndef f(self: A):\n    return 1\n\n@patch\ndef g(self: A):\n    return 2\n"
    assert [function_at(source, line) for line in (2, 3, 6, 7)] == ["", "f", "", "g"]
    assert function_at("def f():\n    return 1\n", 2) == ""


def test_a_condition_is_not_named_for_an_error_that_is_raised_below_it() -> None:
    source = "def f(index):\n    if index > 3:\n        raise IndexError(index)\n    return [1][index]\n"
    assert condition_of(source, 4, "IndexError", "index 3 is out of bounds") == 2
    assert condition_of(source, 3, "IndexError", "index 4") is None


def test_statements_that_yield_end_a_loop_or_return_a_call_are_known() -> None:
    source = "def f(x):\n    for a in x:\n        yield (\n            a\n        )\n    return g(x)\n"
    assert [yield_at(source, line) for line in (2, 4, 6)] == [False, True, False]
    assert [is_loop(source, line) for line in (2, 4, 6)] == [True, False, False]
    assert [calls_in_return(source, line) for line in (2, 4, 6)] == [False, False, True]


def test_of_a_cell_without_functions_the_assignment_of_which_a_message_speaks_is_found() -> None:
    source = "s_gradient = 8\np_gradient = s_gradient\n"
    assert assigned_in(source, "s_gradient should be 9") == 1
    assert assigned_in(source, "s_gradient and p_gradient should be 9") is None
    assert assigned_in(source, "the gradient should be 9") is None


def test_the_only_line_with_a_call_that_a_message_writes_out_is_found() -> None:
    source = "def f(pool):\n    pool.submit(g)\n    pool.submit(h)\n    pool.shutdown(wait=False)\n"
    assert told_call(source, 1, "shutdown(wait=True) waits") == 4
    assert told_call(source, 1, "shutdown has to wait") is None
    assert told_call(source, 1, "submit(g) waits") is None


CROP = """\
class Crop:
    def __init__(self, size):
        self.size = (size, size) if isinstance(size, int) else size
    def __call__(self, image):
        if isinstance(image, Tensor):
            return self(image.data)
        if image.ndim != 2:
            raise ValueError("no image")
        np.pad(image, 1)
        total[image] = 1
        return self.cut(image)
    def cut(self, image):
        "A part of it."
        return image[:2]
"""


def test_a_call_that_a_message_quotes_is_found_in_the_whole_cell() -> None:
    assert quoted_call(CROP, "but `isinstance(np.int64(2), int)` is False") == 3
    assert quoted_call(CROP, "as `.cut(image)` gives it") == 11
    assert quoted_call(CROP, "cut(image) gives it") is None


def test_a_dictionary_that_a_message_quotes_leads_to_the_line_that_sets_an_entry() -> None:
    assert quoted_entry(CROP, 4, "add to `total`") == 10
    assert quoted_entry(CROP, 4, "add to total") is None


def test_a_raise_has_the_condition_of_its_block() -> None:
    assert guard_of(CROP, 8) == 7
    assert guard_of(CROP, 9) is None


def test_a_new_array_that_nothing_keeps_is_found() -> None:
    assert not_kept(CROP, 11) == ("np.pad", 9)
    assert not_kept(CROP.replace("np.pad", "padded = np.pad"), 11) is None


def test_of_a_function_that_only_returns_the_return_is_found() -> None:
    assert only_return(CROP, 12) == 14
    assert only_return(CROP, 4) is None

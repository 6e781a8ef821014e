"""The last call that a failed test had made leads to a line, or to a choice of functions where several were called."""

from __future__ import annotations

from collections.abc import Sequence

import nbformat
import pytest

from tinytorch.course.student.last_call import Failure, LastCall, Words, lead, read_last_call

CELL = nbformat.v4.new_code_cell(
    """\
class Pair:
    def __init__(self, left, right):
        self.left, self.right = left, right

    def both(self):
        found = []
        found.append(self.left)
        found.append(self.right)
        return found

    def each(self):
        for value in (self.left, self.right):
            yield value

    def scaled(self, factor):
        if factor == 0:
            raise ValueError("factor should not be 0")
        self.left *= factor

    def depth(self):
        return self.depth() + 1
""",
    metadata={"nbgrader": {"grade_id": "pair", "solution": True}},
)
WORDS = Words({"pair": "your cell `Pair`"})


def lead_of(call: LastCall, said: str) -> tuple[str, str]:
    return lead(Failure(call, said, said, WORDS))


def returned(function: str, line: int, ended_at: int, lines: Sequence[int], how: str = "returned") -> LastCall:
    return LastCall(CELL, line, function, how, ended_in=CELL, ended_at=ended_at, lines=lines, maker=function)


@pytest.mark.parametrize(
    ("call", "said", "where", "hint"),
    [
        (
            LastCall(CELL, 18, "scaled", "raised", error="TypeError"),
            "Step 1: expected 2",
            "line 18 of your cell `Pair`: `self.left *= factor`",
            "",
        ),
        (
            LastCall(CELL, 18, "scaled", "raised", error="ValueError"),
            "Step 1: ValueError for this factor",
            "line 16 of your cell `Pair`: `if factor == 0:`",
            "This condition was not true, so line 18 ran.",
        ),
        (
            returned("scaled", 15, 18, [16, 18], "returned None"),
            "Step 1: a factor of 0 should raise ValueError; it raised nothing",
            "line 16 of your cell `Pair`: `if factor == 0:`",
            "This condition was not true.",
        ),
        (
            LastCall(CELL, 20, "depth", "returned"),
            "RecursionError: maximum recursion depth exceeded",
            "line 21 of your cell `Pair`: `return self.depth() + 1`",
            "",
        ),
        (
            returned("scaled", 15, 18, [16, 18], "returned None"),
            "Step 1: left should stay 1",
            "line 18 of your cell `Pair`: `self.left *= factor`",
            "",
        ),
        (
            returned("each", 11, 13, [12, 13]),
            "Step 1: expected 2",
            "yielded in line 13 of your cell `Pair`, in the loop of line 12: `for value in (self.left, self.right):`",
            "",
        ),
        (
            LastCall(CELL, 17, "scaled", "raised", error="ValueError"),
            "Step 1: a factor of 1 should scale; it raised ValueError('factor should not be 0')",
            "line 16 of your cell `Pair`: `if factor == 0:`",
            "This condition should not be true here.",
        ),
        (
            LastCall(CELL, 17, "scaled", "raised", error="ValueError"),
            "Step 1: a factor of 0 should raise TypeError; it raised ValueError('factor should not be 0')",
            'line 17 of your cell `Pair`: `raise ValueError("factor should not be 0")`',
            "",
        ),
        (
            returned("both", 5, 9, [6, 7, 8, 9]),
            "Step 1: expected 2, as from `.depth()`",
            "line 21 of your cell `Pair`: `return self.depth() + 1`",
            "",
        ),
        (
            returned("both", 5, 9, [6, 7, 8, 9]),
            "Step 1: expected 2",
            "made in line 8 of your cell `Pair`: `found.append(self.right)`",
            "",
        ),
        (
            returned("scaled", 15, 18, [16, 18], "returned None"),
            "Step 1: scaled gave None",
            "line 18 of your cell `Pair`: `self.left *= factor`",
            "",
        ),
        (
            returned("__init__", 2, 3, [3], "returned None"),
            "Step 1: expected left 2",
            "line 3 of your cell `Pair`: `self.left, self.right = left, right`",
            "",
        ),
        (
            LastCall(CELL, 5, "both", "returned"),
            "Step 1: expected 2",
            "line 5 of your cell `Pair`: `def both(self):`",
            "",
        ),
    ],
)
def test_a_call_leads_to_the_line_that_counts(call: LastCall, said: str, where: str, hint: str) -> None:
    assert lead_of(call, said) == (where, hint)


def test_what_a_helper_of_another_cell_made_is_asked_for_in_the_only_line_of_the_function() -> None:
    outer, inner = map(
        nbformat.v4.new_code_cell, ("def less(a, b):\n    return f(min, a, b)", "def f(g, *a):\n    return g(a)")
    )
    call = LastCall(outer, 1, "less", "returned", ended_in=inner, ended_at=2, lines=[2], maker="f")
    assert lead_of(call, "Step 1: expected 2")[0].startswith("returned in line 2 of your own cell `def less(a, b):`")


def test_a_new_array_that_nothing_keeps_is_told() -> None:
    cell = nbformat.v4.new_code_cell("def padded(image):\n    np.pad(image, 1)\n    return image")
    call = LastCall(cell, 1, "padded", "returned", ended_in=cell, ended_at=3, lines=[2, 3], maker="padded")
    where, hint = lead_of(call, "Step 1: expected 2")
    assert where.startswith("line 2 of your own cell")
    assert hint == "`np.pad` gives a new array, which nothing keeps."


def test_of_several_functions_the_one_that_is_named_is_told_or_else_all() -> None:
    call = LastCall(CELL, 11, "each", "returned", others=["both"])
    assert lead_of(call, "Step 1: expected 2") == ("`both` or `each` in your cell `Pair`", "")
    assert lead_of(call, "Step 1: both should have 2") == ("`both` in your cell `Pair`", "")
    assert lead_of(call, "Step 1: each should yield 2")[0].startswith("line 11 of your cell `Pair`")


def test_none_that_another_function_returned_is_that_one_s() -> None:
    outer = nbformat.v4.new_code_cell("def outer():\n    return inner()")
    inner = nbformat.v4.new_code_cell("def inner():\n    1 + 1")
    within = ["returned None", 2, 2, [2], "inner", None]
    call = read_last_call([1, "outer", 1, ["returned None", 1, 2, [2], "outer", within], []], {1: outer, 2: inner})
    assert (call.cell, call.line, call.function) == (outer, 1, "outer")
    assert (call.ended_in, call.ended_at, call.maker) == (inner, 2, "inner")


def test_a_cell_that_the_student_added_is_known_by_its_first_line() -> None:
    cell = nbformat.v4.new_code_cell("# a helper\nx = 1")
    assert WORDS.line(cell, 2) == "line 2 of your own cell `# a helper`: `x = 1`"

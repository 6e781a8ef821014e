"""The last call of a student's function that a failed test had made, and the place to which it leads.

`trace_calls` notes it in the kernel. Each way from a call to a place is a function here, and `RULES` has their order:
the first that finds a place counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nbformat import NotebookNode

from tinytorch.course.error_text import first_line
from tinytorch.course.notebook import grade_id
from tinytorch.course.student.places import (
    attribute_line,
    calls_in_return,
    changed_in_place,
    condition_of,
    definition_line,
    end_of,
    function_at,
    guard_of,
    is_loop,
    line_of,
    loop_around,
    not_kept,
    only_return,
    origin_of,
    own_call,
    quoted_call,
    quoted_entry,
    told_call,
    yield_at,
)

SHOULD_RAISE = re.compile(r"\bshould raise (\w+)[^;]*; (?:it|they) (?:raised nothing|gave None)")
RAISED_UNDULY = re.compile(r"^(?!.*\bshould raise\b).*(\bit raised\b|\bnot raise\b)")
NOT_TRUE_HERE = "This condition should not be true here."
NONE_CAME = re.compile(r"\b(was|gave|returned|made|became|came as|got) None\b|\bNoneType\b")
NO_RECURSION = re.compile(r"\bRecursionError\b")
CHANGED = re.compile(  # an argument that a function had to leave alone
    r"\b(should stay|alone; it became|they became)\b"
)
LACKS = re.compile(r"object has no attribute '(\w+)'")


@dataclass(frozen=True)
class LastCall:
    """A call of a student's function, and the line that it leads to: where it raised an error, or where it begins."""

    cell: NotebookNode
    line: int
    function: str
    how: str  # it ended: "raised", "returned", "returned None"
    others: Sequence[str] = ()  # other functions of the cell that may be meant
    error: str = ""  # the name of the error that it raised
    ended_in: NotebookNode | None = None  # the cell of the function that made what it returned, if that is known
    ended_at: int = 0  # the line of that function's `return` or `yield`
    lines: Sequence[int] = ()  # that this function ran
    maker: str = ""  # its name

    def gave_none(self, said: str) -> bool:
        """Whether it returned None, and a message is about that."""
        is_none = self.how == "returned None" and self.function != "__init__"
        return is_none and NONE_CAME.search(said) is not None and SHOULD_RAISE.search(said) is None


def read_last_call(noted: Sequence[Any], cells: Mapping[int, NotebookNode]) -> LastCall:
    """Return a call as `trace_calls` notes it; `cells` are those that ran, by the numbers that it knows them by."""
    number, function, first, (how, ended_in, line, more, *rest), others = noted
    if how == "raised":
        return LastCall(cells[ended_in], line, function, how, error=more)
    maker, within = rest
    while within and calls_in_return(cells[ended_in].source, line):
        _, ended_in, line, more, maker, within = within
    begins = definition_line(cells[number].source, function, first)
    return LastCall(cells[number], begins, function, how, others, "", cells[ended_in], line, more, maker)


@dataclass(frozen=True)
class Words:
    """How a message names cells and their lines; `names` are those of the released cells, by their grade_id."""

    names: Mapping[str, str] = field(default_factory=dict)

    def cell(self, cell: NotebookNode) -> str:
        """Return what a reader of the notebook knows a cell by."""
        return self.names.get(grade_id(cell) or "") or f"your own cell `{first_line(cell.source)}`"

    def line(self, cell: NotebookNode, line: int, asked_for: str = "", *, shows_code: bool = True) -> str:
        """Return a line of a cell, with its code; without the cell, if the message begins with its name."""
        name, shown = grade_id(cell) or "", self.cell(cell)
        method = function_at(cell.source, line)
        shown += f", in `{method}`" * (bool(method) and method not in shown)
        return line_of(cell.source if shows_code else "", line, "" if name and name == asked_for else shown)


@dataclass(frozen=True)
class Failure:
    """A failed test, and the last call that it had made."""

    call: LastCall
    error: str  # in one line
    said: str  # this, and what in the test ended so
    words: Words

    @property
    def made_in(self) -> tuple[NotebookNode, int] | None:
        """The cell and the line in which what was returned was returned or yielded; None if that is not known."""
        made_by = self.call.ended_in
        if made_by is None or not self.call.ended_at:
            return None
        return made_by, end_of(made_by.source, self.call.ended_at, self.call.lines)


Lead = tuple[str, str]  # a place in words, and what is known of a condition there


def lead(failure: Failure) -> Lead:
    """Return the place to which the last call of a failed test leads."""
    return next(found for rule in RULES if (found := rule(failure)))


def _quoted(failure: Failure) -> Lead | None:
    """The message quotes a call that stands in one line of the cell."""
    quoted = quoted_call(failure.call.cell.source, failure.error)
    return (failure.words.line(failure.call.cell, quoted), "") if quoted else None


def _several_functions(failure: Failure) -> Lead | None:
    """Any of several functions of a cell, as in `DataLoader.__len__` and `__iter__`, was called for the same assert."""
    call = failure.call
    functions = [*call.others, call.function]
    named = [name for name in functions if re.search(rf"(?<!\w){name}(?!\w)", failure.said)]
    if not call.others or call.gave_none(failure.said) or named == [call.function]:
        return None
    either = " or ".join(f"`{name}`" for name in (named if len(named) == 1 else functions))
    return f"{either} in {failure.words.names.get(grade_id(call.cell) or '', 'your own cell')}", ""


def _raised(failure: Failure) -> Lead | None:
    """It raised an error: in a line, or because a condition that was to prevent that was not true."""
    call = failure.call
    if call.how != "raised":
        return None
    source = call.cell.source
    condition = condition_of(source, call.line, call.error, failure.said)
    if condition and " raise " not in f" {source.splitlines()[call.line - 1]}":
        return failure.words.line(call.cell, condition), f"This condition was not true, so line {call.line} ran."
    guard = guard_of(source, call.line) if RAISED_UNDULY.search(failure.said) else None
    return failure.words.line(call.cell, guard or call.line), NOT_TRUE_HERE * bool(guard)


def _raised_nothing(failure: Failure) -> Lead | None:
    """It should have raised an error."""
    wanted, call = SHOULD_RAISE.search(failure.said), failure.call
    if not wanted:
        return None
    condition = condition_of(call.cell.source, call.line, wanted[1], failure.said)
    return failure.words.line(call.cell, condition or call.line), "This condition was not true." * bool(condition)


def _calls_itself(failure: Failure) -> Lead | None:
    """It calls itself without end."""
    again = own_call(failure.call.cell.source, failure.call.line) if NO_RECURSION.search(failure.said) else None
    return (failure.words.line(failure.call.cell, again), "") if again else None


def _changed_what_was_given(failure: Failure) -> Lead | None:
    """It changed an argument."""
    if failure.made_in is None or not CHANGED.search(failure.error):
        return None
    cell, end = failure.made_in
    changed = changed_in_place(cell.source, end, failure.call.lines)
    return (failure.words.line(cell, changed), "") if changed else None


def _did_not_keep(failure: Failure) -> Lead | None:
    """It made a new array from another one, and goes on with the old one."""
    if failure.made_in is None or failure.call.how != "returned":
        return None
    cell, end = failure.made_in
    new = not_kept(cell.source, end)
    return (failure.words.line(cell, new[1]), f"`{new[0]}` gives a new array, which nothing keeps.") if new else None


def _yielded(failure: Failure) -> Lead | None:
    """It yielded a value."""
    if failure.made_in is None or failure.call.how != "returned":
        return None
    cell, end = failure.made_in
    if not yield_at(cell.source, end):
        return None
    if loop := loop_around(cell.source, end):
        place = failure.words.line(cell, end, shows_code=False)
        return f"yielded in {place}, in the loop of {line_of(cell.source, loop)}", ""
    return f"yielded in {failure.words.line(cell, end)}", ""


def _handed_on(failure: Failure) -> Lead | None:
    """It returned what a function of another cell made: what it asked that one for is all that it does."""
    call = failure.call
    if failure.made_in is None or call.how != "returned" or failure.made_in[0] is call.cell:
        return None
    line = only_return(call.cell.source, call.line)
    return (f"returned in {failure.words.line(call.cell, line)}", "") if line else None


def _returned(failure: Failure) -> Lead | None:
    """It returned a value, which was made in that line or before."""
    if failure.made_in is None or failure.call.how != "returned":
        return None
    cell, end = failure.made_in
    line = origin_of(cell.source, end, failure.call.lines)
    is_made_before = line != origin_of(cell.source, end, ())
    return f"{'made' if is_made_before else 'returned'} in {failure.words.line(cell, line)}", ""


def _returned_none(failure: Failure) -> Lead | None:
    """It returned None where something else is wanted."""
    if failure.made_in is None or not failure.call.gave_none(failure.said):
        return None
    cell, end = failure.made_in
    return "after the loop of " * is_loop(cell.source, end) + failure.words.line(cell, end), ""


def _assigned(failure: Failure) -> Lead | None:
    """It returns nothing, and set an attribute that the message names."""
    if failure.made_in is None or LACKS.search(failure.error):
        return None
    cell, lines = failure.made_in[0], failure.call.lines
    assigned = attribute_line(cell.source, lines, failure.said)
    return (failure.words.line(cell, origin_of(cell.source, assigned, lines)), "") if assigned else None


def _never_set(failure: Failure) -> Lead | None:
    """`__init__` was called last, and came to its end without setting the attribute that was asked for."""
    missing, call = LACKS.search(failure.error), failure.call
    if missing is None or call.function != "__init__" or re.search(rf"\bself\.{missing[1]}\b *[=,:]", call.cell.source):
        return None
    return failure.words.line(call.cell, call.line), f"`__init__` never sets `self.{missing[1]}`."


def _began(failure: Failure) -> Lead:
    """Nothing more is known than which function it was, or which call in it the message writes out."""
    call = failure.call
    source, error = call.cell.source, failure.error
    told = told_call(source, call.line, error) or quoted_entry(source, call.line, error)
    return failure.words.line(call.cell, told or call.line), ""


RULES: tuple[Callable[[Failure], Lead | None], ...] = (
    _quoted,
    _several_functions,
    _raised,
    _raised_nothing,
    _calls_itself,
    _changed_what_was_given,
    _did_not_keep,
    _yielded,
    _handed_on,
    _returned,
    _returned_none,
    _assigned,
    _never_set,
    _began,
)

"""Running a failed test once more, to note which functions of the notebook's cells it calls.

`tito check` sends this file's text to the kernel in which the test failed. What it notes leads a student to the
function that is meant, where the error was not raised in their code: an assert of the test failed.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from inspect import CO_GENERATOR
from types import FrameType
from typing import Any

TEST, WITNESS = "<test>", "<witness>"  # the names under which `verdict.witness` compiles a test, and what runs it
MOST_LINES = 200_000  # that are traced: a test must not take much longer than it took before
SHARED = (bool, int, str, type(None))  # Python keeps one object of a value, so that it does not say who made it


def trace_calls(run: Callable[[], object], number_of: Mapping[str, int]) -> list[list[Any] | None]:
    """Return the last call that a test had made of these cells' functions, at each of its asserts and at its end.

    A call is `[cell, function, line, end, others]`: the number of its cell; the function's name and first line; how it
    ended; and the names of the other functions of that cell that were called for the same assert. It is None where none
    was made yet. Not noted are calls that these functions make themselves, and those that show a value.

    An end is `["returned", cell, line, lines, function, within]`, with the line of the `return` or `yield`, and all
    lines that this function had run; or likewise `["returned None", ...]`; or `["raised", cell, line, error]`. A value
    that a function had from another one of these, and returned as it was, has the end of that other one. Of None this
    is not known for sure: `within` is the end of a function that returned None in the same line just before, or None.

    Args:
        run: runs the test.
        number_of: the numbers of the cells by the names of the files that Python knows them by.
    """
    tracer = _Tracer(number_of)
    before = sys.gettrace()
    sys.settrace(tracer.on_call)
    try:
        with suppress(Exception):  # it is the one that the check knows already
            run()
    finally:
        sys.settrace(before)
    return [*tracer.calls, tracer.last]


class _Tracer:
    """Takes notes while a test runs."""

    def __init__(self, number_of: Mapping[str, int]) -> None:
        self.number_of = number_of
        self.calls: list[list[Any] | None] = []  # the last call at each assert
        self.last: list[Any] | None = None
        self.is_new = True  # whether an assert has passed since the last call
        self.open: list[FrameType] = []
        self.lines: dict[FrameType, set[int]] = {}  # that these functions ran; a generator's until it is over
        self.lines_left = MOST_LINES
        self.yielded: dict[FrameType, list[Any]] = {}  # how a generator ended at its last turn
        self.made: tuple[object, list[Any]] = (None, [])  # the value that was returned last, and the end of its maker
        self.is_fresh = False  # whether no line was run since then
        self.error: tuple[BaseException, list[Any]] | None = None  # the one that was raised last, and where
        self.left: tuple[FrameType, int] | None = None  # the function that it came to last, and its line

    def on_call(self, frame: FrameType, event: str, argument: object) -> Callable[..., Any] | None:
        code = frame.f_code
        if code.co_filename == WITNESS and code.co_name == "__call__":
            frame.f_trace_lines = False
            return self.on_assert
        cell = self.number_of.get(code.co_filename)
        if cell is None or code.co_name.startswith("<"):  # not of the notebook; or a lambda, a comprehension
            return None
        if not self.open and _is_the_test_s(frame):
            last = self.last
            known = [] if last is None or self.is_new or last[0] != cell else [last[1], *last[4]]
            others = [name for name in dict.fromkeys(known) if name not in (code.co_name, "__init__")]
            end = self.yielded.get(frame, ["returned", cell, 0, [], code.co_name, None])
            self.last, self.is_new = [cell, code.co_name, code.co_firstlineno, end, others], False
        self.open.append(frame)
        self.lines.setdefault(frame, set())
        frame.f_trace_lines = self.lines_left > 0
        return self.on_event

    def on_assert(self, frame: FrameType, event: str, argument: object) -> Callable[..., Any]:
        if event == "return":
            self.calls.append(self.last)
            self.is_new = True
        return self.on_assert

    def on_event(self, frame: FrameType, event: str, argument: Any) -> Callable[..., Any]:
        if event == "line":
            self.is_fresh = False
            self.lines.setdefault(frame, set()).add(frame.f_lineno)
            self.lines_left -= 1
            frame.f_trace_lines = self.lines_left > 0
        elif event == "exception" and not isinstance(argument[1], (StopIteration, GeneratorExit)):
            self.left = frame, frame.f_lineno
            if self.error is None or self.error[0] is not argument[1]:
                self.error = argument[1], [*self.place_of(frame), argument[0].__name__]
        elif event == "return" and frame in self.open:
            del self.open[self.open.index(frame) :]
            self.on_return(frame, argument)
        return self.on_event

    def on_return(self, frame: FrameType, value: object) -> None:
        is_generator = bool(frame.f_code.co_flags & CO_GENERATOR)
        if value is None and self.error and self.left == (frame, frame.f_lineno):
            end = ["raised", *self.error[1]]  # it was not caught: no other line was run after it
        elif value is None and is_generator:
            end = self.yielded.get(frame, ["returned", *self.place_of(frame), [], frame.f_code.co_name, None])
        else:
            if isinstance(value, SHARED) or self.made[0] is not value:
                how = "returned None" if value is None else "returned"
                within = self.made[1] if value is None and self.made[0] is None and self.is_fresh else None
                lines = sorted(self.lines[frame])
                self.made = value, [how, *self.place_of(frame), lines, frame.f_code.co_name, within]
            end = self.made[1]
            self.is_fresh = True
        if is_generator and value is not None:
            self.yielded[frame] = end
        else:
            self.yielded.pop(frame, None)
            self.lines.pop(frame, None)
        if not self.open and self.last is not None:
            self.last[3] = end

    def place_of(self, frame: FrameType) -> list[Any]:
        """The number of a function's cell, and the line that it is in."""
        return [self.number_of.get(frame.f_code.co_filename), frame.f_lineno]


def _is_the_test_s(frame: FrameType | None) -> bool:
    """Whether a call comes from a test, and not from the witness, which shows a value."""
    while frame is not None:
        if frame.f_code.co_filename in (TEST, WITNESS):
            return frame.f_code.co_filename == TEST
        frame = frame.f_back
    return False


def send_calls(request: str, kind: str, cells: Sequence[int], shell: Any) -> None:
    """Run the test that a request asks for, and send its calls of these cells' functions as an output of this kind."""
    number_of = {file: number for file, number in shell.compile._filename_map.items() if number in cells}
    calls = trace_calls(lambda: exec(request, {}), number_of)
    shell.display_pub.publish({kind: json.dumps(calls)})

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


def trace_calls(run: Callable[[], object], number_of: Mapping[str, int]) -> list[list[Any] | None]:
    """Return the last call that a test had made of these cells' functions, at each of its asserts and at its end.

    A call is `[cell, function, line, end, others]`: the number of its cell; the function's name and first line;
    `["returned"]`, `["returned None", cell, line]` or `["raised", cell, line]`; and the names of the other functions of
    that cell that were called for the same assert. It is None where none was made yet. Not noted are calls that these
    functions make themselves, and those that show a value.

    Args:
        run: runs the test.
        number_of: the numbers of the cells by the names of the files that Python knows them by.
    """
    is_new = True  # whether an assert has passed since the last call
    calls: list[list[Any] | None] = []
    last: list[Any] | None = None
    open_frames: list[FrameType] = []
    error: tuple[BaseException, list[Any]] | None = None  # the one that was raised last, and where
    left: tuple[FrameType, int] | None = None  # the function that it came to last, and its line

    def on_call(frame: FrameType, event: str, argument: object) -> Callable[..., Any] | None:
        nonlocal last, is_new
        code = frame.f_code
        if code.co_filename == WITNESS and code.co_name == "__call__":
            frame.f_trace_lines = False
            return on_assert
        cell = number_of.get(code.co_filename)
        if cell is None or code.co_name.startswith("<"):  # not of the notebook; or a lambda, a comprehension
            return None
        if not open_frames and _is_the_test_s(frame):
            known = [] if last is None or is_new or last[0] != cell else [last[1], *last[4]]
            others = [name for name in dict.fromkeys(known) if name not in (code.co_name, "__init__")]
            last, is_new = [cell, code.co_name, code.co_firstlineno, ["returned"], others], False
        open_frames.append(frame)
        frame.f_trace_lines = False
        return on_event

    def on_assert(frame: FrameType, event: str, argument: object) -> Callable[..., Any]:
        nonlocal is_new
        if event == "return":
            calls.append(last)
            is_new = True
        return on_assert

    def on_event(frame: FrameType, event: str, argument: Any) -> Callable[..., Any]:
        nonlocal error, left
        place = [number_of.get(frame.f_code.co_filename), frame.f_lineno]
        if event == "exception" and not isinstance(argument[1], (StopIteration, GeneratorExit)):
            left = frame, frame.f_lineno
            if error is None or error[0] is not argument[1]:
                error = argument[1], place
        elif event == "return" and frame in open_frames:
            del open_frames[open_frames.index(frame) :]
            if not open_frames and last is not None and argument is None:
                if error and left == (frame, frame.f_lineno):  # it was not caught: no other line was run after it
                    last[3] = ["raised", *error[1]]
                elif not frame.f_code.co_flags & CO_GENERATOR:
                    last[3] = ["returned None", *place]
        return on_event

    before = sys.gettrace()
    sys.settrace(on_call)
    try:
        with suppress(Exception):  # it is the one that the check knows already
            run()
    finally:
        sys.settrace(before)
    return [*calls, last]


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

"""The grader's halves of a test cell, run on the evidence that the student's process sent for each assert."""

from __future__ import annotations

import builtins
import json
import marshal
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from tinytorch.course.verdict.decode_values import Tensor, Unreadable, decode
from tinytorch.course.verdict.split_test import CHECK, LOOK, OUR_NAMES

MOST_MESSAGE_CHARACTERS = 20_000  # of an assert's message, which may show a value
BUILTINS = {name: getattr(builtins, name) for name in OUR_NAMES if hasattr(builtins, name)}


@dataclass(frozen=True)
class Evidence:
    """What there is to decide a part of a test cell."""

    code: bytes  # the grader's half, as `marshal` writes code
    sent: list[Any]  # what the student's process sent for the part: one JSON text, if it is honest
    stopped: bool  # whether the student's half raised, or was stopped, in this part


@dataclass(frozen=True)
class Outcome:
    """What was decided about all parts of a test cell together."""

    kind: Literal["passed", "failed", "stopped", "tampered", "too much"]
    name: str = ""  # the class of the error that a failed assert raised
    text: str = ""  # its message, or what is wrong with the evidence, or what there was too much of
    checked: int = field(default=0, compare=False)  # how many asserts were decided, with the one that failed


class Tampered(Exception):
    """The evidence is not what an honest run of the cell sends."""


class EndedEarly(Exception):
    """The student's half ended before the next assert."""


def decide(parts: Sequence[Evidence]) -> Outcome:
    """Return the outcome of a test cell."""
    replay = Replay()
    for part in parts:
        try:
            replay.run(marshal.loads(part.code), _read(part.sent, part.stopped))
        except EndedEarly:
            # The student's half raised, or was stopped: that error is the verdict
            if not part.stopped:
                return Outcome("tampered", text="the test ended early, yet without an error")
        except Tampered as problem:
            return Outcome("tampered", text=str(problem))
        except Exception as failure:
            if isinstance(failure, MemoryError) and failure is not replay.raised:  # it is the grader's own
                return Outcome("too much", text="take more memory than there is for a test")
            return Outcome("failed", type(failure).__name__, str(failure)[:MOST_MESSAGE_CHARACTERS], replay.checked)
        if part.stopped:
            return Outcome("stopped")
    return Outcome("passed")


def _read(evidence: list[Any], stopped: bool) -> list[Any]:
    """Return the entries of a part's evidence, in the order in which they were sent."""
    if not evidence and stopped:
        raise EndedEarly
    if len(evidence) != 1:
        raise Tampered(f"the test's evidence came {len(evidence)} times instead of once")
    try:
        entries = json.loads(evidence[0])
    except (ValueError, TypeError, RecursionError):
        raise Tampered("the test's evidence cannot be read") from None
    if not isinstance(entries, list):
        raise Tampered("the test's evidence cannot be read")
    return entries


class Replay:
    """The grader's halves of one cell, run one after the other on the evidence for each."""

    def __init__(self) -> None:
        own = {"np": np, "Tensor": Tensor, CHECK: self._check, LOOK: self._look}
        self.space = {"__builtins__": {**BUILTINS, "__import__": _import_for_numpy}, **own}
        self.waiting: Iterator[Any] = iter(())
        self.looks: list[Any] = []
        self.checked = 0
        self.values: dict[int, Any] = {}
        self.raised: Any = None  # the error of the student's process that was raised here

    def run(self, code: Any, entries: list[Any]) -> None:
        """Run a part; raises what a failed assert raises, `EndedEarly` or `Tampered`."""
        self.waiting = iter(entries)
        exec(code, self.space)
        if next(self.waiting, None) is not None:
            raise Tampered("more evidence came than the test has asserts")

    def _check(self, number: int) -> None:
        """Take the evidence for the next assert."""
        entry = next(self.waiting, None)
        if entry is None:
            raise EndedEarly
        if not (isinstance(entry, list) and len(entry) == 2 and entry[0] == number and isinstance(entry[1], list)):
            raise Tampered("the test's evidence does not belong to its asserts")
        self.looks, self.values = entry[1], {}
        self.checked += 1

    def _look(self, index: int) -> Any:
        """Return a value that the assert asks for, or raise the error that it raised in the student's process."""
        if index in self.values:  # a loop inside the assert asks for it again and again
            return self.values[index]
        try:
            kind, *rest = self.looks[index]
            value = decode(rest[0] if kind == "raised" else self.looks[index])
        except (Unreadable, IndexError, TypeError, ValueError, RecursionError) as problem:
            raise Tampered(f"the test's evidence cannot be read ({problem})") from None
        if kind == "raised":
            self.raised = value if isinstance(value, Exception) else Tampered("an error was sent that is none")
            raise self.raised
        self.values[index] = value
        return value


def _import_for_numpy(name: str, *how: Any) -> Any:
    """Import what NumPy imports on first use, such as for `array.sum()`; a test's asserts import nothing."""
    if name.split(".")[0] != "numpy":
        raise ImportError(f"a test's asserts import nothing, and so not {name}")
    return builtins.__import__(name, *how)

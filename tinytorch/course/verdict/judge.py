"""The verdict on a test cell: decided here, in the grader's process, on plain values that the student's process sent.

That the student's process says a cell ran without an error is not a pass. A cell passes when every one of its asserts
was decided here, on evidence for each. `split_test` splits the cell into what either process runs.
"""

from __future__ import annotations

import builtins
import json
import marshal
import re
import secrets
import textwrap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Literal

import numpy as np
from nbformat import NotebookNode

from tinytorch.course.outputs import error_output
from tinytorch.course.verdict.decode_values import Tensor, Unreadable, decode
from tinytorch.course.verdict.split_test import CHECK, LOOK, OUR_NAMES, Part, take_apart

MOST_EVIDENCE_BYTES = 20_000_000
BUILTINS = {name: getattr(builtins, name) for name in OUR_NAMES if hasattr(builtins, name)}


class Tampered(Exception):
    """The evidence is not what an honest run of the cell sends."""


class EndedEarly(Exception):
    """The student's half ended before the next assert."""


@dataclass(frozen=True)
class Verdict:
    """What was decided about a test cell: its outputs, which end in an error unless it passed."""

    outputs: list[NotebookNode]
    flag: str = ""  # what a person has to look at before the points count
    decided: bool = False  # an assert failed on evidence, and nothing that came later changes that

    @property
    def status(self) -> Literal["ok", "error"]:
        """Whether the cell passed."""
        return "error" if any(output.output_type == "error" for output in self.outputs) else "ok"


def judge(source: str, witness: str, run: Callable[[str], Sequence[NotebookNode]]) -> Verdict:
    """Return the verdict on a test cell.

    Args:
        source: the test cell's source, hidden region included.
        witness: the path at which the student's process finds the content that `witness_file` returned.
        run: runs a source in the student's process and returns its outputs.
    """
    look = f"{LOOK}_{secrets.token_hex(8)}"
    parts = [(part, f"application/x-evidence-{secrets.token_hex(8)}") for part in take_apart(source)]
    kinds = {kind for _, kind in parts}
    outputs = run(_student_source(parts, look, witness))
    errors = [output for output in outputs if output.output_type == "error"]
    sent = {kind: [output.data[kind] for output in outputs if kind in output.get("data", {})] for kind in kinds}
    shown = [
        _harmless(output)
        for output in outputs
        if output.output_type != "error" and not kinds & set(output.get("data", {}))
    ]
    judged = _Replay()
    for index, (part, kind) in enumerate(parts):
        # An error, or being stopped from outside, belongs to this part if no later part had begun
        stopped = bool(errors) and not any(sent[later] for _, later in parts[index + 1 :])
        try:
            judged.run(part, _read(sent[kind], stopped))
        except EndedEarly:
            # The student's half raised, or was stopped: that error is the verdict
            if not stopped:
                return _tampered(shown, "the test ended early, yet without an error")
        except Tampered as problem:
            return _tampered(shown, str(problem))
        except Exception as failure:
            return Verdict([*shown, error_output(type(failure).__name__, str(failure))], decided=True)
        if stopped:
            return Verdict([*shown, errors[0]])
    return Verdict(shown)


def get_ready(sources: Sequence[str]) -> None:
    """Split the test cells that will be judged, so that processes forked from this one find them split."""
    for source in sources:
        for part in take_apart(source):
            _ = part.grader_code


def witness_file(helpers: Sequence[str]) -> bytes:
    """Return what the student's process loads anew for each part of a test: the witness and the tests' own functions.

    `helpers` are the sources of the given cells that tests call. They are loaded each time, so that a student's
    function with the same name, by accident or not, is never called instead.
    """
    source = files("tinytorch.course.verdict").joinpath("inside_witness.py").read_text(encoding="utf-8")
    codes = [compile(helper, "<given>", "exec", dont_inherit=True) for helper in helpers]
    return marshal.dumps((compile(source, "<witness>", "exec", dont_inherit=True), codes))


def _student_source(parts: Sequence[tuple[Part, str]], look: str, witness: str) -> str:
    """Return the source that the student's process runs: its half of each part, and what sends the values it saw.

    The evidence for a part is sent before the next part begins, which may never end.
    """
    lines = [
        f"{look} = [__import__('marshal').loads(open({witness!r}, 'rb').read()), {{}}]",
        f"exec({look}[0][0], {look}[1])",
    ]
    for part, kind in parts:
        half = re.sub(rf"\b{LOOK}\(", f"{look}(", part.student_half)
        lines += [
            f"{look} = {look}[1]['Witness'](globals(), {look}[0][1])" if kind == parts[0][1] else f"{look}.begin()",
            "try:",
            textwrap.indent(half or "pass", "    "),
            "finally:",
            f"    {look}.send({kind!r})",
        ]
    return "\n".join([*lines, f"del {look}"])


def _read(evidence: list[Any], stopped: bool) -> list[Any]:
    """Return the entries of a part's evidence, in the order in which they were sent."""
    if not evidence and stopped:
        raise EndedEarly
    if len(evidence) != 1:
        raise Tampered(f"the test's evidence came {len(evidence)} times instead of once")
    if len(evidence[0]) > MOST_EVIDENCE_BYTES:
        raise Tampered(f"the test's evidence is {len(evidence[0]):,} bytes large")
    try:
        entries = json.loads(evidence[0])
    except ValueError:
        raise Tampered("the test's evidence cannot be read") from None
    if not isinstance(entries, list):
        raise Tampered("the test's evidence cannot be read")
    return entries


class _Replay:
    """The grader's halves of one cell, run one after the other on the evidence for each."""

    def __init__(self) -> None:
        own = {"np": np, "Tensor": Tensor, CHECK: self._check, LOOK: self._look}
        self.space = {"__builtins__": {**BUILTINS, "__import__": _import_for_numpy}, **own}
        self.waiting: Iterator[Any] = iter(())
        self.looks: list[Any] = []
        self.values: dict[int, Any] = {}

    def run(self, part: Part, entries: list[Any]) -> None:
        """Run a part; raises what a failed assert raises, `EndedEarly` or `Tampered`."""
        self.waiting = iter(entries)
        exec(part.grader_code, self.space)
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
            raise value if isinstance(value, Exception) else Tampered("an error was sent that is none")
        self.values[index] = value
        return value


def _import_for_numpy(name: str, *how: Any) -> Any:
    """Import what NumPy imports on first use, such as for `array.sum()`; a test's asserts import nothing."""
    if name.split(".")[0] != "numpy":
        raise ImportError(f"a test's asserts import nothing, and so not {name}")
    return builtins.__import__(name, *how)


def _tampered(shown: list[NotebookNode], problem: str) -> Verdict:
    message = f"{problem}; the points are held back until a person has looked"
    return Verdict([*shown, error_output("Tampered", message)], flag=problem)


def _harmless(output: NotebookNode) -> NotebookNode:
    """Return an output that nbgrader does not read as a score, which it would if it is the result of the cell."""
    if output.output_type == "execute_result":
        return NotebookNode(output_type="display_data", data=output.data, metadata=output.metadata)
    return output

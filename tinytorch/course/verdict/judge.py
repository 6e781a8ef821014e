"""The verdict on a test cell: decided here, in the grader's process, on plain values that the student's process sent.

That the student's process says a cell ran without an error is not a pass. A cell passes when every one of its asserts
was decided here, on evidence for each. `split_test` splits the cell into what either process runs.
"""

from __future__ import annotations

import marshal
import re
import secrets
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Literal

from nbformat import NotebookNode

from tinytorch.course.outputs import error_output
from tinytorch.course.verdict.kept_tests import parts_of
from tinytorch.course.verdict.replay import Evidence, Outcome, decide
from tinytorch.course.verdict.split_test import LOOK, Part, take_apart

MOST_EVIDENCE_BYTES = 20_000_000


@dataclass(frozen=True)
class Verdict:
    """What was decided about a test cell: its outputs, which end in an error unless it passed."""

    outputs: list[NotebookNode]
    flag: str = ""  # what a person has to look at before the points count
    fault: str = ""  # why it could not be decided
    decided: bool = False  # an assert failed on evidence, and nothing that came later changes that

    @property
    def status(self) -> Literal["ok", "error"]:
        """Whether the cell passed."""
        return "error" if any(output.output_type == "error" for output in self.outputs) else "ok"


def judge(
    source: str,
    witness: str,
    run: Callable[[str], Sequence[NotebookNode]],
    decide: Callable[[Sequence[Evidence]], Outcome] = decide,
) -> Verdict:
    """Return the verdict on a test cell.

    Args:
        source: the test cell's source, hidden region included.
        witness: the path at which the student's process finds the content that `witness_file` returned.
        run: runs a source in the student's process and returns its outputs.
        decide: runs the grader's halves on the evidence; a `Decider` does so within limits.
    """
    look = f"{LOOK}_{secrets.token_hex(8)}"
    parts = [(part, f"application/x-evidence-{secrets.token_hex(8)}") for part in parts_of(source)]
    kinds = {kind for _, kind in parts}
    outputs = run(_student_source(parts, look, witness))
    errors = [output for output in outputs if output.output_type == "error"]
    sent = {kind: [output.data[kind] for output in outputs if kind in output.get("data", {})] for kind in kinds}
    shown = [
        _harmless(output)
        for output in outputs
        if output.output_type != "error" and not kinds & set(output.get("data", {}))
    ]
    if sum(len(text) for texts in sent.values() for text in texts) > MOST_EVIDENCE_BYTES:
        return _tampered(shown, f"the test's evidence is larger than {MOST_EVIDENCE_BYTES:,} bytes")
    evidence = []
    for index, (part, kind) in enumerate(parts):
        # An error, or being stopped from outside, belongs to this part if no later part had begun
        stopped = bool(errors) and not any(sent[later] for _, later in parts[index + 1 :])
        evidence.append(Evidence(part.grader_bytes, sent[kind], stopped))
    outcome = decide(evidence)
    if outcome.kind == "tampered":
        return _tampered(shown, outcome.text)
    if outcome.kind == "stopped":
        return Verdict([*shown, errors[0]])
    if outcome.kind == "failed":
        return Verdict([*shown, error_output(outcome.name, outcome.text)], decided=True)
    if outcome.kind == "too much":
        problem = f"the values that this test compares {outcome.text}"
        return Verdict([*shown, error_output("TooMuchToCompare", problem)], fault=problem, decided=True)
    return Verdict(shown)


def get_ready(sources: Sequence[str]) -> None:
    """Split the test cells that will be judged, so that processes forked from this one find them split."""
    for source in sources:
        for part in take_apart(source):
            _ = part.grader_bytes


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


def _tampered(shown: list[NotebookNode], problem: str) -> Verdict:
    message = f"{problem}; the points are held back until a person has looked"
    return Verdict([*shown, error_output("Tampered", message)], flag=problem)


def _harmless(output: NotebookNode) -> NotebookNode:
    """Return an output that nbgrader does not read as a score, which it would if it is the result of the cell."""
    if output.output_type == "execute_result":
        return NotebookNode(output_type="display_data", data=output.data, metadata=output.metadata)
    return output

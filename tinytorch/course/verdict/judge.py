"""The verdict on a test cell: decided here, in the grader's process, on plain values that the student's process sent.

That the student's process says a cell ran without an error is not a pass. A cell passes when every one of its asserts
was decided here, on evidence for each. `split_test` splits the cell into what either process runs.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from nbformat import NotebookNode

from tinytorch.course.outputs import error_output
from tinytorch.course.verdict.kept_tests import parts_of, split_once
from tinytorch.course.verdict.replay import Evidence, Outcome, decide
from tinytorch.course.verdict.split_test import Part
from tinytorch.course.verdict.witness import Witness

MOST_EVIDENCE_BYTES = 20_000_000


@dataclass(frozen=True)
class Verdict:
    """What was decided about a test cell: its outputs, which end in an error unless it passed."""

    outputs: list[NotebookNode]
    flag: str = ""  # what a person has to look at before the points count
    fault: str = ""  # why it could not be decided
    decided: bool = False  # an assert failed on evidence, and nothing that came later changes that
    checked: int = 0  # if so, how many asserts were decided, with that one

    @property
    def status(self) -> Literal["ok", "error"]:
        """Whether the cell passed."""
        return "error" if any(output.output_type == "error" for output in self.outputs) else "ok"


@dataclass(frozen=True)
class Asked:
    """What the student's process is asked to run for a test cell."""

    parts: list[tuple[Part, str]]  # each with the kind of output that its evidence comes as
    code: str

    @classmethod
    def of(cls, source: str, witness: Witness) -> Asked:
        """Ask for a test cell, hidden region included; `witness` was put there before the student's code ran."""
        parts = [(part, f"application/x-evidence-{secrets.token_hex(8)}") for part in parts_of(source)]
        return cls(parts, witness.request(parts))


def judge(
    asked: Asked,
    witness: Witness,
    outputs: Sequence[NotebookNode],
    decide: Callable[[Sequence[Evidence]], Outcome] = decide,
) -> Verdict:
    """Return the verdict on a test cell.

    Args:
        asked: what the student's process was asked.
        witness: what ran the test there.
        outputs: what came of that.
        decide: runs the grader's halves on the evidence; a `Decider` does so within limits.
    """
    parts = asked.parts
    kinds = {kind for _, kind in parts}
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
        opened = [witness.open(kind, text) for text in sent[kind]]
        if None in opened:
            return _tampered(shown, "somebody else than the witness sent the test's evidence")
        evidence.append(Evidence(part.grader_bytes, opened, stopped))
    outcome = decide(evidence)
    if outcome.kind == "tampered":
        return _tampered(shown, outcome.text)
    if outcome.kind == "stopped":
        return Verdict([*shown, witness.without_own_frames(errors[0])])
    if outcome.kind == "failed":
        return Verdict([*shown, error_output(outcome.name, outcome.text)], decided=True, checked=outcome.checked)
    if outcome.kind == "too much":
        problem = f"the values that this test compares {outcome.text}"
        return Verdict([*shown, error_output("TooMuchToCompare", problem)], fault=problem, decided=True)
    return Verdict(shown)


def get_ready(given: Sequence[str], sources: Sequence[str]) -> None:
    """Prepare the test cells that will be judged, so that processes forked from this one find them prepared.

    Args:
        given: the sources of the given cells.
        sources: the sources of the test cells.
    """
    split_once(sources)
    witness = Witness(given)
    _ = witness.file_content
    for source in sources:
        witness.request([(part, "") for part in parts_of(source)])


def _tampered(shown: list[NotebookNode], problem: str) -> Verdict:
    message = f"{problem}; the points are held back until a person has looked"
    return Verdict([*shown, error_output("Tampered", message)], flag=problem)


def _harmless(output: NotebookNode) -> NotebookNode:
    """Return an output that nbgrader does not read as a score, which it would if it is the result of the cell."""
    if output.output_type == "execute_result":
        return NotebookNode(output_type="display_data", data=output.data, metadata=output.metadata)
    return output

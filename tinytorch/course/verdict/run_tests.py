"""Running a submission and deciding its tests: the student's cells run as they are, and the judge decides each test."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from nbformat import NotebookNode

from tinytorch.course.notebook import grade_id, role_of
from tinytorch.course.notes import add_note
from tinytorch.course.verdict.decider import Decide, Decider
from tinytorch.course.verdict.judge import Asked, judge
from tinytorch.course.verdict.replay import decide
from tinytorch.course.verdict.run_cells import CellRun, CellRunner, Code
from tinytorch.course.verdict.witness import FILE, Witness

VERDICT_BYTES = 2 * 2**30  # the memory that the grader may use to compare the values of one test


class SubmissionRunner(CellRunner):
    """Run the cells of a submission; a test cell ends in an error unless the grader's own process passes it."""

    asserts_checked = 0  # how many asserts of the last test were decided, with one that failed

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Run the notebook, with the functions that the given cells define for its tests."""
        self._given = given_sources(nb.cells)
        return super().preprocess(nb, resources)

    @cached_property  # one process for all submissions: to fork it takes longer than to decide their tests
    def _decide(self) -> Decide:
        """What decides tests; in a student's own check, which Ctrl-C ends, this process itself."""
        return decide if self.isolation == "none" else Decider(VERDICT_BYTES, self.verdict_seconds)

    def prepare_kernel(self) -> None:
        """Put the witness into the kernel before the student's code runs there."""
        self._witness = Witness(self._given)
        self._requests: dict[int, Asked] = {}  # what was asked ahead, by the cell
        file = self._stage / FILE
        self._cell_ends = self._submission_ends
        try:
            file.write_bytes(self._witness.file_content)
            ran = self.execute_code(self._witness.installation(f"{self.stage_inside}/{FILE}"), is_python=True)
        finally:
            file.unlink(missing_ok=True)  # the stage may be the next submission's, too
        if ran.status == "error" and self.kernel.is_alive() and not self._time_is_up():
            raise RuntimeError(f"the kernel could not be prepared: {ran.outputs[-1].evalue}")

    def code_of(self, cell: NotebookNode) -> Code:
        """Return a cell's code, or what the witness is asked instead of a test."""
        if not is_judged(cell):
            return super().code_of(cell)
        asked = self._requests[id(cell)] = Asked.of(cell.source, self._witness)
        return Code(asked.code, is_python=True)

    def run_cell(self, cell: NotebookNode) -> CellRun:
        """Run a cell, or have the judge decide it."""
        if not is_judged(cell):
            return super().run_cell(cell)  # a test without points prepares or shows something, and decides nothing
        asked = self._requests.pop(id(cell), None) or Asked.of(cell.source, self._witness)
        ran = self.execute_code(asked.code, is_python=True)
        verdict = judge(asked, self._witness, ran.outputs, self._decide)
        self.asserts_checked = verdict.checked
        if verdict.flag:
            add_note(self.nb, "flag", grade_id(cell) or "", verdict.flag)
        if verdict.fault:
            add_note(self.nb, "fault", grade_id(cell) or "", verdict.fault)
        # A cell that was stopped from outside says so, unless its time ran out after an assert had failed
        if ran.fault and not (verdict.decided and "Timeout" in ran.fault.ename):
            shown = [output for output in verdict.outputs if output.output_type != "error"]
            return CellRun(outputs=shown, execution_count=ran.execution_count).fail(
                ran.fault.ename, ran.fault.text, ran.fault.traceback
            )
        return CellRun(verdict.status, verdict.outputs, execution_count=ran.execution_count, fault=ran.fault)


def given_sources(cells: Iterable[NotebookNode]) -> list[str]:
    """Return the sources of a notebook's given cells that are code."""
    return [cell.source for cell in cells if role_of(cell) == "given" and cell.cell_type == "code"]


def is_judged(cell: NotebookNode) -> bool:
    """Whether a cell is a test that gives points."""
    return role_of(cell) == "test" and bool(cell.metadata.nbgrader.points)

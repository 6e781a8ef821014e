"""Recording the scores: nbgrader's SaveAutoGrades, which holds back those of a flagged submission."""

from __future__ import annotations

from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.preprocessors import SaveAutoGrades
from traitlets import List, Unicode

from tinytorch.course.notebook import role_of
from tinytorch.course.notes import read_notes


class RecordGrades(SaveAutoGrades):  # type: ignore[misc]
    """Save each test's score; those of a flagged submission are 0 and wait for a person."""

    trusted = List(Unicode(), help="Students whose flagged submissions a person has looked at and found honest.").tag(
        config=True
    )

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Save the scores of a notebook."""
        flags = [note for note in read_notes(nb) if note.kind == "flag"]
        self.holds_back = bool(flags) and resources["nbgrader"]["student"] not in self.trusted
        if self.holds_back:
            message = f"held back until a person has looked at this submission: {flags[0].text}"
            for cell in nb.cells:
                if role_of(cell) == "test" and cell.metadata.nbgrader.points:
                    held = new_output("error", ename="HeldBack", evalue=message, traceback=[f"HeldBack: {message}"])
                    cell.outputs = [held, *(output for output in cell.outputs if output.output_type != "error")]
        return super().preprocess(nb, resources)  # type: ignore[no-any-return]

    def _add_score(self, cell: NotebookNode, resources: dict[str, Any]) -> None:
        super()._add_score(cell, resources)
        if self.holds_back and role_of(cell) == "test":
            names = (cell.metadata.nbgrader["grade_id"], self.notebook_id, self.assignment_id, self.student_id)
            self.gradebook.find_grade(*names).needs_manual_grade = True
            self.gradebook.db.commit()

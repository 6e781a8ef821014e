"""What a graded notebook says besides its scores: notes, why each failed test failed, and what its student wrote."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from nbformat import NotebookNode

from tinytorch.course.notebook import grade_id, role_of, solution_cells
from tinytorch.course.notes import Note, read_notes
from tinytorch.course.reports.redact import Secrets
from tinytorch.course.reports.results import StudentResult, one_line


@dataclass(frozen=True)
class GradedNotebook:
    """What is told of a graded notebook."""

    notes: list[Note]
    messages: dict[str, str]  # of each failed test, by its name
    code: str  # a name for the code that the student wrote; empty if that is nothing

    @classmethod
    def read(cls, notebook: NotebookNode, given: Collection[tuple[str, str]]) -> GradedNotebook:
        """Read a notebook; `given` is the code of the released one, as `code_of` returns it."""
        written = [pair for pair in code_of(notebook) if pair not in given]
        code = hashlib.sha256(json.dumps(written).encode()).hexdigest() if written else ""
        return cls(read_notes(notebook), messages_in(notebook), code)

    @classmethod
    def kept(cls, kept: dict[str, Any]) -> GradedNotebook:
        """Return it from what `dataclasses.asdict` made of it."""
        return cls(**{**kept, "notes": [Note(**note) for note in kept["notes"]]})

    def add_to(self, result: StudentResult) -> StudentResult:
        """Return a student's result with it."""
        tests = [
            test if test.passed else dataclasses.replace(test, message=self.messages.get(test.name, ""))
            for test in result.tests
        ]
        return dataclasses.replace(result, tests=tests, notes=[*self.notes, *result.notes], code=self.code)


def code_of(notebook: NotebookNode) -> list[tuple[str, str]]:
    """Return the name and the source of each code cell to write."""
    return [(str(grade_id(cell)), cell.source) for cell in solution_cells(notebook) if cell.cell_type == "code"]


def messages_in(notebook: NotebookNode) -> dict[str, str]:
    """Return the message of each failed test: the error in which its cell of the graded notebook ended.

    A message is one line, without colours, and never a line of a hidden test.
    """
    tests = [cell for cell in notebook.cells if cell.cell_type == "code" and role_of(cell) == "test"]
    errors = {
        str(grade_id(cell)): output for cell in tests for output in cell.outputs[::-1] if output.output_type == "error"
    }
    if not errors:
        return {}
    secrets = Secrets((cell.source for cell in tests), notebook.cells)
    return {
        name: one_line(secrets.remove(": ".join(part for part in (first.ename, first.evalue) if part)))
        for name, first in errors.items()
    }

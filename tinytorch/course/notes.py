"""What grading tells people about a submission besides its points, kept in the autograded notebook's metadata.

Every preprocessor may add notes; the report and the feedback page show them. There are three kinds:

    note    something was put right, and cost no points: a deleted test was put back
    fault   the submission broke something: a cell was stopped, a kernel died; the cell gets 0 points
    flag    it looks like tampering: the points are held back until a person has looked
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal

from nbformat import NotebookNode

Kind = Literal["note", "fault", "flag"]
KEY = "tinytorch"


@dataclass(frozen=True)
class Note:
    """One sentence about a submission: what happened, and in which cell, by its grade_id or id."""

    kind: Kind
    cell: str
    text: str


def add_note(notebook: NotebookNode, kind: Kind, cell: str, text: str) -> None:
    """Add a note to a notebook, unless the same note is there already."""
    notes = notebook.metadata.setdefault(KEY, NotebookNode()).setdefault("notes", [])
    entry = NotebookNode(asdict(Note(kind, cell, text)))
    if entry not in notes:
        notes.append(entry)


def clear_notes(notebook: NotebookNode) -> None:
    """Remove all notes: those that a submission was handed in with are not the grader's."""
    notebook.metadata.pop(KEY, None)


def note_python_version(notebook: NotebookNode, version: str) -> None:
    """Keep the version of Python that a notebook was saved with, before grading puts its own there."""
    notebook.metadata.setdefault(KEY, NotebookNode())["python"] = version


def python_version(notebook: NotebookNode) -> str:
    """Return the version of Python that a notebook was saved with, "" if that is not known."""
    return str(notebook.metadata.get(KEY, {}).get("python", ""))


def read_notes(notebook: NotebookNode) -> list[Note]:
    """Return a notebook's notes in the order in which they were added."""
    return [Note(**entry) for entry in notebook.metadata.get(KEY, {}).get("notes", [])]

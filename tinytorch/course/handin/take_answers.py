"""The part of a submission that counts: its answers, put into the notebook as it was released.

Whatever else is in it, such as tags, settings, outputs and a kernel's name, has no effect. Grading and `tito check`
both read a notebook this way.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence

from nbformat import NotebookNode

from tinytorch.course.handin.align_cells import align_cells
from tinytorch.course.handin.leftover_stubs import mend_stubs
from tinytorch.course.notebook import (
    BROWSER_CELL,
    BROWSER_KERNEL,
    EXPLORE,
    explore_cells,
    grade_id,
    role_of,
    tag_as_released,
)
from tinytorch.course.notes import Kind, add_note, clear_notes, note_python_version, python_version


def take_answers(notebook: NotebookNode, released: NotebookNode, remarks: Sequence[tuple[Kind, str]] = ()) -> None:
    """Rearrange a notebook that was handed in, and add a note on each thing that had to be put right.

    Args:
        notebook: what was handed in; it is changed.
        released: the notebook as it was released; it is only read.
        remarks: what was noticed when the file was read.
    """
    tagged = tags_on_tests(notebook)
    language, version = language_of(notebook), version_of(notebook)
    notebook.metadata = NotebookNode(kernelspec=copy.deepcopy(released.metadata.kernelspec))
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    notebook.cells = [cell for cell in notebook.cells if cell.source.strip() != BROWSER_CELL]
    notes = align_cells(notebook, released)
    tag_as_released(notebook, explore_cells(released))

    clear_notes(notebook)
    note_python_version(notebook, version)
    for tag, cells in tagged.items():
        said = f"the tag `{tag}` was put on {len(cells)} test cells; such cells are passed over"
        add_note(notebook, "flag", cells[0], said)
    for kind, sentence in remarks:
        add_note(notebook, kind, "", sentence)
    if language != "python":
        said = f"the notebook was saved with a kernel for {language}; it was graded with Python"
        add_note(notebook, "note", "", said)
    if any(kind == "fault" for kind, _ in remarks):  # the file was not a notebook
        return
    for note in notes + mend_stubs(notebook, released):
        add_note(notebook, note.kind, note.cell, note.text)


def tags_on_tests(notebook: NotebookNode) -> dict[str, list[str]]:
    """Return, by tag, the test cells that have a tag with which a runner passes over a cell or its errors."""
    found: dict[str, list[str]] = {}
    for cell in notebook.cells:
        if role_of(cell) == "test":
            for tag in {"skip-execution", "raises-exception", EXPLORE} & set(cell.metadata.get("tags", [])):
                found.setdefault(tag, []).append(grade_id(cell) or "")
    return dict(sorted(found.items()))


def language_of(notebook: NotebookNode) -> str:
    """Return the language that a notebook says it is in; Python if it says nothing."""
    for part in ("kernelspec", "language_info"):
        described = notebook.metadata.get(part)
        if isinstance(described, dict):
            language = described.get("language") or (described.get("name") if part == "language_info" else None)
            if language:
                return str(language).lower()
    return "python"


def version_of(notebook: NotebookNode) -> str:
    """Return the version of the language that a notebook was saved with, "" if it does not say."""
    described = notebook.metadata.get("language_info")
    if notebook.metadata.get("kernelspec") == BROWSER_KERNEL:
        return python_version(notebook)  # what the site noted: the kernel says 3.8, whatever it is
    return str(described.get("version") or "") if isinstance(described, dict) else ""

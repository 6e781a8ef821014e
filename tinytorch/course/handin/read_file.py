"""Reading a file as it was handed in: what can be read is converted, what cannot has a reason for its student."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode

from tinytorch.course.layout import CourseError
from tinytorch.course.notes import Kind

MOST_BYTES = 20_000_000  # the untouched notebook has 125 kB, and one with every plot drawn about 1 MB
REMARKS = "received.txt"  # beside a collected notebook: what its student has to know of how it came, a line each
MOST_CELLS = 2_000  # the released notebook has 193
# What other files that students take for the notebook begin with
KINDS = {b"PK": "a zip archive", b"\x1f\x8b": "a gzip archive", b"%PDF": "a PDF", b"<": "a web page"}


class NotANotebook(CourseError):
    """What is wrong with a file that was handed in, and what its student can do."""


class SubmissionExporter(NotebookExporter):  # type: ignore[misc]
    """nbgrader's way to read a submission: one that is no notebook becomes an empty one, so that it is graded with 0.

    What there is to tell goes to the preprocessors as `resources["tinytorch"]`, pairs of kind and sentence.
    """

    def from_file(
        self, file_stream: Any, resources: dict[str, Any] | None = None, **settings: Any
    ) -> tuple[str, dict[str, Any]]:
        """Read the file that nbconvert opened, in its own encoding."""
        resources = {} if resources is None else resources
        notebook, resources["tinytorch"] = receive(Path(file_stream.name))
        exported: tuple[str, dict[str, Any]] = self.from_notebook_node(notebook, resources=resources, **settings)
        return exported


def receive(path: Path) -> tuple[NotebookNode, list[tuple[Kind, str]]]:
    """Read a file that was handed in, as an empty notebook if it is none, and give what there is to tell of it."""
    told = path.with_name(REMARKS)
    remarks: list[tuple[Kind, str]] = []
    if told.is_file():
        remarks = [("note", line) for line in told.read_text(encoding="utf-8").splitlines() if line.strip()]
    try:
        notebook, changes = read_submission(path)
        return notebook, [*remarks, *(("note", change) for change in changes)]
    except NotANotebook as error:
        # where there was no file at all, collecting left an empty one and said why
        was_there = path.stat().st_size > 0 or not remarks
        faults: list[str] = [str(error)] if was_there else [text for _, text in remarks]
        return nbformat.v4.new_notebook(), [*(remarks if was_there else []), *(("fault", text) for text in faults)]


def read_submission(path: Path) -> tuple[NotebookNode, list[str]]:
    """Return what was handed in as a notebook of today's format and what was converted, or raise `NotANotebook`."""
    if path.stat().st_size > MOST_BYTES:
        size, most = math.ceil(path.stat().st_size / 1e6), MOST_BYTES // 1_000_000
        raise NotANotebook(
            f"the file is too large ({size} MB, at most {most} MB): clear all outputs, save and hand it in again"
        )
    text, changes = _decode(path.read_bytes())
    try:
        notebook = nbformat.reader.reads(text)
        version = notebook.nbformat
        if version != 4:
            notebook = nbformat.convert(notebook, 4)
            changes.append(f"the notebook has the old format {version}; it was converted to format 4")
        cells = [_cell(cell) for cell in notebook.cells]
    except Exception as error:
        raise NotANotebook(_reason(text, error)) from None
    if len(cells) > MOST_CELLS:
        raise NotANotebook(
            f"the notebook has {len(cells)} cells, at most {MOST_CELLS}: delete what you do not need, hand it in again"
        )
    if any("\r" in cell.source for cell in cells):
        changes.append("its lines end as on Windows (CRLF); they were converted")
        for cell in cells:
            cell.source = cell.source.replace("\r\n", "\n").replace("\r", "\n")
    notebook.cells = cells
    return notebook, changes


def _decode(content: bytes) -> tuple[str, list[str]]:
    """Return the text of a file in whatever encoding an editor left it, and what to say about that."""
    if not content.strip():
        raise NotANotebook("the file is empty: save the notebook again and hand it in anew")
    for kind, what in KINDS.items():
        if content.startswith(kind):
            raise NotANotebook(f"the file is {what}, not a notebook: hand in the .ipynb file itself")
    encoding = json.detect_encoding(content)
    try:
        text = content.decode(encoding)
        return text, [] if encoding == "utf-8" else [f"the file was saved as {encoding.upper()}; it was converted"]
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    if not text.lstrip().startswith("{"):
        raise NotANotebook("the file is not a notebook but binary data: hand in the .ipynb file that JupyterLab saves")
    return text, ["the file was not saved as UTF-8; it was read as Windows-1252, so check its accented letters"]


def _reason(text: str, error: Exception) -> str:
    """Return why a text is no notebook, and what its student can do."""
    again = "save the notebook in JupyterLab once more and hand that file in"
    if "\n<<<<<<< " in text:
        return f"the file holds git's conflict marks (<<<<<<<): settle the conflict, then {again}"
    cause = error.__cause__ or error.__context__ or error
    if not text.lstrip().startswith("{"):
        return "the file is not a notebook: hand in the .ipynb file that JupyterLab saves"
    if isinstance(cause, json.JSONDecodeError):
        if cause.pos >= len(text.rstrip()) - 1 or cause.msg.startswith("Unterminated string"):
            return f"the file stops in the middle, it was cut off while it was saved or uploaded: {again}"
        return f"the file is damaged at line {cause.lineno}: {again}"
    return f"the file holds no notebook's cells: {again}"


def _cell(cell: Any) -> NotebookNode:
    """Return a cell in today's shape, or raise if it is none."""
    if not isinstance(cell, dict) or not isinstance(cell.get("source"), str) or not isinstance(cell["metadata"], dict):
        raise ValueError("not a cell")
    if cell.get("cell_type") not in ("code", "markdown", "raw"):
        cell["cell_type"] = "raw"
    return NotebookNode(cell)

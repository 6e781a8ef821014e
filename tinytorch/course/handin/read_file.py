"""Reading a file that was handed in: it is converted if need be, and if it cannot be read, its student is told why."""

from __future__ import annotations

import json
import math
from contextlib import suppress
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from tinytorch.course.handin.mend_json import mend
from tinytorch.course.layout import CourseError
from tinytorch.course.notebook import as_notebook
from tinytorch.course.notes import Kind

MOST_BYTES = 20_000_000  # the untouched notebook has 125 kB, one with all plots about 1 MB
REMARKS = "received.txt"  # beside a collected notebook: remarks to its student on how it was handed in, one per line
MOST_CELLS = 2_000  # the released notebook has 193
# The first bytes of other files that students hand in by mistake
KINDS = {b"PK": "a zip archive", b"\x1f\x8b": "a gzip archive", b"%PDF": "a PDF", b"<": "a web page"}


class NotANotebook(CourseError):
    """What is wrong with a file that was handed in, and what its student can do about it."""


def receive(path: Path) -> tuple[NotebookNode, list[tuple[Kind, str]]]:
    """Return what was handed in, an empty notebook if it is not one, and the remarks on it: kinds and sentences."""
    collected = path.with_name(REMARKS)
    remarks: list[tuple[Kind, str]] = []
    if collected.is_file():
        remarks = [("note", line) for line in collected.read_text(encoding="utf-8").splitlines() if line.strip()]
    try:
        notebook, changes = read_submission(path)
        return notebook, [*remarks, *(("note", change) for change in changes)]
    except NotANotebook as error:
        # if there was no file at all, collecting left an empty one, and a remark that says why
        was_there = path.stat().st_size > 0 or not remarks
        faults: list[str] = [str(error)] if was_there else [text for _, text in remarks]
        return nbformat.v4.new_notebook(), [*(remarks if was_there else []), *(("fault", text) for text in faults)]


def open_notebook(path: Path) -> tuple[NotebookNode, list[str]]:
    """Return a student's own notebook as grading reads it, and what was converted.

    Raises:
        CourseError: there is no such file, or it is not a notebook.
    """
    if not path.is_file():
        raise CourseError(f"There is no notebook {path}: check the path.")
    try:
        return read_submission(path)
    except NotANotebook as error:
        raise CourseError(f"{path} cannot be read as a notebook: {error}.") from None


def read_submission(path: Path) -> tuple[NotebookNode, list[str]]:
    """Return what was handed in, in the current notebook format, and what was converted; or raise `NotANotebook`."""
    if path.stat().st_size > MOST_BYTES:
        size, most = math.ceil(path.stat().st_size / 1e6), MOST_BYTES // 1_000_000
        raise NotANotebook(
            f"the file is too large ({size} MB, at most {most} MB): clear all outputs, save and hand it in again"
        )
    text, changes = _decode(path.read_bytes())
    try:
        document, mended = mend(json.loads(text))
        changes += mended
        is_current = document.get("nbformat") == 4
        notebook = as_notebook(document) if is_current else nbformat.reader.reads(json.dumps(document))
        version = notebook.nbformat
        if version != 4:
            notebook = nbformat.convert(notebook, 4)
            changes.append(f"the notebook has the old format {version}; it was converted to format 4")
        cells = [_cell(cell) for cell in notebook.cells]
    except Exception as error:
        raise NotANotebook(_reason(text, error)) from None
    if len(cells) > MOST_CELLS:
        raise NotANotebook(
            f"the notebook has {len(cells)} cells, at most {MOST_CELLS}: delete those of no use, and hand it in again"
        )
    if any("\r" in cell.source for cell in cells):
        changes.append("its lines end as on Windows (CRLF); they were converted")
        for cell in cells:
            cell.source = cell.source.replace("\r\n", "\n").replace("\r", "\n")
    notebook.cells = cells
    return notebook, changes


def _decode(content: bytes) -> tuple[str, list[str]]:
    """Return the text of a file, in whichever encoding an editor saved it, and a remark on an unusual encoding."""
    if not content.strip():
        raise NotANotebook("the file is empty: save the notebook once more and hand it in again")
    for kind, what in KINDS.items():
        if content.startswith(kind):
            raise NotANotebook(f"the file is {what}, not a notebook: hand in the .ipynb file itself")
    encoding = json.detect_encoding(content)
    try:
        text = content.decode(encoding)
        return text, [] if encoding == "utf-8" else [f"the file was saved as {encoding.upper()}; it was converted"]
    except UnicodeDecodeError:
        pass
    with suppress(UnicodeDecodeError):  # UTF-8, but for halves of characters, each written by itself
        return content.decode("utf-8", "surrogatepass"), []
    text = content.decode("cp1252", errors="replace")
    if not text.lstrip().startswith("{"):
        raise NotANotebook("the file is not a notebook but binary data: hand in the .ipynb file that JupyterLab saves")
    return text, ["the file was not saved as UTF-8; it was read as Windows-1252, so check its accented letters"]


def _reason(text: str, error: Exception) -> str:
    """Return why a text is not a notebook, and what its student can do about it."""
    again = "save the notebook in JupyterLab once more and hand that file in"
    if "\n<<<<<<< " in text:
        return f"the file holds git's conflict marks (<<<<<<<): resolve the conflict, then {again}"
    if not text.lstrip().startswith("{"):
        return "the file is not a notebook: hand in the .ipynb file that JupyterLab saves"
    if isinstance(error, json.JSONDecodeError):
        if error.pos >= len(text.rstrip()) - 1 or error.msg.startswith("Unterminated string"):
            return f"the file stops in the middle, because saving or uploading it was interrupted: {again}"
        return f"the file is damaged at line {error.lineno}: {again}"
    return f"the file does not contain the cells of a notebook: {again}"


def _cell(cell: Any) -> NotebookNode:
    """Return a cell in the current format, or raise an error if it is not one."""
    if not isinstance(cell, dict) or not isinstance(cell.get("source"), str) or not isinstance(cell["metadata"], dict):
        raise ValueError("not a cell")
    if cell.get("cell_type") not in ("code", "markdown", "raw"):
        cell["cell_type"] = "raw"
    return NotebookNode(cell)

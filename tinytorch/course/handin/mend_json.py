"""Mending what a file says in JSON before nbformat reads it, which would refuse the whole notebook for one cell.

Editors, scripts and converters leave parts of cells out, or write a part in another form.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tinytorch.course.whole_text import are_whole, whole_texts

CELL_KINDS = ("code", "markdown", "raw")
# The parts that a cell has to have: what each may be, and what stands for a missing one
PARTS: dict[str, tuple[Callable[[Any], bool], Callable[[], Any]]] = {
    "metadata": (lambda part: isinstance(part, dict), dict),
    "source": (lambda part: isinstance(part, str), str),
}
CODE_PARTS: dict[str, tuple[Callable[[Any], bool], Callable[[], Any]]] = {
    "outputs": (lambda part: isinstance(part, list) and all(isinstance(each, dict) for each in part), list),
    "execution_count": (lambda part: part is None or type(part) is int, lambda: None),
}


def mend(document: Any) -> tuple[Any, list[str]]:
    """Return what a notebook's file says, mended, and a remark to its student on each kind of change."""
    if not isinstance(document, dict):
        return document, []
    document, changes = _with_whole_texts(document)
    if isinstance(document.get("cells"), list):
        changes += _mend_notebook(document)
    return document, changes


def _with_whole_texts(document: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Return a document with whole texts; the lines of a source are joined first, since they may break a character."""
    cells = document.get("cells")
    for cell in cells if isinstance(cells, list) else []:
        if isinstance(cell, dict) and isinstance(cell.get("source"), list):
            cell["source"] = "".join(part for part in cell["source"] if isinstance(part, str))
    if are_whole(document):
        return document, []
    whole = whole_texts(document)
    if whole == document:
        return document, []
    return whole, [
        "it had half of a character in its text, such as half an emoji, or a NUL, which no file may have; "
        "each is shown as \ufffd"
    ]


def _mend_notebook(document: dict[str, Any]) -> list[str]:
    """Put back what a notebook in format 4 lacks, in place; return the remarks."""
    if type(document.get("nbformat")) is not int:
        document["nbformat"] = 4
    if type(document.get("nbformat_minor")) is not int:
        document["nbformat_minor"] = 5
    if not isinstance(document.get("metadata"), dict):
        document["metadata"] = {}
    cells = [cell for cell in document["cells"] if isinstance(cell, dict)]
    if not cells:  # then it is no notebook, or an empty one
        return []
    dropped = len(document["cells"]) - len(cells)
    document["cells"] = cells
    lacking: set[str] = set()
    count = 0
    for cell in cells:
        if names := _mend_cell(cell):
            lacking |= names
            count += 1
    changes = []
    if count:
        verb = "lacks" if count == 1 else "lack"
        changes.append(
            f"{count} cell{'' if count == 1 else 's'} of the file {verb} parts that every cell has "
            f"({', '.join(sorted(lacking))}); they were put back empty"
        )
    if dropped:
        changes.append(f"{dropped} of the file's cells are no cells; they were left out")
    return changes


def _mend_cell(cell: dict[str, Any]) -> set[str]:
    """Put back what a cell lacks; return the names of it."""
    mended = set()
    if cell.get("cell_type") not in CELL_KINDS:
        if "cell_type" not in cell:
            mended.add("cell_type")
            cell["cell_type"] = "code" if "outputs" in cell else "markdown"
        else:
            cell["cell_type"] = "raw"
    for name, (fits, empty) in (PARTS | CODE_PARTS if cell["cell_type"] == "code" else PARTS).items():
        if name not in cell or not fits(cell[name]):
            cell[name] = empty()
            mended.add(name)
    for name, kind in (("attachments", dict), ("id", str)):
        if name in cell and not isinstance(cell[name], kind):
            del cell[name]
    return mended

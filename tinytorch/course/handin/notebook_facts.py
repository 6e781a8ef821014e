"""What has to be known of a notebook to say whose and what it is: the names of its cells, and whether it has answers.

Most notebooks are read as plain JSON, which takes a tenth of the time; all others as grading reads them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from tinytorch.course.handin.read_file import MOST_BYTES, MOST_CELLS, read_submission
from tinytorch.course.notebook import STUB, grade_id, role_of


@dataclass(frozen=True)
class NotebookFacts:
    """What is known of a notebook's cells."""

    names: frozenset[str]  # nbgrader's
    written: bool  # whether a cell to write is not as released; True if no cell to write can be told


def read_facts(path: Path) -> NotebookFacts:
    """Read a notebook, or raise `NotANotebook`."""
    cells = _plain_cells(path)
    if cells is None:
        cells = read_submission(path)[0].cells
    names = frozenset(name for cell in cells if (name := grade_id(cell)))
    solutions = [cell for cell in cells if role_of(cell) == "solution"]
    return NotebookFacts(names, not solutions or any(STUB not in cell.source for cell in solutions))


def _plain_cells(path: Path) -> list[Any] | None:
    """Return the cells of a notebook without anything unusual about it, None for any other file."""
    if path.stat().st_size > MOST_BYTES:
        return None
    try:
        document = json.loads(path.read_bytes().decode("utf-8"))
        if (
            document["nbformat"] != 4
            or not isinstance(document["metadata"], dict)
            or len(document["cells"]) > MOST_CELLS
        ):
            return None
        if not isinstance(document["cells"], list) or not all(map(_is_plain, document["cells"])):
            return None
        return [
            SimpleNamespace(metadata=cell["metadata"], source="".join(cell["source"])) for cell in document["cells"]
        ]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _is_plain(cell: dict[str, Any]) -> bool:
    """Whether a cell is as JupyterLab writes it."""
    outputs = cell.get("outputs", [])
    return (
        cell["cell_type"] in ("code", "markdown", "raw")
        and isinstance(cell["metadata"], dict)
        and isinstance(cell["source"], (str, list))
        and not cell.get("attachments")
        and isinstance(outputs, list)
        and all(isinstance(output, dict) and isinstance(output.get("data", {}), dict) for output in outputs)
    )

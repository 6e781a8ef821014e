"""What has to be known of a notebook to say whose and what it is: the names of its cells, and whether it has answers.

Most notebooks are read as plain JSON, which takes a tenth of the time; all others as grading reads them. What was found
out is kept by the content for the next run, in which few notebooks are new.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from tinytorch.course.handin.read_file import MOST_BYTES, MOST_CELLS, read_submission
from tinytorch.course.kept import find_kept, keep, tools
from tinytorch.course.notebook import STUB, grade_id, role_of

CELL_TYPES, SOURCE_TYPES = ("code", "markdown", "raw"), (str, list)
NO_OUTPUTS: list[Any] = []


@dataclass(frozen=True)
class NotebookFacts:
    """What is known of a notebook's cells."""

    names: frozenset[str]  # nbgrader's
    written: bool  # whether a cell to write is not as released; True if no cell to write can be told


class KnownFacts:
    """The facts of a class's notebooks, by their content: as an earlier run found them out, or found out now."""

    def __init__(self, place: Path) -> None:
        """Take what is kept of the class whose folder of results is `place`."""
        self._key = hashlib.sha256(f"{tools()}\0{place.resolve()}".encode("utf-8", "surrogatepass")).hexdigest()
        kept = json.loads(find_kept("facts", self._key) or b"[[], {}]")
        sets = [frozenset(names) for names in kept[0]]  # a class has few, as most hand-ins have all cells
        self._earlier = {digest: NotebookFacts(sets[number], written) for digest, (number, written) in kept[1].items()}
        self._now: dict[str, NotebookFacts] = {}

    def of(self, path: Path) -> NotebookFacts:
        """Return the facts of a notebook, or raise `NotANotebook`."""
        if path.stat().st_size > MOST_BYTES:
            return read_facts(path)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        self._now[digest] = facts = self._earlier.get(digest) or read_facts(path)
        return facts

    def keep(self) -> None:
        """Keep the facts of the notebooks that were asked for."""
        if self._now != self._earlier:
            sets = {names: number for number, names in enumerate({facts.names for facts in self._now.values()})}
            numbers = {digest: (sets[facts.names], facts.written) for digest, facts in self._now.items()}
            keep("facts", self._key, json.dumps([[sorted(names) for names in sets], numbers]).encode())


def read_facts(path: Path) -> NotebookFacts:
    """Read a notebook, or raise `NotANotebook`."""
    cells = _plain_cells(path)
    if cells is None:
        cells = [cell for cell in read_submission(path)[0].cells if "nbgrader" in cell.metadata]
    names = frozenset(name for cell in cells if (name := grade_id(cell)))
    solutions = [cell for cell in cells if role_of(cell) == "solution"]
    return NotebookFacts(names, not solutions or any(STUB not in cell.source for cell in solutions))


def _plain_cells(path: Path) -> list[Any] | None:
    """Return the cells that nbgrader knows of a notebook without anything unusual about it, None for any other file."""
    if path.stat().st_size > MOST_BYTES:
        return None
    try:
        document = json.loads(path.read_bytes().decode("utf-8"))
        if document["nbformat"] != 4 or type(document["metadata"]) is not dict or type(document["cells"]) is not list:
            return None
        return _cells_of_nbgrader(document["cells"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _cells_of_nbgrader(cells: list[dict[str, Any]]) -> list[Any] | None:
    """Return these cells if all cells are as JupyterLab writes them; this is what takes longest in a large class."""
    if len(cells) > MOST_CELLS:
        return None
    found = []
    for cell in cells:
        metadata, source = cell["metadata"], cell["source"]
        if cell["cell_type"] not in CELL_TYPES or type(metadata) is not dict or type(source) not in SOURCE_TYPES:
            return None
        if cell.get("attachments"):
            return None
        outputs = cell.get("outputs", NO_OUTPUTS)
        if type(outputs) is not list:
            return None
        if outputs and not all(type(each) is dict and type(each.get("data", {})) is dict for each in outputs):
            return None
        if "nbgrader" in metadata:
            found.append(NotebookNode(metadata=metadata, source="".join(source)))
    return found

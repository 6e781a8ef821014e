"""Reading notebooks: what a file holds, what each cell is for, and which step it belongs to."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterable, Set
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode, from_dict

from tinytorch.course.error_text import first_line
from tinytorch.course.layout import Course, CourseError, Module

# The line that a release leaves in each cell to write; nbgrader_config.py puts it there.
STUB = 'raise NotImplementedError("Write this step here, then delete this line.")'
EXPLORE = "explore"  # the tag of a cell for looking and playing; grading skips it
EXPORTS_TO = re.compile(r"^#\|\s*default_exp\s+core\.(?P<name>\w+)", re.MULTILINE)
# The cell that a notebook has in a browser (`tito bundle --lite`) and nowhere else; what it gets is there when graded.
BROWSER_CELL = """\
# This notebook runs in your browser.
# Run this cell each time that the kernel has started: it gets the package.
%pip install -q tinytorch"""
BROWSER_KERNEL = {"name": "python", "display_name": "Python (Pyodide)", "language": "python"}
NUMBER = re.compile(r"^\*\*(?P<number>\d+)\.\*\*", re.MULTILINE)  # at the beginning of a question
HEADING = re.compile(r"^##\s+(?P<title>(?P<step>Step \d+)?.*)$", re.MULTILINE)


def read_notebook(path: Path) -> NotebookNode:
    """Read a notebook as nbformat 4, or raise `CourseError` with what is wrong with the file."""
    if not path.is_file():
        raise CourseError(f"There is no notebook {path}: check the path.")
    try:
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
    except Exception as error:
        reason = first_line(error, type(error).__name__)[:120]
        raise CourseError(
            f"{path} cannot be read as a notebook ({reason}): save it again in JupyterLab, or ask for another copy."
        ) from None
    return notebook


def read_own_notebook(path: Path) -> NotebookNode:
    """Read a notebook that the course made. To check it by its schema would take longer than all the rest."""
    with suppress(OSError, UnicodeDecodeError):
        if (own := own_notebook(path.read_text(encoding="utf-8"))) is not None:
            return own
    return read_notebook(path)


def own_notebook(text: str) -> NotebookNode | None:
    """Return the content of a notebook that the course released, None if it is no such notebook."""
    with suppress(ValueError, LookupError, TypeError):
        document = json.loads(text)
        if document["nbformat"] == 4 and all(isinstance(cell["metadata"], dict) for cell in document["cells"]):
            return as_notebook(document)
    return None


def as_notebook(document: dict[str, Any]) -> NotebookNode:
    """Return the content of a file in nbformat 4 as nbformat reads it, its outputs apart, without checking it."""
    notebook = from_dict(document)
    for cell in notebook.cells:
        if isinstance(cell.get("source"), list):
            cell.source = "".join(cell.source)
        for attachment in cell.get("attachments", {}).values():
            for kind, content in attachment.items():
                if isinstance(content, list) and not kind.endswith("json"):
                    attachment[kind] = "".join(content)
    return notebook


def role_of(cell: NotebookNode) -> str | None:
    """Return what a cell is to nbgrader: "solution", "test", "written", "given", or None for any other cell."""
    flags = _settings(cell)
    if flags.get("solution"):
        return "written" if flags.get("grade") else "solution"
    if flags.get("grade"):
        return "test"
    return "given" if flags.get("locked") else None


def grade_id(cell: NotebookNode) -> str | None:
    """Return the name that nbgrader knows a cell by."""
    name = _settings(cell).get("grade_id")
    return None if name is None else str(name)


def _settings(cell: NotebookNode) -> dict[str, Any]:
    """Return what nbgrader wrote into a cell; a submission may hold anything there."""
    settings = cell["metadata"].get("nbgrader")  # `cell.metadata` takes three times as long, thousands of times
    return settings if isinstance(settings, dict) else {}


def solution_cells(notebook: NotebookNode) -> list[NotebookNode]:
    """Return the code cells that the student writes."""
    return [cell for cell in notebook.cells if role_of(cell) == "solution"]


@dataclass(frozen=True)
class WrittenAnswer:
    """An answer in prose, which a person grades."""

    cell: str  # its grade_id
    name: str  # what a reader of the notebook knows it by: "question 5", else its grade_id
    points: float

    @property
    def is_empty(self) -> str:
        """The sentence that nothing is written there."""
        return f"{self.name} ({self.points:g} points, graded by hand) is still empty"


def written_answers(released: NotebookNode) -> list[WrittenAnswer]:
    """Return the answers of a released notebook that a person grades."""
    found, above = [], ""
    for cell in released.cells:
        if role_of(cell) == "written":
            numbers, name = NUMBER.findall(above), str(grade_id(cell))
            shown = f"question {numbers[-1]}" if numbers else name
            found.append(WrittenAnswer(name, shown, float(cell.metadata.nbgrader.points)))
        above = cell.source if cell.cell_type == "markdown" else ""
    return found


def explore_cells(notebook: NotebookNode) -> dict[str, str]:
    """Return the ids and sources of the cells for looking and playing: tagged `explore`, unknown to nbgrader."""
    return {
        cell.id: cell.source
        for cell in notebook.cells
        if EXPLORE in cell.metadata.get("tags", []) and role_of(cell) is None
    }


def tag_as_released(notebook: NotebookNode, explore_sources: dict[str, str]) -> None:
    """Tag with `explore` exactly those cells that have the id and the source of a released explore cell.

    With stock nbgrader a student who tags the tests `skip-execution` gets full marks. A cell that nbgrader knows is
    never tagged: a test with the id and the source of an explore cell is still a test.
    """
    for cell in notebook.cells:
        cell.metadata.pop("tags", None)
        unchanged = cell.get("id") in explore_sources and explore_sources[cell.id] == cell.source
        if unchanged and not cell.metadata.get("nbgrader"):
            cell.metadata.tags = [EXPLORE]


def sections(notebook: NotebookNode) -> list[tuple[str, NotebookNode]]:
    """Return each cell with its section: "Step 4" inside step 4, else the title of the heading above the cell."""
    section, pairs = "Before step 1", []
    for cell in notebook.cells:
        heading = HEADING.search(cell.source) if cell.cell_type == "markdown" else None
        if heading:
            section = heading["step"] or heading["title"]
        pairs.append((section, cell))
    return pairs


def exported_module(notebook: NotebookNode) -> str:
    """Return the name of the module that a notebook exports to, such as "dataloader"; "" if it does not say."""
    for cell in notebook.cells:
        if cell.cell_type == "code" and (found := EXPORTS_TO.search(cell.source)):
            return found["name"]
    return ""


def grade_ids(notebook: NotebookNode) -> set[str]:
    """Return the names of all cells that nbgrader knows."""
    return {name for cell in notebook.cells if (name := grade_id(cell))}


def module_of(course: Course, path: Path, names: set[str] | None = None) -> Module | None:
    """Return the module that a notebook belongs to: by its file's name, else its folder's, else its cells' names.

    `names` are its cells' names, if they have been read already. None if it belongs to no module.
    """
    if found := module_by_path(course.modules, path):
        return found
    if names is None:
        try:
            names = grade_ids(read_notebook(path))
        except CourseError:
            return None
    shared = shared_cells(course, names)
    return max(shared, key=lambda module: shared[module], default=None)


def module_by_path(modules: Iterable[Module], path: Path) -> Module | None:
    """Return the module whose notebook has the name of this file, or whose folder has that of its folder."""
    for module in modules:
        if path.name == module.notebook_name or path.parent.name == module.assignment:
            return module
    return None


def shared_cells(course: Course, names: Set[str]) -> dict[Module, int]:
    """Return how many of these names of cells each module's released notebook has, without modules that have none."""
    released = {module: module.released_path for module in course.modules if module.released_path.is_file()}
    counts = {module: len(names & _released_names(path, path.stat().st_mtime_ns)) for module, path in released.items()}
    return {module: count for module, count in counts.items() if count}


@functools.lru_cache  # they are needed for each student of a class
def _released_names(path: Path, changed_ns: int) -> set[str]:
    """Return the names of a released notebook's cells, as of its last change."""
    return grade_ids(read_own_notebook(path))

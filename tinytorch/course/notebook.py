"""Reading notebooks: what a file holds, and which cell of it belongs to which step."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from tinytorch.course.layout import CourseError

STEP_HEADING = re.compile(r"^##\s+(Step \d+)\b", re.MULTILINE)


def read_notebook(path: Path) -> NotebookNode:
    """Read a notebook as nbformat 4, or raise `CourseError` with what is wrong with the file."""
    if not path.is_file():
        raise CourseError(f"There is no notebook {path}: check the path.")
    try:
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
    except Exception as error:
        reason = str(error).splitlines()[0][:120] if str(error) else type(error).__name__
        raise CourseError(
            f"{path} cannot be read as a notebook ({reason}): save it again in JupyterLab, or ask for another copy."
        ) from None
    return notebook


def role_of(cell: NotebookNode) -> str | None:
    """Say what a cell is to nbgrader: "solution", "test", "written", "given", or None for any other cell."""
    flags = cell.metadata.get("nbgrader", {})
    if flags.get("solution"):
        return "written" if flags.get("grade") else "solution"
    if flags.get("grade"):
        return "test"
    return "given" if flags.get("locked") else None


def grade_id(cell: NotebookNode) -> str | None:
    """Give the name that nbgrader knows a cell by."""
    name = cell.metadata.get("nbgrader", {}).get("grade_id")
    return None if name is None else str(name)


def solution_cells(notebook: NotebookNode) -> list[NotebookNode]:
    """Give the code cells that are the student's to write."""
    return [cell for cell in notebook.cells if role_of(cell) == "solution"]


def step_of(cell: NotebookNode) -> str | None:
    """Give "Step 4" for the heading that opens step 4, None for any other cell."""
    if cell.cell_type != "markdown":
        return None
    match = STEP_HEADING.search(cell.source)
    return match.group(1) if match else None

"""Resetting the cells of one step to what was released; a backup of the notebook is kept beside it."""

from __future__ import annotations

import copy
from datetime import datetime
from pathlib import Path

from nbformat import NotebookNode

from tinytorch.course.files import write_notebook, write_whole
from tinytorch.course.layout import Course, CourseError, Module
from tinytorch.course.notebook import grade_id, read_notebook, role_of, sections
from tinytorch.course.released import released_cells, released_notebook


def reset(
    course: Course, module: Module, notebook_path: Path, step: str | None = None, cell: str | None = None
) -> tuple[list[str], Path | None]:
    """Reset the cells to write of a step, or one cell by its name, to the released source.

    Return the names of the cells that changed and the path of the backup; no names and None if nothing had to change.
    """
    released = released_notebook(course, module)
    names = _names_to_reset(module, released, step, cell)
    pristine = released_cells(course, module)
    if lost := [name for name in names if name not in pristine]:
        raise CourseError(
            f"The released source of {', '.join(lost)} is neither in git nor in {module.released_path}: "
            "get a fresh copy of the course."
        )
    notebook = read_notebook(notebook_path)
    changed = [name for name in names if _reset_cell(notebook, pristine[name], released, notebook_path)]
    if not changed:
        return [], None
    backup = _backup_path(notebook_path)
    write_whole(backup, notebook_path.read_bytes())
    write_notebook(notebook, notebook_path)
    return changed, backup


def _names_to_reset(module: Module, released: NotebookNode, step: str | None, cell: str | None) -> list[str]:
    """Return the names of the cells to reset, in the order of the notebook."""
    if (step is None) == (cell is None):
        raise CourseError("Say what to reset: one step, such as --step 4, or one cell, such as --cell dataset.")
    if cell is not None:
        known = [name for each in released.cells if (name := grade_id(each))]
        if cell not in known:
            raise CourseError(f"{module.assignment} has no cell {cell!r}: choose one of {', '.join(known)}.")
        return [cell]
    solutions = [(heading, grade_id(each)) for heading, each in sections(released) if role_of(each) == "solution"]
    names = [name for heading, name in solutions if heading == f"Step {step}" and name]
    if not names:
        steps = sorted({heading.removeprefix("Step ") for heading, _ in solutions if heading.startswith("Step ")})
        raise CourseError(f"{module.assignment} has no cell to write in step {step}: choose one of {', '.join(steps)}.")
    return names


def _reset_cell(notebook: NotebookNode, pristine: NotebookNode, released: NotebookNode, path: Path) -> bool:
    """Replace the notebook's cell of that name with the released one. Return whether that changed anything."""
    name = grade_id(pristine)
    positions = [position for position, cell in enumerate(notebook.cells) if grade_id(cell) == name]
    if len(positions) > 1:
        raise CourseError(f"{path} has the cell {name} {len(positions)} times: delete the copies, then reset again.")
    fresh = copy.deepcopy(pristine)
    if not positions:
        if any(cell.get("id") == fresh.id for cell in notebook.cells):
            fresh.id = f"{fresh.id[:50]}-released"
        notebook.cells.insert(_position_of(name, notebook, released), fresh)
        return True
    cell = notebook.cells[positions[0]]
    if (cell.cell_type, cell.source, cell.metadata) == (fresh.cell_type, fresh.source, fresh.metadata):
        return False
    fresh.id = cell.get("id", fresh.id)
    notebook.cells[positions[0]] = fresh
    return True


def _position_of(name: str | None, notebook: NotebookNode, released: NotebookNode) -> int:
    """Return where a deleted cell belongs: after the nearest released cell before it that is still in the notebook."""
    position_by_id = {cell.get("id"): position for position, cell in enumerate(notebook.cells)}
    position = 0
    for cell in released.cells:
        if grade_id(cell) == name:
            break
        position = position_by_id.get(cell.id, position - 1) + 1
    return position


def _backup_path(path: Path) -> Path:
    """Return a path for a backup beside the notebook, where no file is yet."""
    stem = f"{path.stem}.backup-{datetime.now():%Y%m%d-%H%M%S}"
    backup, count = path.with_name(f"{stem}.ipynb"), 1
    while backup.exists():
        count += 1
        backup = path.with_name(f"{stem}-{count}.ipynb")
    return backup

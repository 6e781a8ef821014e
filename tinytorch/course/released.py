"""Finding a notebook as it was released, although the student works in the file that was released.

A student's folder has a copy of it in .released/, and the instructor's git has it, because modules/ is committed. If
there is neither, the file that the student works in still has the untouched cells: nbgrader wrote a checksum into each
of its cells, and a cell is as released while its checksum is right.
"""

from __future__ import annotations

import hashlib
import subprocess

from nbformat import NotebookNode

from tinytorch.course.layout import Course, CourseError, Module
from tinytorch.course.notebook import (
    WrittenAnswer,
    grade_id,
    own_notebook,
    read_notebook,
    read_own_notebook,
    written_answers,
)


def is_untouched(cell: NotebookNode) -> bool:
    """Whether one of nbgrader's cells is as it was released."""
    return bool(cell.metadata.nbgrader.get("checksum") == checksum_of(cell))


def checksum_of(cell: NotebookNode) -> str:
    """Return what nbgrader's `compute_checksum` does; to load nbgrader for it would take longer than `tito check`."""
    settings = cell.metadata.nbgrader
    is_test, is_answer = settings.get("grade", False), settings.get("solution", False)
    is_locked = not is_answer and (is_test or settings.get("locked", False))
    parts = [cell.source, cell.cell_type, str(is_test), str(is_answer), str(is_locked), settings["grade_id"]]
    parts += [str(float(settings["points"]))] if is_test else []
    return hashlib.md5("".join(parts).encode(), usedforsecurity=False).hexdigest()


def released_notebook(course: Course, module: Module) -> NotebookNode:
    """Return the file in modules/ if nobody has worked in it, else the copy in .released/ or git, else that file."""
    working = read_own_notebook(module.released_path) if module.released_path.is_file() else None
    if working and all(is_untouched(cell) for cell in working.cells if grade_id(cell)):
        return working
    if module.pristine_path.is_file():
        return read_own_notebook(module.pristine_path)
    found = committed_notebook(course, module) or working
    if found is None:
        raise CourseError(f"{module.released_path} is missing, in git too: get a fresh copy of the course.")
    return found


def committed_notebook(course: Course, module: Module) -> NotebookNode | None:
    """Return the notebook as of the last commit, None if there is no git, no repository or no such file in it."""
    path = module.released_path.relative_to(course.root).as_posix()
    try:
        shown = subprocess.run(["git", "show", f"HEAD:./{path}"], cwd=course.root, capture_output=True, check=True)
        return own_notebook(shown.stdout.decode("utf-8"))
    except (OSError, subprocess.CalledProcessError, UnicodeDecodeError):
        return None


def released_cells(course: Course, module: Module) -> dict[str, NotebookNode]:
    """Return nbgrader's cells as released, by name, those of which there is an untouched copy."""
    candidates = [released_notebook(course, module)]
    if module.released_path.is_file():
        candidates.append(read_notebook(module.released_path))
    cells: dict[str, NotebookNode] = {}
    for cell in (cell for notebook in candidates for cell in notebook.cells):
        name = grade_id(cell)
        if name and is_untouched(cell):
            cells.setdefault(name, cell)
    return cells


def empty_answers(notebook: NotebookNode, released: NotebookNode) -> list[WrittenAnswer]:
    """Return the answers for a person to grade that are missing in a notebook, blank, or as they were released."""
    before = {grade_id(cell): cell for cell in released.cells}
    found = {grade_id(cell): cell.source.strip() for cell in notebook.cells}
    empty = []
    for answer in written_answers(released):
        cell = before[answer.cell]
        as_released = cell.source.strip() if is_untouched(cell) else ""
        if found.get(answer.cell, "") in ("", as_released):
            empty.append(answer)
    return empty

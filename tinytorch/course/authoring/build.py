"""From the literate source to what students open and what later modules import.

    src/05_dataloader/05_dataloader.py --jupytext--> src/05_dataloader/dataloader.ipynb       (solutions, not committed)
        --nbgrader generate_assignment--> modules/05_dataloader/dataloader.ipynb              (what a student opens)
        --nbdev--> tinytorch/core/dataloader.py                                               (what is imported)

A cell's role stands in its percent header, and becomes nbgrader's metadata here:

    # %% solution="dataset"                    the student's cell
    # %% test="dataset-abstract" points=3      a locked cell that is graded
    # %% given="imports"                       a locked cell that is not
    # %% [markdown] written="choice" points=10 a written answer, graded by hand
    # %% tags=["explore"]                      a cell to explore with, skipped when grading
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jupytext
import nbformat
from nbformat import NotebookNode

from tinytorch.course.authoring.export import export_notebook, write_index
from tinytorch.course.authoring.links import Repository, package_url, published_repository
from tinytorch.course.files import write_notebook, write_whole
from tinytorch.course.gradebook.nbgrader_api import open_nbgrader, open_nbgrader_in
from tinytorch.course.gradebook.register import Update, refuse_other_cells, register, update_cells
from tinytorch.course.layout import Course, CourseError, Module
from tinytorch.course.notebook import role_of
from tinytorch.course.verdict.split_test import CannotTakeApart, take_apart

# As nbdev-clean leaves it, which drops all other metadata: it finds nothing to clean in what is built.
KERNELSPEC = {"display_name": "python3", "language": "python", "name": "python3"}

COLAB_CELL = """\
# If you opened this notebook alone, as in Google Colab, this cell installs the package that it needs.
import sys
try:
    import tinytorch.panel
except ImportError:  # it is not installed, or what is installed is another package of that name
    %pip uninstall --yes -qq tinytorch
    %pip install --quiet {package}
    sys.modules.pop("tinytorch", None)"""

# For each role: whether it is graded, whether the student writes it, whether it is locked
ROLES = {
    "solution": {"grade": False, "solution": True, "locked": False},
    "test": {"grade": True, "solution": False, "locked": True},
    "given": {"grade": False, "solution": False, "locked": True},
    "written": {"grade": True, "solution": True, "locked": False},
}


def build(
    course: Course,
    modules: list[Module],
    report: Callable[[Path], None] = lambda path: None,
    update_gradebook: bool = False,
    output: Path | None = None,
) -> list[Update]:
    """Make the solution notebook, the student notebook and the package file of each module.

    Args:
        course: the course.
        modules: the modules.
        report: called with each file that was written.
        update_gradebook: add and remove the cells of graded assignments in the gradebook, where sources have changed.
        output: the folder of a gradebook that is to be updated, too, if a class was graded elsewhere.

    Returns:
        The updates of the gradebook that were necessary.

    Raises:
        CourseError: a source cannot be built, or has other cells than those that students were graded by; then nothing
            was changed.
    """
    db_url: str = open_nbgrader(course).coursedir.db_url
    to_update = [db_url] if update_gradebook else []
    if output:
        to_update.append(open_nbgrader_in(course, output.resolve()).coursedir.db_url)
    solutions = {module: solution_notebook(module) for module in modules}
    for module, solution in solutions.items():
        if not update_gradebook:
            refuse_other_cells(db_url, module, solution, f"tito build {module.number}")
    updates = []
    try:
        for module, solution in solutions.items():
            write_notebook(solution, module.solution_path)
            report(module.solution_path)
            updates += [update for each in to_update if (update := update_cells(each, module, solution))]
            _release(course, module)
            report(module.released_path)
            report(export_notebook(course, module, module.solution_path))
    finally:  # once, because it reads the whole package; and of what was exported before an error, too
        write_index(course)
    return updates


def _release(course: Course, module: Module) -> None:
    """Make the student notebook; the one that is there stays as it is until the new one is complete."""
    with tempfile.TemporaryDirectory(prefix="tinytorch-release-") as folder:
        register(course, module, release_folder=Path(folder))
        made = Path(folder) / module.assignment
        for path in sorted(each for each in made.rglob("*") if each.is_file()):
            write_whole(module.released_path.parent / path.relative_to(made), path.read_bytes())


def write_solution_notebook(module: Module) -> None:
    """Write a module's notebook with solutions."""
    write_notebook(solution_notebook(module), module.solution_path)


def solution_notebook(module: Module) -> NotebookNode:
    """Return the notebook with solutions that a module's literate source describes."""
    if not module.source_path.is_file():
        raise CourseError(f"{module.source_path} is missing: a module is built from its literate source.")
    notebook = read_source(module.source_path.read_text(encoding="utf-8"))
    check_tests(module, notebook)
    if repository := published_repository(Course(module.root)):
        add_colab_cell(notebook, repository)
    return notebook


def read_source(text: str) -> NotebookNode:
    """Return the notebook that a literate source describes: the same text gives the same bytes."""
    notebook = jupytext.reads(text, fmt="py:percent")
    notebook.metadata = NotebookNode(kernelspec=KERNELSPEC)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    for position, cell in enumerate(notebook.cells):
        cell.metadata = _cell_metadata(cell.metadata)
        cell.id = _cell_id(position, cell)
    nbformat.validate(notebook)
    return notebook


def add_colab_cell(notebook: NotebookNode, repository: Repository) -> None:
    """Insert a first code cell that installs the package if the notebook was opened alone, as in Google Colab."""
    source = COLAB_CELL.format(package=package_url(repository))
    first = next(position for position, cell in enumerate(notebook.cells) if cell.cell_type == "code")
    metadata = NotebookNode(tags=["explore"])
    notebook.cells.insert(first, nbformat.v4.new_code_cell(source, id="colab", metadata=metadata))


def check_tests(module: Module, notebook: NotebookNode) -> None:
    """Raise `CourseError` for a test cell whose asserts the grader could not decide for itself."""
    for cell in notebook.cells:
        if role_of(cell) == "test" and cell.metadata.nbgrader.points:
            try:
                take_apart(cell.source)
            except CannotTakeApart as problem:
                raise CourseError(f"{module.source_path}, test `{cell.id}`, {problem}.") from None


def _cell_metadata(header: dict[str, Any]) -> NotebookNode:
    """Return a cell's notebook metadata for what its percent header says."""
    metadata = NotebookNode()
    if "tags" in header:
        metadata.tags = header["tags"]
    for role, flags in ROLES.items():
        if role in header:
            metadata.nbgrader = NotebookNode(grade_id=header[role], schema_version=3, task=False, **flags)
            if flags["grade"]:
                metadata.nbgrader.points = header["points"]
    return metadata


def _cell_id(position: int, cell: NotebookNode) -> str:
    """Return a cell's grade_id, or else a hash of its position and source, so that two builds agree."""
    if "nbgrader" in cell.metadata:
        return str(cell.metadata.nbgrader.grade_id)
    return hashlib.sha256(f"{position}\n{cell.source}".encode()).hexdigest()[:16]

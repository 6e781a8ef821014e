"""Running the visible tests, as they were released, on a student's notebook, in the way that grading runs them."""

from __future__ import annotations

import copy
import re
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from nbformat import NotebookNode

from tinytorch.course.configuration import load_config
from tinytorch.course.error_text import error_line
from tinytorch.course.layout import Course, Module
from tinytorch.course.notebook import explore_cells, grade_id, read_notebook, role_of, tag_as_released
from tinytorch.course.released import is_untouched, released_cells, released_notebook
from tinytorch.course.student.steps import Step, steps_of
from tinytorch.course.verdict.preprocessors import ExamineSubmission

CELL_FILE = re.compile(r"\(\d+\.py, ")  # a syntax error names a file of IPython's that nobody can open


@dataclass
class StepResult(Step):
    """A step of the notebook after all its cells ran, and why those that failed did."""

    problems: dict[str, str] = field(default_factory=dict)  # the first line of each failed cell's error, by its name


def check(course: Course, module: Module, notebook_path: Path) -> list[StepResult]:
    """Run a copy of the notebook, and return a result for each step; the file itself is only read.

    Edited tests run as they were released; tests that give no points are left out of the result.
    """
    notebook = read_notebook(notebook_path)
    released = released_notebook(course, module)
    pristine = released_cells(course, module)
    restore_locked_cells(notebook, pristine)
    tag_as_released(notebook, explore_cells(released))
    notebook.metadata.kernelspec = copy.deepcopy(released.metadata.kernelspec)
    with tempfile.TemporaryDirectory() as folder:
        resources = {"metadata": {"path": folder}, "nbgrader": {"assignment": module.assignment}}
        config = load_config(course)
        config.ExecuteStaged.isolation = "none"  # it is the student's own code, on the student's own machine
        ExamineSubmission(config=config).preprocess(notebook, resources)
    return _results(module.number, notebook, released, pristine)


def restore_locked_cells(notebook: NotebookNode, pristine: dict[str, NotebookNode]) -> None:
    """Put back the released source of each test and given cell that was edited."""
    for position, cell in enumerate(notebook.cells):
        original = pristine.get(grade_id(cell) or "")
        if original is not None and role_of(original) in ("test", "given") and not is_untouched(cell):
            notebook.cells[position] = copy.deepcopy(original)


def _results(
    number: str, notebook: NotebookNode, released: NotebookNode, pristine: dict[str, NotebookNode]
) -> list[StepResult]:
    """Read the result of each released step from the notebook after it ran."""
    ran = {grade_id(cell): cell for cell in notebook.cells}
    steps = list(steps_of(released, StepResult).values())
    for step in steps:
        for name in step.cells:
            cell = ran.get(name)
            if name in step.points:
                missing = f"the test is missing: `tito reset {number} --cell {name}` puts it back"
                error = missing if cell is None else first_error(cell)
                step.passed[name] = not error
            else:
                step.written[name] = cell is not None and not _is_as_released(cell, pristine.get(name))
                error = first_error(cell) if step.written[name] else "not written yet"
            if error:
                step.problems[name] = error
    return steps


def _is_as_released(cell: NotebookNode, original: NotebookNode | None) -> bool:
    """Whether a cell to write still has the source that was released."""
    return original is not None and cell.source == original.source


def first_error(cell: NotebookNode | None) -> str:
    """Return the first line of the error that a cell ended in, or nothing."""
    for output in (cell or {}).get("outputs", []):
        if output.output_type == "error":
            return CELL_FILE.sub("(", error_line(str(output.ename), output.evalue))
    return ""

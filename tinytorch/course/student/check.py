"""A student's notebook against the visible tests as they were released, run as grading runs it."""

from __future__ import annotations

import copy
import re
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from nbformat import NotebookNode

from tinytorch.course.gradebook.nbgrader_api import load_config
from tinytorch.course.layout import Course, Module
from tinytorch.course.notebook import explore_cells, grade_id, read_notebook, role_of, sections, tag_as_released
from tinytorch.course.released import is_untouched, released_cells, released_notebook
from tinytorch.course.verdict.run_tests import ExamineSubmission

CELL_FILE = re.compile(r"\(\d+\.py, ")  # a syntax error names a file of IPython's that nobody can open


@dataclass
class StepResult:
    """How one step of the notebook does."""

    name: str
    points: float = 0.0
    max_points: float = 0.0
    tests: int = 0
    problems: dict[str, str] = field(default_factory=dict)  # each failed cell's first line of error
    tests_passed: int = 0
    written: bool = False  # whether any of its cells to write was changed

    @property
    def verdict(self) -> str:
        """The step in words."""
        if self.tests_passed == self.tests:
            return "pass"
        return "fail" if self.written else "not written yet"


def check(course: Course, module: Module, notebook_path: Path) -> list[StepResult]:
    """Run a copy of the notebook and give a result per step; the file itself is only read.

    Edited tests are run as released, and tests that give no points are left out.
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
    for place, cell in enumerate(notebook.cells):
        original = pristine.get(grade_id(cell) or "")
        if original is not None and role_of(original) in ("test", "given") and not is_untouched(cell):
            notebook.cells[place] = copy.deepcopy(original)


def _results(
    number: str, notebook: NotebookNode, released: NotebookNode, pristine: dict[str, NotebookNode]
) -> list[StepResult]:
    """Read each released step's outcome off the executed notebook."""
    ran = {grade_id(cell): cell for cell in notebook.cells}
    steps: dict[str, StepResult] = {}
    for heading, original in sections(released):
        name = grade_id(original)
        if name is None:
            continue
        step = steps.setdefault(heading, StepResult(heading))
        cell = ran.get(name)
        if role_of(original) == "solution":
            if cell is None or (name in pristine and cell.source == pristine[name].source):
                step.problems[name] = "not written yet"
                continue
            step.written = True
            if error := first_error(cell):
                step.problems[name] = error
        elif role_of(original) == "test" and original.metadata.nbgrader.points > 0:
            points = float(original.metadata.nbgrader.points)
            step.tests += 1
            step.max_points += points
            missing = f"the test is missing: `tito reset {number} --cell {name}` puts it back"
            if error := missing if cell is None else first_error(cell):
                step.problems[name] = error
            else:
                step.tests_passed += 1
                step.points += points
    return [step for step in steps.values() if step.tests]


def first_error(cell: NotebookNode | None) -> str:
    """Return the first line of the error that a cell ended in, or nothing."""
    for output in (cell or {}).get("outputs", []):
        if output.output_type == "error":
            message = (str(output.evalue).strip().splitlines() or [""])[0]
            message = CELL_FILE.sub("(", message)
            return f"{output.ename}: {message}" if message else str(output.ename)
    return ""

"""Checking, before anybody is graded, that the reference solution passes all tests when it is graded as students are.

A test that fails there would cost students points that they should not lose.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable
from pathlib import Path

from nbformat import NotebookNode

from tinytorch.course.files import write_whole
from tinytorch.course.layout import Course, CourseError, Module
from tinytorch.course.notebook import grade_id, role_of
from tinytorch.course.reports.results import StudentResult

REFERENCE = "reference"
# Grades one notebook into a folder, and returns the result and the notebook as it ran
Grader = Callable[[Path, Path], tuple[StudentResult, NotebookNode | None]]


def prove_reference(course: Course, module: Module, grade_one: Grader) -> None:
    """Grade the solution of a module, unless nothing has changed since that was done last.

    Raises:
        CourseError: the solution fails a test, could not be graded, or is flagged.
    """
    proof = course.root / "build" / "proved" / module.assignment
    state = _state(course, module)
    if proof.is_file() and proof.read_text(encoding="utf-8") == state:
        return
    with tempfile.TemporaryDirectory(prefix="tinytorch-proof-") as folder:
        result, notebook = grade_one(module.solution_path, Path(folder))
    if notebook is None:
        raise CourseError(f"The reference solution of {module.assignment} could not be graded: {result.failure}.")
    lost = {test.name for test in result.tests if not test.passed}
    for cell in notebook.cells:
        errors = [output for output in cell.get("outputs", []) if output.output_type == "error"]
        if (errors and role_of(cell) in ("test", "given")) or grade_id(cell) in lost:
            why = f"{errors[0].ename}: {errors[0].evalue}" if errors else "it does not give all its points"
            raise CourseError(
                f"The grader's own cell {grade_id(cell)} fails on the reference solution ({why}): "
                f"correct it in {module.source_path}; nothing was graded."
            )
    flags = [note.text for note in result.notes if note.kind == "flag"]
    if flags:
        raise CourseError(f"The reference solution of {module.assignment} is flagged ({flags[0]}): nothing was graded.")
    write_whole(proof, state.encode())


def _state(course: Course, module: Module) -> str:
    """Return a hash of what the verdict on the reference depends on: solution, settings, tools, earlier modules."""
    tools = sorted((course.root / "tinytorch").rglob("*.py"))
    files = [module.solution_path, module.released_path, course.root / "nbgrader_config.py", *tools]
    return hashlib.sha256(b"".join(path.read_bytes() for path in files if path.is_file())).hexdigest()

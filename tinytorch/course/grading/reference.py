"""Checking, before anybody is graded, that the reference solution passes all tests when it is graded as students are.

A test that fails there would cost students points that they should not lose.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable
from pathlib import Path

from nbformat import NotebookNode

from tinytorch.course.kept import find_kept, keep, tools
from tinytorch.course.layout import Course, CourseError, Module
from tinytorch.course.notebook import grade_id, role_of
from tinytorch.course.reports.results import StudentResult

REFERENCE = "reference"
# Grades one notebook into a folder, and returns the result and the notebook as it ran
Grader = Callable[[Path, Path], tuple[StudentResult, NotebookNode | None]]


def prove_reference(course: Course, module: Module, key: str, grade_one: Grader, *, anew: bool = False) -> None:
    """Grade the solution of a module, unless that was done before with all that the verdict depends on as it is now.

    Args:
        course: the instructor's course.
        module: the module.
        key: a name for the assignment's content.
        grade_one: grades a notebook.
        anew: whether to grade it in any case.

    Raises:
        CourseError: the solution fails a test, could not be graded, or is flagged.
    """
    config = (course.root / "nbgrader_config.py").read_bytes()
    proof = hashlib.sha256(f"{key}\0{tools()}\0".encode() + config).hexdigest()
    if not anew and find_kept("proofs", proof) is not None:
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
    keep("proofs", proof, module.assignment.encode())

"""What `tito check` says of a submission beside what grading says, when grading has the visible tests only."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from tests.helpers.repository import ROOT
from tinytorch.course.authoring.build import write_solution_notebook
from tinytorch.course.grading.assignment import pack
from tinytorch.course.grading.worker import SubmissionFiles, Worker, fork_server
from tinytorch.course.layout import Course, Module
from tinytorch.course.notebook import grade_id, read_notebook
from tinytorch.course.stand_ins import stand_ins
from tinytorch.course.student.check import check
from tinytorch.course.verdict.run_tests import is_judged

COURSE = Course(ROOT)
Passed = dict[str, bool]  # by a test's grade_id


@dataclass(frozen=True)
class VisibleGrader:
    """Grades submissions to a module by its visible tests, with the worker that grades a class."""

    module: Module
    worker: Worker

    def grade(self, path: Path) -> Passed:
        """Return which tests pass when a notebook is graded."""
        files = {self.module.notebook_name: path.read_bytes()}
        result = self.worker.run(SubmissionFiles("student", self.module.notebook_name, files))
        assert not result.failure, result.failure
        ran = nbformat.reads(result.notebook.decode(), as_version=4)
        return {str(grade_id(cell)): not _errors(cell) for cell in ran.cells if is_judged(cell)}

    def check(self, path: Path) -> Passed:
        """Return which tests with points pass when a notebook is checked."""
        steps = [step for step in check(COURSE, self.module, path).steps if not step.is_optional]
        return {name: passed for step in steps for name, passed in step.passed.items()}


@contextmanager
def visible_grader(module: Module, folder: Path) -> Iterator[VisibleGrader]:
    """Give a grader of a module that works in `folder`."""
    with ExitStack() as stack:
        assignment = pack(*_visible_course(module, folder / "course"))
        server = stack.enter_context(fork_server(assignment))
        (folder / "worker").mkdir()
        yield VisibleGrader(module, Worker(assignment, folder / "worker", server))


def _visible_course(module: Module, folder: Path) -> tuple[Course, Module]:
    """Make a course of one module without hidden tests, but for the stand-ins."""
    write_solution_notebook(module)
    there = Module(module.assignment, folder)
    there.solution_path.parent.mkdir(parents=True)
    for name in ("tinytorch", "modules"):
        (folder / name).symlink_to(ROOT / name)
    for name in ("settings.ini", "nbgrader_config.py"):
        shutil.copyfile(ROOT / name, folder / name)
    solution, lent = read_notebook(module.solution_path), stand_ins(COURSE, module)
    visible = {grade_id(cell): cell.source for cell in read_notebook(module.released_path).cells}
    for cell in solution.cells:
        if cell.metadata.get("nbgrader", {}).get("grade") and grade_id(cell) not in lent:
            cell.source = visible[grade_id(cell)]
    nbformat.write(solution, there.solution_path)
    return Course(folder), there


def _errors(cell: NotebookNode) -> list[NotebookNode]:
    return [output for output in cell.outputs if output.output_type == "error"]

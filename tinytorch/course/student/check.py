"""Checking a notebook: its visible tests, on its answers as grading reads them, run and decided as grading does.

`handin.take_answers` reads the notebook, `verdict.run_tests` runs it and decides the tests, and where a step does not
work, the next ones are tried with the stand-ins that grading uses. Only the hidden tests are not there.
"""

from __future__ import annotations

import json
import re
import secrets
import tempfile
from collections.abc import Callable, Set
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import monotonic
from typing import Any

from nbformat import NotebookNode

from tinytorch.course.configuration import load_config
from tinytorch.course.error_text import error_line, in_one_line
from tinytorch.course.handin.align_cells import HEADER
from tinytorch.course.handin.read_file import open_notebook
from tinytorch.course.handin.take_answers import take_answers
from tinytorch.course.layout import Course, CourseError, Module
from tinytorch.course.notebook import grade_id, role_of, sections
from tinytorch.course.notes import Note, read_notes
from tinytorch.course.released import empty_answers, released_notebook
from tinytorch.course.sandbox import copied_kernel
from tinytorch.course.sandbox.kernel import Kernel
from tinytorch.course.sandbox.limits import Limits
from tinytorch.course.stand_ins import stand_ins
from tinytorch.course.student import trace_calls
from tinytorch.course.student.explain import LONG_MESSAGE, OF_THE_COURSE, Explainer, Problem
from tinytorch.course.student.hints import MISSING_NAME
from tinytorch.course.student.last_call import LastCall, read_last_call
from tinytorch.course.student.numpy_words import in_plain_words, with_few_digits
from tinytorch.course.student.steps import Step, shown_name, steps_of
from tinytorch.course.verdict.kept_tests import parts_of, split_once
from tinytorch.course.verdict.run_cells import NOT_CONFIGURED, CellRun
from tinytorch.course.verdict.run_tests import SubmissionRunner, is_judged

NOT_WRITTEN = "not written yet"
CELL_FILE = re.compile(r"\((?:\d+\.py|<[^>]*>), ")  # a syntax error names a file of IPython's that nobody can open
NUMBERED = re.compile(r"(?:Test|Profile|Question) (\d+)")  # "Test 5a"
MOST_RUN_SHARE = 0.2  # of a cell's time, after which a failed test is not run again
RUN_AGAIN = """\
(lambda own: (exec({source!r}, own), own["send_calls"]({request!r}, {kind!r}, {cells!r}, get_ipython())))(
    {{"__name__": "calls"}}
)"""


@dataclass
class StepResult(Step):
    """A step of the notebook after its cells ran, and why those that failed did."""

    problems: list[Problem] = field(default_factory=list)


class Check:
    """One check of a notebook: what is in it, and after `run` what came of it. The file itself is only read."""

    def __init__(self, course: Course, module: Module, path: Path, step: int | None = None) -> None:
        """Read the notebook; with a `step`, only its tests will run, on what stands in the notebook up to there.

        Raises:
            CourseError: the file cannot be read, is another module's notebook, or has no such step.
        """
        self.course, self.module = course, module
        self.released = released_notebook(course, module)
        self.notebook = _read(path, self.released)
        self.notes = read_notes(self.notebook)  # on what had to be put right
        self.empty_answers = empty_answers(self.notebook, self.released)  # of those that a person grades
        self.names = {
            name: f"your cell in {section}" if role_of(cell) == "solution" and shown == name else shown
            for section, cell in sections(self.released)
            if (name := grade_id(cell))
            for shown in [shown_name(cell, HEADER)]
        }
        steps = steps_of(self.released, StepResult)
        if step is not None and f"Step {step}" not in steps:
            raise CourseError(f"{module.assignment} has no step {step} with tests: choose one of {', '.join(steps)}.")
        self.steps = [steps[f"Step {step}"]] if step is not None else list(steps.values())
        self.only = None if step is None else f"Step {step}"

    def run(self, report: Callable[[StepResult], None] = lambda step: None) -> None:
        """Run the cells, and call `report` with each step as soon as its last cell ran."""
        prepared = stand_ins(self.course, self.module)
        for cell in self.notebook.cells:
            cell.source = prepared.get(grade_id(cell) or "", cell.source)
        split_once([cell.source for cell in self.released.cells if is_judged(cell)])
        with tempfile.TemporaryDirectory() as folder:
            resources = {"metadata": {"path": folder}, "nbgrader": {"assignment": self.module.assignment}}
            _Runner(self, report).preprocess(self.notebook, resources)

    @property
    def passed(self) -> bool:
        """Whether every step that was checked passes."""
        return all(
            step.verdict == "pass" or (step.is_optional and not any(step.written.values())) for step in self.steps
        )

    @property
    def points(self) -> float:
        """The points of all visible tests that passed."""
        return sum(step.points_reached for step in self.steps)

    def explanations(self) -> list[str]:
        """Return lines that say what was put right, and why cells failed: each cause once, in the notebook's order."""
        failed = [step for step in self.steps if step.verdict in ("fail", "not finished yet")]
        problems = _with_common_places({problem.cell: problem for step in failed for problem in step.problems})
        followers: dict[str, list[str]] = {}  # the tests that are not told by themselves, by the cell that is
        told: dict[tuple[str, str], str] = {}  # by error and place, the first cell that ended so
        for cell, problem in problems.items():
            missing = MISSING_NAME.match(problem.error)
            cause = self._cell_defining(missing[1], problems) if missing else None
            cause = cause or told.setdefault((problem.error, problem.place), cell)
            followers.setdefault(cause, []).append(cell)
        lines = [self._note(note) for note in self.notes]
        for cell, problem in problems.items():
            if cell in followers:
                is_long = len(problem.tested + problem.message) > LONG_MESSAGE and problem.hint  # which says more
                tested = f" ({problem.tested})" if problem.tested and not is_long else ""
                begin = f"{self.names[cell]}{tested}: "
                said = problem.message.removeprefix(begin)
                number = NUMBERED.match(begin)  # of the step, which the message need not say again
                lines.append(begin + (said.removeprefix(f"Step {number[1]}: ") if number else said))
                if others := [self.names[each] for each in followers[cell] if each != cell]:
                    lines.append(f"  {_also(others, needs_it=not self._is_test(cell))}: {', '.join(others)}")
        return lines

    def _cell_defining(self, name: str, problems: dict[str, Problem]) -> str | None:
        """Return the failed cell of the student's that was to define a name."""
        for cell in self.released.cells:
            headers = HEADER.findall(cell.source) if grade_id(cell) in problems and role_of(cell) == "solution" else []
            if any(name == header.split()[-1].rstrip("(") for header in headers):
                return grade_id(cell)
        return None

    def _is_test(self, cell: str) -> bool:
        return any(cell in step.points for step in self.steps)

    def _note(self, note: Note) -> str:
        cells = ", ".join(self.names.get(cell, cell) for cell in note.cell.split(", "))
        place = f" {'in' if note.kind == 'fault' else 'on'} {cells}" if cells else ""
        return f"{note.kind}{place}: {note.text}"


def check(course: Course, module: Module, path: Path, step: int | None = None) -> Check:
    """Run a notebook's visible tests, or those of one step, and return what came of it; see `Check`."""
    checked = Check(course, module, path, step)
    checked.run()
    return checked


def _read(path: Path, released: NotebookNode) -> NotebookNode:
    """Return a notebook's answers in the released notebook, with notes on what had to be put right."""
    notebook, changes = open_notebook(path)
    take_answers(notebook, released, [("note", change) for change in changes])
    for note in read_notes(notebook):
        if note.kind == "fault" and not note.cell:
            raise CourseError(f"{path} cannot be checked: {note.text}.")
    return notebook


class _Runner(SubmissionRunner):
    """Runs the cells, and reports each step."""

    shows_where_stopped = True
    isolation = "none"  # it is the student's own code, on the student's own machine
    extra_arguments = ("--InteractiveShellApp.ignore_cwd=True",)

    def __init__(self, check: Check, report: Callable[[StepResult], None]) -> None:
        config = load_config(check.course)
        self.course_root = str(check.course.root)
        self.timeout = float(config.Execute.get("timeout", 30))
        self.skip_cells_with_tag = str(config.Execute.get("skip_cells_with_tag", ""))
        for name in ("submission_timeout", "memory_gigabytes"):
            if name not in config.ExecuteStaged:
                raise CourseError(NOT_CONFIGURED.format(name))
        self.submission_timeout = float(config.ExecuteStaged.submission_timeout)
        self.memory_gigabytes = float(config.ExecuteStaged.memory_gigabytes)
        self.check, self.report = check, report
        self._as_released = {grade_id(cell): cell.source for cell in check.released.cells if grade_id(cell)}
        self._replaced = {note.cell for note in check.notes if note.kind == "fault"}
        self._step_of = {name: step for step in check.steps for name in step.cells}
        self._wanted = _wanted(check)
        self._by_count: dict[int, NotebookNode] = {}  # the cells that this kernel ran, by their execution count
        self._explainer = Explainer(check.notebook, check.released, check.names, self._by_count, self._last_call)

    def new_kernel(self) -> Kernel:
        """Copy this process, where that can be done."""
        self._by_count.clear()
        if not copied_kernel.is_possible():
            return super().new_kernel()
        limits = Limits.of_submission(self.memory_gigabytes, self.submission_timeout)
        return copied_kernel.CopiedKernel(self._stage, self._folder, limits)

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Run one cell; after the last one of a step, report the step."""
        cell, resources = super().preprocess_cell(cell, resources, index)
        name = grade_id(cell) or ""
        if step := self._step_of.get(name):
            self._take(step, name, cell)
            if name == step.cells[-1]:
                self.report(step)
        return cell, resources

    def run_cell(self, cell: NotebookNode) -> CellRun:
        """Run a cell, or have the judge decide it."""
        begun = monotonic()
        ran = super().run_cell(cell)
        self._seconds = monotonic() - begun
        if ran.execution_count is not None:
            self._by_count[ran.execution_count] = cell
        return ran

    def _is_run(self, cell: NotebookNode) -> bool:
        return super()._is_run(cell) and (self._wanted is None or cell.id in self._wanted)

    def _take(self, step: StepResult, name: str, cell: NotebookNode) -> None:
        """Enter in its step what came of a cell."""
        error = next((output for output in cell.get("outputs", []) if output.output_type == "error"), None)
        said = "" if error is None else CELL_FILE.sub("(", _shown_error(error.ename, error.evalue))
        if name in step.points:
            step.passed[name] = error is None
        else:
            is_empty = not cell.source.strip() or cell.source == self._as_released.get(name)
            step.written[name] = not is_empty or name in self._replaced
            said = said if step.written[name] else NOT_WRITTEN
        if said and name not in self._replaced:
            is_raised = error is not None and said != NOT_WRITTEN and error.ename not in ("SyntaxError", "TabError")
            is_told = is_raised and any(step.written.values())  # a step in which nothing is written has no message
            problem = Problem(name, said)
            step.problems.append(self._explainer.explain(problem, cell, error, step) if is_told else problem)

    def _last_call(self, cell: NotebookNode, answers: Set[str | None]) -> LastCall | None:
        """Return the last call of a function of these answers that a failed test had made when it failed.

        The test is run again to find it out, but not if it took long.
        """
        if self._seconds > MOST_RUN_SHARE * self.timeout or not is_judged(cell):
            return None
        cells = [number for number, ran in self._by_count.items() if grade_id(ran) in answers or role_of(ran) is None]
        kind = f"application/x-calls-{secrets.token_hex(8)}"
        request = self._witness.request([(parts_of(cell.source)[0], "application/x-ignored")])
        source = Path(str(trace_calls.__file__)).read_text(encoding="utf-8")
        again = RUN_AGAIN.format(source=source, request=request, kind=kind, cells=cells)
        outputs = self.execute_code(again, is_python=True).outputs
        sent = [output.data[kind] for output in outputs if kind in output.get("data", {})]
        calls: list[Any] = json.loads(sent[0]) if sent else [None]
        # at the assert that failed; or at the end, if the test ended in an error
        call = calls[self.asserts_checked - 1] if 0 < self.asserts_checked < len(calls) else calls[-1]
        return None if call is None else read_last_call(call, self._by_count)


def _wanted(check: Check) -> set[str] | None:
    """Return the ids of the cells that one step needs: its own, and all but the tests before it; None for all cells."""
    if check.only is None:
        return None
    section_of = {grade_id(cell): section for section, cell in sections(check.released) if grade_id(cell)}
    wanted, is_there, is_over = set(), False, False
    for cell in check.notebook.cells:
        if section := section_of.get(grade_id(cell)):
            is_over |= is_there and section != check.only
            is_there |= section == check.only
        if not is_over and (is_there or not is_judged(cell)):
            wanted.add(cell.id)
    return wanted


def _with_common_places(problems: dict[str, Problem]) -> dict[str, Problem]:
    """Return the problems; one of which nothing is known has the place of all others with the same error."""
    places: dict[str, set[str]] = {}
    for problem in problems.values():
        places.setdefault(problem.error, set()).update({problem.place} - {""})
    return {
        cell: replace(problem, place=next(iter(found)))
        if len(found := places[problem.error]) == 1 and not problem.asked and not problem.cause
        else problem
        for cell, problem in problems.items()
    }


def _also(tests: list[str], *, needs_it: bool) -> str:
    """Return how many tests have the cause that was told, in words."""
    if needs_it:
        return "1 test needs what it defines" if len(tests) == 1 else f"{len(tests)} tests need what it defines"
    return "1 more test ends in the same error" if len(tests) == 1 else f"{len(tests)} more tests end in the same error"


def _shown_error(name: str, said: str) -> str:
    """Return an error in one line: the notebook's own message alone, any other with the error's name."""
    if said.strip() and (name == "AssertionError" or OF_THE_COURSE.match(said)):
        return with_few_digits(in_one_line(said))
    return in_plain_words(error_line(name, said))

"""Checking a notebook: its visible tests, on its answers as grading reads them, run and decided as grading does.

`handin.take_answers` reads the notebook, `verdict.run_tests` runs it and decides the tests, and where a step does not
work, the next ones are tried with the stand-ins that grading uses. Only the hidden tests are not there.
"""

from __future__ import annotations

import json
import re
import secrets
import sys
import tempfile
from collections.abc import Callable, Set
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np
from nbformat import NotebookNode

from tinytorch.course.configuration import load_config
from tinytorch.course.error_text import error_line, in_one_line
from tinytorch.course.handin.align_cells import HEADER
from tinytorch.course.handin.leftover_stubs import HIDES
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
from tinytorch.course.student.last_call import Failure, LastCall, Words, lead, read_last_call
from tinytorch.course.student.numpy_words import in_plain_words
from tinytorch.course.student.places import (
    assigned_in,
    code_below,
    forgotten_self,
    loop_around,
    named_line,
    none_of,
    only_function,
    plain_value,
    return_in_loop,
    told_call,
    uncalled,
)
from tinytorch.course.student.steps import Step, shown_name, steps_of
from tinytorch.course.verdict.kept_tests import parts_of, split_once
from tinytorch.course.verdict.run_cells import NOT_CONFIGURED, CellRun
from tinytorch.course.verdict.run_tests import SubmissionRunner, is_judged
from tinytorch.course.verdict.split_test import LOOK

NOT_WRITTEN = "not written yet"
CELL_FILE = re.compile(r"\((?:\d+\.py|<[^>]*>), ")  # a syntax error names a file of IPython's that nobody can open
COLOUR = re.compile(r"\x1b\[[\d;]*m")
PASSED_THROUGH = re.compile(r"Cell In\[(\d+)\], line (\d+)")  # in a traceback
ASKED = re.compile(r"^Asked in line (\d+)$", re.MULTILINE)  # likewise, from `sandbox.inside.check_kernel`
ASSIGNED = re.compile(r"^\w+ = ")
ELSEWHERE = re.compile(r"\bof (step \d+)\b")  # in a message: whose cells are meant, if not those above the test
OF_THE_COURSE = re.compile(r"(Step|Question) \d")  # how a message begins that the notebook itself raises
MISSING_NAME = re.compile(r"NameError: name '(\w+)' is not defined")
TITLE = re.compile(r"# [^·\n]+ · [^·\n]+ · (.+)")  # the first line of a test, from what it tests
COMES_AGAIN = re.compile(r"\bcomes to line (\d+)")  # in a loop without end, which the notebook's own words name
DOES_IT_MOVE_ON = "Does this loop come to an end?"
NO_ITERATOR = re.compile(r"non-iterator|'NoneType' object is not an iterator")
NUMBERED = re.compile(r"(?:Test|Profile|Question) (\d+)")  # "Test 5a"
OF_ANOTHER_TYPE = re.compile(r"AttributeError: '(int|float|bool|list|tuple)' object has no attribute '(\w+)'")
UNCALLED = re.compile(r"\b(builtin_function_or_method|'function'|'method')")
OF_TENSORS = ("data", "grad", "requires_grad", "grad_fn")
LONG_MESSAGE = 220  # characters; of a longer one, what a student can do without is left out
MOST_ASKED_CHARACTERS = 90  # of the line of a test in a message
MOST_RUN_SHARE = 0.2  # of a cell's time, after which a failed test is not run again
RUN_AGAIN = """\
(lambda own: (exec({source!r}, own), own["send_calls"]({request!r}, {kind!r}, {cells!r}, get_ipython())))(
    {{"__name__": "calls"}}
)"""


@dataclass(frozen=True)
class Problem:
    """Why a cell failed."""

    cell: str  # its grade_id
    error: str  # the error, in one line
    place: str = ""  # where in the student's code it was raised: "line 3 of your cell `class Pair`: `return self.both`"
    defined: str = ""  # where the student defined what the error is about
    asked: str = ""  # what in the test ended so, if the student's own code did not: "len(loader)"

    tested: str = ""  # what the test is about, where an error does not say it
    hint: str = ""  # what may be wrong there, as a question
    cause: str = ""  # why the error was raised, in words that are told before it

    @property
    def message(self) -> str:
        """The error, what ended so, where to look, and what may be wrong there, in one line; a known cause first."""
        where = self.place or self.defined
        shown = f" ({where})" * bool(where)
        if self.cause:
            return f"{self.cause}{shown} That led to {self.error}"
        asked = f", at `{self.asked}`" if self.asked else ""
        rest = shown + f" {self.hint}" * bool(self.hint)
        whole = f"{self.error}{asked}{rest}"
        return whole if len(whole) <= LONG_MESSAGE else f"{self.error}{rest}"


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
        self._words = Words(check.names)
        self._by_count: dict[int, NotebookNode] = {}  # the cells that this kernel ran, by their execution count

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
            step.problems.append(
                self._explained(Problem(name, said), cell, error, step) if is_told else Problem(name, said)
            )

    def _explained(self, problem: Problem, cell: NotebookNode, error: NotebookNode, step: StepResult) -> Problem:
        """Return a problem with where it is and what may be wrong there, as far as that is known."""
        passed = self._lines_of_the_student(PASSED_THROUGH.findall(COLOUR.sub("", "\n".join(error.traceback))))
        is_test = problem.cell in step.points
        if is_test and not _is_in_words(error) and (title := TITLE.match(cell.source)):
            problem = replace(problem, tested=title[1])
        if passed and "Timeout" in error.ename:
            return replace(problem, place=self._words.line(*_looping(passed)), hint=DOES_IT_MOVE_ON)
        if passed:
            place, line = passed[-1]
            where = self._words.line(place, line, problem.cell)
            if error.ename == "NotImplementedError" and code_below(place.source, line):
                return replace(problem, error=HIDES.format(line=line), place=where)
            return replace(problem, place=where, hint=self._hint_at(place, line, problem.error))
        return self._leading_on(problem, cell, error, step) if is_test else problem

    def _hint_at(self, cell: NotebookNode, line: int, error: str) -> str:
        """Return what may be wrong in a line that raised an error; or ""."""
        if "'NoneType'" in error and (name := none_of(cell.source, line)):
            return name
        if found := OF_ANOTHER_TYPE.match(error):
            kind, attribute = found.groups()
            name, since = plain_value(cell.source, line, attribute)
            about = f"`{name}` is {'an' if kind == 'int' else 'a'} {kind} here"
            if name and attribute in OF_TENSORS:
                return f"{about}, not a Tensor."
            if name and hasattr(np.ndarray, attribute):
                return (
                    f"{about}: make every value an array first, with np.asarray"
                    + f" (line {since})" * bool(since)
                    + "."
                )
        if (missing := MISSING_NAME.match(error)) and missing[1] in sys.stdlib_module_names:
            return f"Is `import {missing[1]}` missing?"
        if UNCALLED.search(error) and (function := uncalled(cell.source, line)):
            return f"`{function[0]}` is a function, not what it gives: is `()` missing in line {function[1]}?"
        return self._forgotten(cell, line)

    def _leading_on(self, problem: Problem, cell: NotebookNode, error: NotebookNode, step: StepResult) -> Problem:
        """Return the problem of a test, which no line of the student's raised, with the function that is meant.

        That is the function that the message surely names, or the one that the test had called last, or one whose name
        is a word of the message, or else the cell above the test. They are the step's own, or those of another step if
        the message says "of step 4".
        """
        asked = "" if _is_in_words(error) else self._asked(cell, error)
        elsewhere = ELSEWHERE.search(problem.error)
        sources = self._answers_of(elsewhere[1].capitalize()) if elsewhere else self._cells_above(step, problem.cell)
        last = self._last_call(cell, {grade_id(source) for source in sources} if elsewhere else set(step.written))
        said = f"{problem.error} {asked}"
        found = named_line(said, [each.source for each in sources], surely=last is not None)
        is_named = found is not None and last is not None and (sources[found[0]], found[1]) == (last.cell, last.line)
        hint = "Is `return` written where `yield` is meant?" if NO_ITERATOR.search(problem.error) else ""
        loop = COMES_AGAIN.search(problem.error)
        around = loop_around(sources[-1].source, int(loop[1])) if loop and sources else None
        if around:
            where = self._words.line(sources[-1], around)
        elif last and (found is None or is_named or (last.how == "raised" and last.cell is sources[found[0]])):
            call = replace(last, others=()) if is_named else last
            where, condition = lead(Failure(call, problem.error, said, self._words))
            hint = condition or hint
        elif found:
            where = self._words.line(sources[found[0]], found[1])
        elif sources:  # the test follows what it is about
            only = only_function(sources[-1].source) or assigned_in(sources[-1].source, said)
            name = self.check.names[grade_id(sources[-1]) or ""]
            told = told_call(sources[-1].source, only, problem.error) if only else None
            where = self._words.line(sources[-1], told or only) if only else f"in {name}"
        else:
            where = ""
        if last and not hint:
            hint = self._forgotten(last.cell, last.line) or return_in_loop(last.cell.source, last.line)
            if last.gave_none(said) and "`return`" not in said:
                if not _is_in_words(error):
                    return replace(
                        problem, defined=where, cause=f"`{last.maker}` returned None: is a `return` missing?"
                    )
                hint = f"Is a `return` missing in `{last.maker}`?"
        return replace(problem, asked=asked, defined=where, hint=hint)

    def _lines_of_the_student(self, lines: list[tuple[str, str]]) -> list[tuple[NotebookNode, int]]:
        """Return those lines of a traceback that stand in the student's own cells, with the cells."""
        found = [(self._by_count.get(int(count)), int(line)) for count, line in lines]
        return [(cell, line) for cell, line in found if cell is not None and role_of(cell) not in ("test", "given")]

    def _forgotten(self, cell: NotebookNode, line: int) -> str:
        """Return the question whether `self.` is missing, if a name suggests that."""
        written = [each.source for each in self.check.notebook.cells if role_of(each) == "solution"]
        name, where = forgotten_self(cell.source, line, written)
        return f"Is `self.{name}` meant by `{name}` in line {where}?" if name else ""

    def _asked(self, cell: NotebookNode, error: NotebookNode) -> str:
        """Return the expression of a test in which an error was raised, if that is known."""
        line = ASKED.search("\n".join(error.traceback))
        if line is None:
            return ""
        written = parts_of(cell.source)[0].student_half.splitlines()[int(line[1]) - 1].strip()
        if written.startswith(LOOK):
            return ""
        asked = ASSIGNED.sub("", written.rstrip(":"))
        return asked if len(asked) <= MOST_ASKED_CHARACTERS else ""

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

    def _answers_of(self, section: str) -> list[NotebookNode]:
        """Return the student's cells of a step."""
        names = {grade_id(cell) for where, cell in sections(self.check.released) if where == section}
        return [each for each in self.check.notebook.cells if role_of(each) == "solution" and grade_id(each) in names]

    def _cells_above(self, step: StepResult, test: str) -> list[NotebookNode]:
        """Return the student's cells of a step that stand above a test."""
        above = step.cells[: step.cells.index(test)]
        return [cell for cell in self.check.notebook.cells if grade_id(cell) in above and role_of(cell) == "solution"]


def _is_in_words(error: NotebookNode) -> bool:
    """Whether an error's own words say what was expected."""
    return error.ename in ("AssertionError", "NotImplementedError") or OF_THE_COURSE.match(error.evalue) is not None


def _looping(passed: list[tuple[NotebookNode, int]]) -> tuple[NotebookNode, int]:
    """Return the loop that a cell was in when it was stopped: the innermost one of the innermost call that has any."""
    for cell, line in reversed(passed):
        if loop := loop_around(cell.source, line):
            return cell, loop
    return passed[-1]


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
        return in_one_line(said)
    return in_plain_words(error_line(name, said))

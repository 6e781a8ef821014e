"""Why a cell failed: its error, the line of the student's code to which that leads, and what may be wrong there."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, replace

from nbformat import NotebookNode

from tinytorch.course.handin.leftover_stubs import HIDES
from tinytorch.course.notebook import grade_id, role_of, sections
from tinytorch.course.student.hints import hint_at_error, hint_in_function
from tinytorch.course.student.last_call import NOT_TRUE_HERE, Failure, LastCall, Words, lead
from tinytorch.course.student.places import (
    assigned_in,
    code_below,
    guard_of,
    loop_around,
    named_line,
    only_function,
    told_call,
)
from tinytorch.course.student.steps import Step
from tinytorch.course.verdict.kept_tests import parts_of
from tinytorch.course.verdict.split_test import LOOK

COLOUR = re.compile(r"\x1b\[[\d;]*m")
PASSED_THROUGH = re.compile(r"Cell In\[(\d+)\], line (\d+)")  # in a traceback
ASKED = re.compile(r"^Asked in line (\d+)$", re.MULTILINE)  # likewise, from `sandbox.inside.check_kernel`
ASSIGNED = re.compile(r"^\w+ = ")
ELSEWHERE = re.compile(r"\bof (step \d+)\b")  # in a message: whose cells are meant, if not those above the test
OF_THE_COURSE = re.compile(r"(Step|Question) \d")  # how a message begins that the notebook itself raises
TESTED = re.compile(r"# [^·\n]+ · [^·\n]+ · (.+)")  # the first line of a test, from what it tests
COMES_AGAIN = re.compile(r"\bcomes to line (\d+)")  # in a loop without end, which the notebook's own words name
NO_ITERATOR = re.compile(r"non-iterator|'NoneType' object is not an iterator")
DOES_IT_MOVE_ON = "Does this loop come to an end?"
IS_YIELD_MEANT = "Is `return` written where `yield` is meant?"
LONG_MESSAGE = 220  # characters; of a longer one, what a student can do without is left out
MOST_ASKED_CHARACTERS = 90  # of the line of a test in a message


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
            whole = f"{self.cause}{shown} That led to {self.error}"
            return whole if len(self.tested + whole) <= LONG_MESSAGE else f"{self.cause}{shown}"
        asked = f", at `{self.asked}`" if self.asked else ""
        rest = shown + f" {self.hint}" * bool(self.hint)
        whole = f"{self.error}{asked}{rest}"
        return whole if len(self.tested + whole) <= LONG_MESSAGE else f"{self.error}{rest}"


class Explainer:
    """Explains why cells of one notebook failed."""

    def __init__(
        self,
        notebook: NotebookNode,
        released: NotebookNode,
        names: Mapping[str, str],
        ran: Mapping[int, NotebookNode],
        last_call: Callable[[NotebookNode, Set[str | None]], LastCall | None],
    ) -> None:
        """Explain nothing yet.

        Args:
            notebook: the student's, with its answers in the released order.
            released: the notebook as it was released.
            names: what a reader knows the released cells by, by their grade_id.
            ran: the cells that the kernel has run, by their execution counts; it is filled while they run.
            last_call: returns the last call that a failed test had made of a function in the cells with these names.
        """
        self.notebook, self.released, self.ran, self.last_call = notebook, released, ran, last_call
        self.words = Words(names)
        self._written = [cell.source for cell in notebook.cells if role_of(cell) == "solution"]

    def explain(self, problem: Problem, cell: NotebookNode, error: NotebookNode, step: Step) -> Problem:
        """Return a problem with where it is and what may be wrong there, as far as that is known.

        Args:
            problem: what is known already: the cell's name, and its error in one line.
            cell: the cell that failed.
            error: the error as the cell's output has it.
            step: the step of the cell.
        """
        is_test = problem.cell in step.points
        if is_test and not _is_in_words(error) and (tested := TESTED.match(cell.source)):
            problem = replace(problem, tested=tested[1])
        passed = _lines_of_the_student(error, self.ran)
        if not passed:
            return self._explain_test(problem, cell, error, step) if is_test else problem
        if "Timeout" in error.ename:
            return replace(problem, place=self.words.line(*_looping(passed)), hint=DOES_IT_MOVE_ON)
        raised_in, line = passed[-1]
        place = self.words.line(raised_in, line, problem.cell)
        if error.ename == "NotImplementedError" and code_below(raised_in.source, line):
            return replace(problem, error=HIDES.format(line=line), place=place)
        if is_test and (guard := guard_of(raised_in.source, line)):
            return replace(problem, place=self.words.line(raised_in, guard), hint=NOT_TRUE_HERE)
        hint = hint_at_error(raised_in.source, line, problem.error, self._written)
        return replace(problem, place=place, hint=hint)

    def _explain_test(self, problem: Problem, test: NotebookNode, error: NotebookNode, step: Step) -> Problem:
        """Return the problem of a test, which no line of the student's raised, with the function that is meant.

        The functions that may be meant are those of the cells above the test, or those of another step if the message
        says "of step 4".
        """
        is_in_words = _is_in_words(error)
        asked = "" if is_in_words else _asked(test, error)
        said = f"{problem.error} {asked}"
        if elsewhere := ELSEWHERE.search(problem.error):
            answers = self._answers_of(elsewhere[1].capitalize())
            call = self.last_call(test, {grade_id(answer) for answer in answers})
        else:
            answers = self._answers_above(step, problem.cell)
            call = self.last_call(test, set(step.written))
        place, hint = self._lead(problem.error, said, answers, call)
        if not hint and NO_ITERATOR.search(problem.error):
            hint = IS_YIELD_MEANT
        if call and not hint:
            hint = hint_in_function(call.cell.source, call.line, self._written)
            if call.gave_none(said) and "`return`" not in said:
                if not is_in_words:
                    cause = f"`{call.maker}` returned None: is a `return` missing?"
                    return replace(problem, defined=place, cause=cause)
                hint = f"Is a `return` missing in `{call.maker}`?"
        return replace(problem, asked=asked, defined=place, hint=hint)

    def _lead(self, error: str, said: str, answers: list[NotebookNode], call: LastCall | None) -> tuple[str, str]:
        """Return the place that a test's failure leads to, in words, and what is known of a condition there.

        It is the loop that the message names, or the function that it surely names, or the one that the test had called
        last, or one whose name is a word of the message, or else the cell above the test.
        """
        again = COMES_AGAIN.search(error) if answers else None
        if again and (loop := loop_around(answers[-1].source, int(again[1]))):
            return self.words.line(answers[-1], loop), ""
        found = named_line(said, [answer.source for answer in answers], surely=call is not None)
        named = (answers[found[0]], found[1]) if found else None
        if call and named == (call.cell, call.line):
            return lead(Failure(replace(call, others=()), error, said, self.words))
        if call and (named is None or (call.how == "raised" and call.cell is named[0])):
            return lead(Failure(call, error, said, self.words))
        if named:
            cell, line = named
            return self.words.line(cell, told_call(cell.source, line, error) or line), ""
        return (self._in_cell(answers[-1], error, said) if answers else ""), ""

    def _in_cell(self, cell: NotebookNode, error: str, said: str) -> str:
        """Return a cell in words, with its line if only one can be meant."""
        line = only_function(cell.source) or assigned_in(cell.source, said)
        if line is None:
            return f"in {self.words.cell(cell)}"
        return self.words.line(cell, told_call(cell.source, line, error) or line)

    def _answers_of(self, section: str) -> list[NotebookNode]:
        """Return the student's cells of a step."""
        return self._answers({grade_id(cell) for where, cell in sections(self.released) if where == section})

    def _answers_above(self, step: Step, test: str) -> list[NotebookNode]:
        """Return the student's cells of a step that stand above a test."""
        return self._answers(set(step.cells[: step.cells.index(test)]))

    def _answers(self, names: Set[str | None]) -> list[NotebookNode]:
        return [cell for cell in self.notebook.cells if role_of(cell) == "solution" and grade_id(cell) in names]


def _lines_of_the_student(error: NotebookNode, ran: Mapping[int, NotebookNode]) -> list[tuple[NotebookNode, int]]:
    """Return the lines that an error passed through in the student's own cells, with the cells."""
    lines = PASSED_THROUGH.findall(COLOUR.sub("", "\n".join(error.traceback)))
    found = [(ran.get(int(count)), int(line)) for count, line in lines]
    return [(cell, line) for cell, line in found if cell is not None and role_of(cell) not in ("test", "given")]


def _asked(test: NotebookNode, error: NotebookNode) -> str:
    """Return the expression of a test in which an error was raised, if that is known."""
    line = ASKED.search("\n".join(error.traceback))
    if line is None:
        return ""
    written = parts_of(test.source)[0].student_half.splitlines()[int(line[1]) - 1].strip()
    if written.startswith(LOOK):
        return ""
    asked = ASSIGNED.sub("", written.rstrip(":"))
    return asked if len(asked) <= MOST_ASKED_CHARACTERS else ""


def _is_in_words(error: NotebookNode) -> bool:
    """Whether an error's own words say what was expected."""
    return error.ename in ("AssertionError", "NotImplementedError") or OF_THE_COURSE.match(error.evalue) is not None


def _looping(passed: list[tuple[NotebookNode, int]]) -> tuple[NotebookNode, int]:
    """Return the loop that a cell was in when it was stopped: the innermost one of the innermost call that has any."""
    for cell, line in reversed(passed):
        if loop := loop_around(cell.source, line):
            return cell, loop
    return passed[-1]

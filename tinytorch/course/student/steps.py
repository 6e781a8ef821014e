"""The steps of a notebook and how each does, in words: what `tito check` and the panel have in common.

The panel imports this file in a student's kernel, so it imports nothing that is slow to load, such as nbgrader.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from nbformat import NotebookNode

from tinytorch.course.notebook import grade_id, role_of, sections, written_answers

TITLE = re.compile(r"# (?P<title>[^·\n]+?) ·")  # the first line of a test, such as "# Test 5a · 4 points · ..."
VERDICTS = ("pass", "not finished yet", "not written yet", "fail", "pass so far", "not run yet")
OPTIONAL = "optional"  # the tag of a cell to write in a step that may be left out
COLUMNS = ["step", "verdict", "tests", "visible points"]
WHAT_POINTS_ARE = "Visible points are those of the tests that you see. Grading also tries other values."


@dataclass
class Step:
    """One step of a notebook, and what became of its cells."""

    name: str
    points: dict[str, float] = field(default_factory=dict)  # of each test that gives points, by its grade_id
    cells: list[str] = field(default_factory=list)  # its tests and the cells to write, in the notebook's order
    written: dict[str, bool] = field(default_factory=dict)  # of the cells to write that ran: False if still as released
    passed: dict[str, bool] = field(default_factory=dict)  # of the tests that ran
    is_optional: bool = False  # its tests give no points, and pass too where nothing was written

    @property
    def tests_passed(self) -> int:
        """How many of its tests passed: none of a step that may be left out, and was."""
        return 0 if self._is_left_out else sum(self.passed.values())

    @property
    def points_reached(self) -> float:
        """The points of the tests that passed."""
        return sum(self.points[name] for name, passed in self.passed.items() if passed)

    @property
    def max_points(self) -> float:
        """The points of all its tests."""
        return sum(self.points.values())

    @property
    def _is_left_out(self) -> bool:
        return self.is_optional and bool(self.written) and not any(self.written.values())

    @property
    def verdict(self) -> str:
        """The step in words. `tito check` runs every cell, so it never says "pass so far" or "not run yet"."""
        if self._is_left_out:
            return "not written yet"
        if self.tests_passed == len(self.points):
            return "pass"
        if not all(self.written.values()):
            return "not finished yet" if any(self.written.values()) else "not written yet"
        if not all(self.passed.values()):
            return "fail"
        return "pass so far" if self.passed else "not run yet"

    @property
    def row(self) -> list[str]:
        """The step as a row of a table with the columns `COLUMNS`."""
        tests = f"{self.tests_passed} of {len(self.points)}"
        points = "optional" if self.is_optional else f"{self.points_reached:g} of {self.max_points:g}"
        return [self.name, self.verdict, tests, points]


def points_in_all(released: NotebookNode) -> str:
    """Return how many points there are if a person gives some of them, in a sentence; else ""."""
    answers = written_answers(released)
    if not answers:
        return ""
    by_tests = sum(sum(step.points.values()) for step in steps_of(released, Step).values())
    names, by_hand = ", ".join(answer.name for answer in answers), sum(answer.points for answer in answers)
    return f"In all {by_tests + by_hand:g} points: {by_tests:g} of tests, {by_hand:g} for {names}, graded by hand."


def reached(steps: Sequence[Step]) -> str:
    """Return what steps have reached, in words: "7 of 20 visible points"; tests where they give no points."""
    points, most = sum(step.points_reached for step in steps), sum(step.max_points for step in steps)
    if most:
        return f"{points:g} of {most:g} visible points"
    return f"{sum(step.tests_passed for step in steps)} of {sum(len(step.points) for step in steps)} tests, optional"


def shown_name(cell: NotebookNode, header: re.Pattern[str]) -> str:
    """Return what a reader of the notebook knows a cell by: "Test 5a", or "your cell `DataLoader.__iter__`".

    `header` finds what a cell to write defines.
    """
    title, defined = TITLE.match(cell.source), header.search(cell.source)
    if title:
        return title["title"]
    if role_of(cell) == "solution" and defined:
        method, _, owner = defined[1].removeprefix("def ").partition("(self: ")
        return f"your cell `{owner + '.' * bool(owner)}{method.rstrip('(')}`"
    return str(grade_id(cell))


AnyStep = TypeVar("AnyStep", bound=Step)


def steps_of(released: NotebookNode, kind: type[AnyStep]) -> dict[str, AnyStep]:
    """Return the steps of a released notebook that have tests, by name, before any cell has run.

    A test without points counts in an optional step only: elsewhere, it is a cell with nothing to do.
    """
    steps: dict[str, AnyStep] = {}
    for section, cell in sections(released):
        name, role = grade_id(cell), role_of(cell)
        if name is None or role not in ("solution", "test"):
            continue
        step = steps.setdefault(section, kind(section))
        if role == "solution":
            step.cells.append(name)
            step.is_optional |= OPTIONAL in cell.metadata.get("tags", [])
        elif step.is_optional or cell.metadata.nbgrader.points > 0:
            step.cells.append(name)
            step.points[name] = float(cell.metadata.nbgrader.points)
    return {name: step for name, step in steps.items() if step.points}

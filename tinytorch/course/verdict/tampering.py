"""Looking for code that tampers with the verdict, by reading the student's cells without running them.

The verdict does not depend on this: `judge` trusts nothing that the student's process says. The points of a submission
in which something is found are held back until a person has looked at the line. `tampering_rules` says what is looked
for.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Unicode

from tinytorch.course.layout import Course, Module
from tinytorch.course.notebook import grade_id, read_own_notebook, role_of
from tinytorch.course.notes import add_note
from tinytorch.course.verdict.read_cell import LINE_END, ReadCell, given_names
from tinytorch.course.verdict.tampering_rules import RULES

# A class has many equal cells. What was read of a cell takes much more memory than what was found in it.
REMEMBERED_CELLS, REMEMBERED_FINDINGS = 100, 5_000


@dataclass(frozen=True)
class Finding:
    """A line that tampers with the verdict, and how."""

    line: str
    why: str

    def __str__(self) -> str:
        return f"`{self.line}` {self.why}"


class WatchForTampering(NbGraderPreprocessor):  # type: ignore[misc]
    """Flag a submission for each such line in the student's own cells."""

    course_root = Unicode(help="The course folder, which holds the released notebooks.").tag(config=True)

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        # Read once for a class. Each run makes its own preprocessors, so a file that changed between runs is read anew.
        self._released_sources = functools.lru_cache(maxsize=1)(_released_sources)

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Read the student's cells."""
        module = Course(Path(self.course_root)).module(resources["nbgrader"]["assignment"])
        released = self._released_sources(module)
        given = _given_once(
            tuple(cell.source for cell in nb.cells if role_of(cell) == "given" and cell.cell_type == "code")
        )
        own = [cell for cell in nb.cells if is_own(cell) and cell.source not in released]
        answers = cells_of_answers(own, given)
        for cell in own:
            for finding in findings(cell.source, given, module.name, any(cell is answer for answer in answers)):
                add_note(nb, "flag", grade_id(cell) or cell.get("id", ""), str(finding))
        return nb, resources


def _released_sources(module: Module) -> frozenset[str]:
    """Return the sources of all cells of the released notebook."""
    return frozenset(cell.source for cell in read_own_notebook(module.released_path).cells)


def is_own(cell: NotebookNode) -> bool:
    """Whether a cell is the student's to write, or one that the student added."""
    return cell.cell_type == "code" and role_of(cell) in (None, "solution")


def cells_of_answers(own: Sequence[NotebookNode], given: dict[str, str]) -> list[NotebookNode]:
    """Return the cells that answers are made of: solution cells, and those that define a name which an answer reads."""
    answers = [cell for cell in own if role_of(cell) == "solution"]
    others = {id(cell): _read(cell.source, given) for cell in own if role_of(cell) != "solution"}
    if not others:
        return answers
    read = {name for cell in answers for name in _read(cell.source, given).reads()}
    while True:
        more = [
            cell
            for cell in own
            if id(cell) in others and read & {each.name for each in others[id(cell)].bindings if each.is_definition}
        ]
        if not more:
            return answers
        answers += more
        read |= {name for cell in more for name in others.pop(id(cell)).reads()}


@functools.lru_cache(maxsize=1)  # a class has the same given cells
def _given_once(sources: tuple[str, ...]) -> dict[str, str]:
    return given_names(sources)


def _read(source: str, given: dict[str, str]) -> ReadCell:
    return _read_once(source, tuple(given.items()))


@functools.lru_cache(REMEMBERED_CELLS)
def _read_once(source: str, given: tuple[tuple[str, str], ...]) -> ReadCell:
    return ReadCell(source, dict(given))


def findings(source: str, given: dict[str, str], module: str = "", is_solution: bool = True) -> list[Finding]:
    """Return the lines of a cell that tamper with the verdict; none for a cell that is not Python."""
    return list(_find_once(source, tuple(given.items()), module, is_solution))


@functools.lru_cache(REMEMBERED_FINDINGS)
def _find_once(source: str, given: tuple[tuple[str, str], ...], module: str, is_solution: bool) -> tuple[Finding, ...]:
    cell = _read_once(source, given)
    lines = LINE_END.split(source)
    found: dict[int, Finding] = {}
    for rule in RULES:
        if is_solution or not rule.answers_only:
            for node in rule.find(cell, module):
                number = min(getattr(node, "lineno", 1), len(lines))
                found.setdefault(number, Finding(lines[number - 1].strip(), rule.why))
    return tuple(found[number] for number in sorted(found))

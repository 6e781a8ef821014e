"""A written answer's rubric, as its question states it, and a grader's comment with the points of each item.

A question says `*Rubric:* a choice for each case (4), a reason from the figures (4), a cost or risk of each (2).` The
points of the items stand as a list at the top of nbgrader's comment: Formgrader and the feedback page show them there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from nbformat import NotebookNode

from tinytorch.course.notebook import grade_id, role_of

RUBRIC = re.compile(r"Rubric:\**\s*(?P<items>.*)", re.DOTALL)
ITEM = re.compile(r"\s*(?P<what>\S.*?)\s*\((?P<points>\d+(?:\.\d+)?)\)[,;.]?", re.DOTALL)
GIVEN = re.compile(r"^- (?P<what>.+): (?P<points>\d+(?:\.\d+)?(?:e-\d+)?) of \d+(?:\.\d+)?$")


@dataclass(frozen=True)
class RubricItem:
    """One thing that an answer gets points for."""

    what: str
    max_points: float


@dataclass(frozen=True)
class WrittenQuestion:
    """A question whose answer a person grades."""

    cell: str  # the answer's grade_id
    text: str  # of the cell above the answer, Markdown
    max_points: float
    items: tuple[RubricItem, ...]  # together they give `max_points`


def written_questions(released: NotebookNode) -> list[WrittenQuestion]:
    """Return the questions of a released notebook with their rubrics; an answer without one has a single item."""
    found, above = [], ""
    for cell in released.cells:
        if role_of(cell) == "written":
            most = float(cell.metadata.nbgrader.points)
            found.append(WrittenQuestion(str(grade_id(cell)), above, most, _items(above, most)))
        above = cell.source if cell.cell_type == "markdown" else ""
    return found


def _items(question: str, most: float) -> tuple[RubricItem, ...]:
    stated = RUBRIC.search(question)
    items = tuple(
        RubricItem(" ".join(item["what"].split()), float(item["points"]))
        for item in ITEM.finditer(stated["items"] if stated else "")
    )
    return items if sum(item.max_points for item in items) == most else (RubricItem("the answer", most),)


def joined(question: WrittenQuestion, points: list[float | None], remark: str) -> str:
    """Return the comment: the items that got points, as a list, and the remark below it."""
    pairs = zip(question.items, points, strict=True)
    lines = [f"- {item.what}: {exact(given)} of {item.max_points:g}" for item, given in pairs if given is not None]
    return "\n\n".join(part for part in ("\n".join(lines), remark.strip()) if part)


def exact(points: float) -> str:
    """Return points in as many digits as it takes to read the same number again, such as "4" or "3.3333333"."""
    return str(points).removesuffix(".0")


def taken_apart(question: WrittenQuestion, comment: str) -> tuple[list[float | None], str]:
    """Return the items' points and the remark of a comment; None for an item that it does not name."""
    given: dict[str, float] = {}
    lines = comment.split("\n")
    while lines and (found := GIVEN.match(lines[0])) and any(item.what == found["what"] for item in question.items):
        given[found["what"]] = float(found["points"])
        lines.pop(0)
    return [given.get(item.what) for item in question.items], "\n".join(lines).strip()

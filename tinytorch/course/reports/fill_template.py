"""Scores on their way back to a learning platform: its own exported file, with one column filled.

Platforms read back what looks like their own export, so nothing else in the file changes, to the byte. A student is
found by the ids that the class list holds (`tito roster`), never by name.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tinytorch.course.exported_table import ExportedTable, read_exported_table
from tinytorch.course.files import write_whole
from tinytorch.course.gradebook.class_list_file import PLATFORMS, Platform, not_a_student, platform_of
from tinytorch.course.gradebook.standing import FLAGGED, GRADED, MISSING, WAITING, Standing
from tinytorch.course.layout import CourseError, Module

SCORE = "score"  # what a waiting student may be marked with: the points so far
MARKS = (WAITING, FLAGGED, MISSING)  # the states for which the instructor can say what is entered
# How a platform writes an assignment's title and its maximum into the head of its column
_TITLES = {
    "canvas": re.compile(r"^(?P<title>.*?)(?: \(\d+\))?$"),
    "d2l": re.compile(r"^(?P<title>.*?) Points Grade(?: <Numeric MaxPoints:(?P<maximum>[\d.,]+).*>)?$"),
    "blackboard": re.compile(r"^(?P<title>.*?) \[Total Pts: (?:up to )?(?P<maximum>[\d.,]+)[^\]]*\](?: \|\d+)?$"),
}
_ANY_TITLE = re.compile(r"^(?P<title>.*)$")


@dataclass
class Filled:
    """What was done with a template: each student and each row of it is in one of these lists."""

    column: str
    filled: list[str] = field(default_factory=list)  # ids
    left_out: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))  # ids by state
    not_changeable: list[str] = field(default_factory=list)  # ids whose row the platform has locked
    without_row: list[str] = field(default_factory=list)  # ids with a score that no row took
    unknown_rows: list[str] = field(default_factory=list)  # "line 7 (Byron, Ada)" of nobody in the gradebook


def fill_template(
    module: Module,
    standings: list[Standing],
    template: Path,
    to: Path,
    *,
    platform: str = "",
    column: str = "",
    scale: float | None = None,
    marks: Mapping[str, str] | None = None,
) -> Filled:
    """Write the template with the class's scores to `to`.

    Args:
        module: whose scores.
        standings: where each student stands.
        template: the file that the platform exported.
        to: the file to write; it may be the template.
        platform: canvas, moodle, d2l, blackboard or gradescope; found out from the columns if empty.
        column: the column to fill, as its head or its title; found by the module's name if empty.
        scale: what the platform counts for all points; without it, the platform's maximum has to be the gradebook's.
        marks: what to enter for students who are `waiting` ("score" for the points so far), `flagged` or `missing`.
            Without a mark their cells stay as they are.

    Raises:
        CourseError: the template is of another kind, has no such column or two, counts another maximum, or has two rows
            for one student; nothing was written.
    """
    table = read_exported_table(template)
    kind = _kind(table, platform)
    number = _column(table, kind, module, column)
    comma = _decimal_comma(table)
    filled = Filled(table.values(0)[number])
    maximum = scale if scale is not None else _max_points(standings)
    _check_maximum(table, kind, number, maximum, scale)
    texts: dict[tuple[int, int], str] = {}
    rows = _rows_of_students(table, kind, standings, filled)
    for standing in standings:
        student = standing.student.id
        text = _text(standing, maximum, marks or {}, comma)
        if text is None:
            filled.left_out[standing.state].append(student)
        elif student not in rows:
            filled.without_row.append(student)
        elif len(table.rows[rows[student]]) <= number:
            line = table.line(rows[student])
            raise CourseError(f"{template}, line {line} has too few cells: export the file once more.")
        elif _locked(table, rows[student]):
            filled.not_changeable.append(student)
        else:
            texts[rows[student], number] = text
            filled.filled.append(student)
    write_whole(to, table.with_cells(texts))
    return filled


def _kind(table: ExportedTable, platform: str) -> Platform:
    """Return whose export this is."""
    found = platform_of(table.values(0))
    known = [each.name for each in PLATFORMS if each.name != "nbgrader"]
    if platform and platform not in known:
        raise CourseError(f"There is no way back to {platform!r}: --to takes {', '.join(known)}.")
    if found is None or found.name not in known or (platform and found.name != platform):
        looks = "no export that is known here" if found is None else f"an export of {found.name}"
        raise CourseError(
            f"{table.path} looks like {looks} (its columns: {', '.join(filter(None, table.values(0)))}): "
            f"export the grades from {platform or 'your platform'} and give that file."
        )
    return found


def _title(kind: Platform, head: str) -> re.Match[str] | None:
    return _TITLES.get(kind.name, _ANY_TITLE).match(head)


def _column(table: ExportedTable, kind: Platform, module: Module, chosen: str) -> int:
    """Return the number of the column to fill."""
    heads = table.values(0)
    if kind.name == "moodle" and not chosen and "Identifier" in heads:
        chosen = "Grade"
    titles = {number: found["title"] for number, head in enumerate(heads) if (found := _title(kind, head))}
    if chosen:
        matching = [number for number, head in enumerate(heads) if head == chosen]
        matching = matching or [number for number, title in titles.items() if title == chosen]
        asked = f"{chosen!r}"
    else:
        wanted = {_letters(module.assignment), _letters(module.name)}
        matching = [number for number, title in titles.items() if _letters(title) in wanted]
        asked = f"for {module.assignment}"
    if len(matching) != 1:
        own = {*kind.platform_ids, *kind.id, *kind.people_columns, *kind.email, *kind.section, *kind.group}
        choices = ", ".join(repr(title) for number, title in titles.items() if title and heads[number] not in own)
        many = "no column" if not matching else f"{len(matching)} columns"
        raise CourseError(f"{table.path} has {many} {asked}: choose one with --column, from {choices}.")
    return matching[0]


def _letters(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def _max_points(standings: list[Standing]) -> float:
    return max((standing.max_points for standing in standings), default=0.0)


def _check_maximum(table: ExportedTable, kind: Platform, number: int, maximum: float, scale: float | None) -> None:
    """Raise `CourseError` if the platform counts the assignment by another maximum than the scores will have."""
    found = _title(kind, table.values(0)[number])
    written = found.groupdict().get("maximum") if found else None
    for row in range(1, len(table.rows)):
        cells = dict(zip(table.values(0), table.values(row), strict=False))
        if kind.name == "canvas" and cells.get("Student") == "Points Possible":
            written = table.values(row)[number]
        if kind.name == "moodle":
            written = cells.get("Maximum grade", "")
            break
    theirs = _number(written or "")
    if theirs is not None and abs(theirs - maximum) > 1e-9:
        ours = f"--scale says {maximum:g}" if scale is not None else f"the gradebook counts {maximum:g}"
        raise CourseError(
            f"{table.path} counts {theirs:g} points for {table.values(0)[number]!r}, and {ours}: "
            f"add --scale {theirs:g}, or change the points on the platform and export again."
        )


def _number(text: str) -> float | None:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return None


def _decimal_comma(table: ExportedTable) -> bool:
    """Whether numbers in this file have a decimal comma."""
    values = [cell.value.strip() for row in table.rows for cell in row]
    commas = sum(bool(re.fullmatch(r"\d+,\d+", value)) for value in values)
    points = sum(bool(re.fullmatch(r"\d+\.\d+", value)) for value in values)
    return commas > points or (commas == points == 0 and table.delimiter == ";")


def _rows_of_students(
    table: ExportedTable, kind: Platform, standings: list[Standing], filled: Filled
) -> dict[str, int]:
    """Return each student's row; rows of nobody are noted."""
    index: dict[tuple[str, str], set[str]] = defaultdict(set)
    for standing in standings:
        student = standing.student
        for name, value in student.platform_ids.items():
            index[name, value.casefold()].add(student.id)
        for name in kind.id:
            index[name, student.id.casefold()].add(student.id)
        for name in kind.email if student.email else ():
            index[name, student.email.casefold()].add(student.id)
    heads = table.values(0)
    rows: dict[str, int] = {}
    for number in range(1, len(table.rows)):
        cells = dict(zip(heads, table.values(number), strict=False))
        if not_a_student(cells):
            continue
        ids = [(name, cells[name].lstrip("#").casefold()) for name in (*kind.platform_ids, *kind.id) if cells.get(name)]
        found = next((index[each] for each in ids if index.get(each)), set())
        line = table.line(number)
        if not found:
            names = [cells[name] for name in (*kind.people_columns, *kind.id) if cells.get(name)]
            filled.unknown_rows.append(f"line {line} ({', '.join(names[:2])})")
            continue
        if len(found) > 1:
            raise CourseError(f"{table.path}, line {line} fits {', '.join(sorted(found))}: correct the class list.")
        (student_id,) = found
        if student_id in rows:
            raise CourseError(
                f"{table.path}: lines {table.line(rows[student_id])} and {line} both are {student_id}: "
                "remove the one that is wrong, or export the file once more."
            )
        rows[student_id] = number
    return rows


def _locked(table: ExportedTable, row: int) -> bool:
    """Whether Moodle says that this grade cannot be changed."""
    return dict(zip(table.values(0), table.values(row), strict=False)).get("Grade can be changed", "").lower() == "no"


def _text(standing: Standing, maximum: float, marks: Mapping[str, str], comma: bool) -> str | None:
    """Return what to enter for a student, None to leave the cell as it is."""
    mark = SCORE if standing.state == GRADED else marks.get(standing.state)
    if mark is None or mark != SCORE:
        return mark
    points = standing.points * maximum / standing.max_points if standing.max_points else standing.points
    text = f"{points:.2f}".rstrip("0").rstrip(".")
    return text.replace(".", ",") if comma else text

"""A submission's cells put where the released notebook has them: tests as released, answers as written.

A cell is recognised by nbgrader's name for it, else by its id, its source, what its first lines define, or its place.
What a student added stays behind the cell that it followed.
"""

from __future__ import annotations

import re
from collections import defaultdict

from nbformat import NotebookNode, from_dict

from tinytorch.course.notebook import STUB, grade_id, role_of
from tinytorch.course.notes import Note
from tinytorch.course.released import is_untouched

# What a solution cell is known by: `class Dataset`, `def __iter__(self: DataLoader` or `# answer = ...`
HEADER = re.compile(r"^(?:# )?(class \w+|def \w+\((?:self: \w+)?|\w+(?= = ))", re.MULTILINE)
SHOWN_NAMES = 3
OWN = "own"  # the id of a cell that the student added, with a number

WRONG_NOTEBOOK = "none of its cells is of this notebook: hand in the notebook that you were given, with your answers"
RECOGNISED = "nbgrader's name for the cell was gone or changed; the cell was recognised by what is in it"
RETYPED = "the cell had become one of another type (code, markdown or raw); it was turned back"
CHANGED = "nbgrader's settings of the cell were changed; they are as released again"
EDITED = "the cell is not yours to edit; it was graded as released"
DELETED = "the cell was deleted; it was put back"
LOST_ANSWER = "the cell for your answer was deleted, or could not be recognised; what the other cells define was graded"
LOST_TEXT = "the cell for your written answer was deleted, or could not be recognised; write your answer there again"
MOVED = "the cell had been moved; it was put back in its place"
COPIED = (
    "the cell is there more than once; all that differ from the release ran in their order, the last one as the answer"
)
COPIED_TEST = "the cell is there more than once; it was graded once, as released"
UNKNOWN = "nbgrader has no such cell in this notebook; it ran as a cell of your own"


def place_cells(submitted: NotebookNode, released: NotebookNode) -> list[Note]:
    """Put the cells in the released order, with the released names and tests; return what was put right."""
    told: dict[str, list[str]] = defaultdict(list)
    for cell in submitted.cells:
        if not isinstance(cell.metadata.get("nbgrader", {}), dict):
            del cell.metadata["nbgrader"]
    targets = _recognise(submitted.cells, released.cells, told)
    graded = [place for place, cell in enumerate(released.cells) if grade_id(cell)]
    names = {grade_id(cell) for cell in released.cells}
    if not set(targets.values()) & set(graded):
        submitted.cells = [from_dict(cell) for cell in released.cells if grade_id(cell)]
        return [Note("fault", "", WRONG_NOTEBOOK)]

    chosen: dict[int, NotebookNode] = {}  # by place in the release: the cell that counts
    earlier: dict[int, list[NotebookNode]] = defaultdict(list)  # other copies of an answer, which run before it
    behind: dict[int, list[NotebookNode]] = defaultdict(list)  # what the student added, by the place it followed
    dropped: list[int] = []
    recognised: dict[int, list[int]] = defaultdict(list)
    for position, place in targets.items():
        recognised[place].append(position)
    for target, positions in sorted(recognised.items()):
        counts = _choose(submitted.cells, positions, released.cells[target], told)
        chosen[target] = submitted.cells[counts]
        for position in positions:
            cell = submitted.cells[position]
            if position == counts:
                continue
            if _unchanged(cell, released.cells[target]):
                dropped.append(position)
            elif role_of(released.cells[target]) in ("solution", "written"):
                dropped.append(position)
                earlier[target].append(cell)
            else:
                del targets[position]  # an edited copy of a test is a cell of the student's own

    follows, furthest = -1, -1
    for position, cell in enumerate(submitted.cells):
        if position in dropped:
            continue
        if position not in targets:
            behind[follows].append(cell)
            if grade_id(cell) and grade_id(cell) not in names:
                told[UNKNOWN].append(str(grade_id(cell)))
            continue
        follows = targets[position]
        if follows in graded:
            if follows < furthest:
                told[MOVED].append(str(grade_id(released.cells[follows])))
            furthest = max(furthest, follows)

    cells = [_plain(cell) for cell in behind[-1]]
    for place, original in enumerate(released.cells):
        cells += [_plain(cell) for cell in earlier[place]]
        if grade_id(original):
            cells.append(_as_released(original, chosen.get(place), told))
        elif place in chosen:
            cells.append(_plain(chosen[place], original.id))
        cells += [_plain(cell) for cell in behind[place]]
    for number, cell in enumerate([cell for cell in cells if cell.id == OWN], start=1):
        cell.id = f"{OWN}-{number}"
    submitted.cells = cells
    return [Note("note", _some(names), sentence) for sentence, names in told.items()]


def _recognise(
    submitted: list[NotebookNode], released: list[NotebookNode], told: dict[str, list[str]]
) -> dict[int, int]:
    """Return which released cell each submitted one is, by their places; copies are the same cell."""
    named = {grade_id(cell): place for place, cell in enumerate(released) if grade_id(cell)}
    targets = {position: named[name] for position, cell in enumerate(submitted) if (name := grade_id(cell)) in named}

    def give(position: int, place: int) -> None:
        targets[position] = place
        if grade_id(released[place]):
            told[RECOGNISED].append(str(grade_id(released[place])))

    by_id: dict[str, list[int]] = defaultdict(list)
    for position, cell in enumerate(submitted):
        by_id[str(cell.get("id"))].append(position)
    for same in (_same_id, _same_source, _same_header):
        taken = set(targets.values())
        for place in [place for place in range(len(released)) if place not in taken]:
            candidates = by_id[released[place].id] if same is _same_id else range(len(submitted))
            found = [
                position
                for position in candidates
                if position not in targets and same(submitted[position], released[place])
            ]
            # A cell of prose or of code to look at is there once; the student may have started an answer twice.
            for position in found if role_of(released[place]) in ("solution", "written") else found[:1]:
                give(position, place)
    for place, original in enumerate(released):
        if place in targets.values() or role_of(original) not in ("solution", "written"):
            continue
        # the cell in its place: behind the one that it was released behind
        position = next((position for position, target in targets.items() if target == place - 1), -1) + 1
        is_free = 0 < position < len(submitted) and position not in targets
        if is_free and submitted[position].cell_type == original.cell_type:
            give(position, place)
    return targets


def _same_id(cell: NotebookNode, original: NotebookNode) -> bool:
    return bool(cell.get("id") == original.id)


def _same_source(cell: NotebookNode, original: NotebookNode) -> bool:
    return bool(cell.source.strip()) and _unchanged(cell, original)


def _same_header(cell: NotebookNode, original: NotebookNode) -> bool:
    """Whether a cell defines what a solution cell is there for, or has a test's title."""
    if role_of(original) == "solution":
        header = HEADER.search(original.source)
        return header is not None and header[1] in HEADER.findall(cell.source)
    title = original.source.split("\n")[0]
    return role_of(original) == "test" and title.startswith("# ") and cell.source.split("\n")[0] == title


def _unchanged(cell: NotebookNode, original: NotebookNode) -> bool:
    """Whether a cell is as released: now, or earlier with a test that was mended since."""
    if cell.source.strip() == original.source.strip():
        return True
    try:
        return bool(grade_id(cell)) and is_untouched(cell)
    except (AttributeError, KeyError, TypeError, ValueError):  # settings that nbgrader did not write
        return False


def _choose(
    submitted: list[NotebookNode], positions: list[int], original: NotebookNode, told: dict[str, list[str]]
) -> int:
    """Return which copy of a cell counts: the last answer that differs from the release, the first test."""
    if len(positions) == 1:
        return positions[0]
    if role_of(original) in ("solution", "written"):
        told[COPIED].append(str(grade_id(original)))
        changed = [position for position in positions if not _unchanged(submitted[position], original)]
        finished = [position for position in changed if STUB not in submitted[position].source]
        return (finished or changed or positions)[-1]
    told[COPIED_TEST].append(str(grade_id(original)))
    return next((position for position in positions if _unchanged(submitted[position], original)), positions[0])


def _as_released(original: NotebookNode, cell: NotebookNode | None, told: dict[str, list[str]]) -> NotebookNode:
    """Return one of nbgrader's cells as released, with the student's source if it is the student's to write."""
    placed, name, role = from_dict(original), str(grade_id(original)), role_of(original)
    if cell is None:
        told[{"solution": LOST_ANSWER, "written": LOST_TEXT}.get(str(role), DELETED)].append(name)
        if role == "solution":
            # The stub would take the place of what the student wrote elsewhere.
            placed.source = ""
        return placed
    if cell.cell_type != original.cell_type:
        told[RETYPED].append(name)
    settings, own = original.metadata.nbgrader, cell.metadata.get("nbgrader", {})
    if own.get("grade_id") == name and any(
        own.get(key) != settings.get(key) for key in ("grade", "locked", "solution", "points")
    ):
        told[CHANGED].append(name)
    if role in ("solution", "written"):
        placed.source = cell.source
        if original.cell_type == "markdown" and cell.get("attachments"):
            placed.attachments = cell.attachments
    elif not _unchanged(cell, original):
        told[EDITED].append(name)
    return placed


def _plain(cell: NotebookNode, cell_id: str = OWN) -> NotebookNode:
    """Return a cell that nbgrader does not know: its source, and nothing else that it came with."""
    plain = NotebookNode(id=cell_id, cell_type=cell.cell_type, metadata=NotebookNode(), source=cell.source)
    if cell.cell_type == "code":
        plain.update(execution_count=None, outputs=[])
    if cell.cell_type == "markdown" and cell.get("attachments"):
        plain.attachments = cell.attachments
    return plain


def _some(names: list[str]) -> str:
    """Name a few cells and count the others."""
    names = list(dict.fromkeys(names))
    more = len(names) - SHOWN_NAMES
    return ", ".join(names[:SHOWN_NAMES]) + (f" and {more} more" if more > 0 else "")

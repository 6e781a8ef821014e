"""Putting the cells of a submission in the released order: tests as released, answers as the student wrote them.

A cell is recognised by nbgrader's name for it, or else by its id, its source, what its first lines define, or its
position. A cell that the student added stays behind the one that it followed.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from nbformat import NotebookNode, from_dict

from tinytorch.course.notebook import STUB, exported_module, grade_id, role_of
from tinytorch.course.notes import Note
from tinytorch.course.released import is_untouched

# What a solution cell is known by: `class Dataset`, `def __iter__(self: DataLoader` or `# answer = ...`
HEADER = re.compile(r"^(?:# )?(class \w+|def \w+\((?:self: \w+)?|\w+(?= = ))", re.MULTILINE)
SHOWN_NAMES = 3
GRADED = ("solution", "written", "test")
OWN = "own"  # the id of a cell that the student added, followed by a number
START = -1  # in place of an index: before the first released cell

WRONG_NOTEBOOK = "none of its cells is of this notebook: hand in the notebook that you were given, with your answers"
OTHER_MODULE = "it is the notebook of another module, `{0}`: hand in the one of `{1}`"
RECOGNISED = "nbgrader's name for the cell was gone or changed; the cell was recognised by its content"
RETYPED = "the cell had another type (code, markdown or raw); it was changed back"
CHANGED = "nbgrader's settings of the cell were changed; they were set back"
EDITED = "the cell is not yours to edit; it was graded as released"
DELETED = "the cell was deleted; it was put back"
LOST_ANSWER = "the cell for your answer was deleted, or could not be recognised; what the other cells define was graded"
LOST_TEXT = "the cell for your written answer was deleted, or could not be recognised; write your answer there again"
MOVED = "the cell had been moved; it was put back in its place"
COPIED = (
    "the cell is there more than once; all that differ from the released one ran in their order, and the last one "
    "counts as the answer"
)
COPIED_TEST = "the cell is there more than once; it was graded once, as released"
UNKNOWN = "this notebook has no cell with that name of nbgrader's; it ran as a cell of your own"

Cells = Sequence[NotebookNode]
Remarks = dict[str, list[str]]  # by sentence, the names of the cells that it is about


@dataclass
class _Chosen:
    """Which of the submitted cells are used for what, by their positions."""

    counting: dict[int, int] = field(default_factory=dict)  # by index in the release: the cell that counts
    earlier: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))  # other answers, run before it
    dropped: set[int] = field(default_factory=set)  # further copies that are as released


def align_cells(submitted: NotebookNode, released: NotebookNode) -> list[Note]:
    """Put the cells in the released order, with the released names and tests; return notes on what was put right."""
    for cell in submitted.cells:
        if not isinstance(cell.metadata.get("nbgrader", {}), dict):
            del cell.metadata["nbgrader"]
    remarks: Remarks = defaultdict(list)
    targets = _recognise(submitted.cells, released.cells, remarks)
    if wrong := _wrong_notebook(submitted, released, targets):
        submitted.cells = [from_dict(cell) for cell in released.cells if grade_id(cell)]
        return [Note("fault", "", wrong)]
    chosen = _choose(submitted.cells, released.cells, targets, remarks)
    added = _added(submitted.cells, released.cells, chosen, remarks)
    submitted.cells = _arrange(submitted.cells, released.cells, chosen, added, remarks)
    return _explain(remarks)


def _wrong_notebook(submitted: NotebookNode, released: NotebookNode, targets: dict[int, int]) -> str:
    """Return what is wrong if a notebook is not a version of the released one, "" if it is.

    All modules have given cells, and some have answers, of the same names.
    """
    graded = [index for index, cell in enumerate(released.cells) if role_of(cell) in GRADED]
    found = len(set(targets.values()) & set(graded))
    theirs, ours = exported_module(submitted), exported_module(released)
    if theirs and theirs != ours and found < len(graded) / 2:
        return OTHER_MODULE.format(theirs, ours)
    return "" if found else WRONG_NOTEBOOK


def _recognise(submitted: Cells, released: Cells, remarks: Remarks) -> dict[int, int]:
    """Return the index in the release of each submitted cell, by its position; copies have the same index."""
    named = {grade_id(cell): index for index, cell in enumerate(released) if grade_id(cell)}
    targets = {position: named[name] for position, cell in enumerate(submitted) if (name := grade_id(cell)) in named}

    def recognise(position: int, index: int) -> None:
        targets[position] = index
        if grade_id(released[index]):
            remarks[RECOGNISED].append(str(grade_id(released[index])))

    foreign = {position for position, cell in enumerate(submitted) if position not in targets and _is_foreign(cell)}
    by_id: dict[str, list[int]] = defaultdict(list)
    for position, cell in enumerate(submitted):
        by_id[str(cell.get("id"))].append(position)
    for same in (_same_id, _same_source, _same_header):
        for index in _missing(released, targets):
            original = released[index]
            candidates = by_id[original.id] if same is _same_id else range(len(submitted))
            free = [each for each in candidates if each not in targets and each not in foreign]
            found = [each for each in free if same(submitted[each], original)]
            # Only an answer may be there more than once: the student may have begun it again.
            for position in found if _is_answer(original) else found[:1]:
                recognise(position, index)
    for index in _missing(released, targets):
        position = _position_behind(index, targets)
        is_free = 0 < position < len(submitted) and position not in targets and position not in foreign
        if _is_answer(released[index]) and is_free and submitted[position].cell_type == released[index].cell_type:
            recognise(position, index)
    return targets


def _missing(released: Cells, targets: dict[int, int]) -> list[int]:
    """Return the indices of the released cells that no submitted cell was recognised as."""
    found = set(targets.values())
    return [index for index in range(len(released)) if index not in found]


def _position_behind(index: int, targets: dict[int, int]) -> int:
    """Return the position behind the cell that a released one followed; 0 if that cell is not there."""
    return next((position for position, target in targets.items() if target == index - 1), -1) + 1


def _is_answer(original: NotebookNode) -> bool:
    """Whether a released cell is the student's to write."""
    return role_of(original) in ("solution", "written")


def _same_id(cell: NotebookNode, original: NotebookNode) -> bool:
    return bool(cell.get("id") == original.id)


def _same_source(cell: NotebookNode, original: NotebookNode) -> bool:
    return bool(cell.source.strip()) and cell.source.strip() == original.source.strip()


def _same_header(cell: NotebookNode, original: NotebookNode) -> bool:
    """Whether a cell defines what a solution cell is for, or has a test's title."""
    if role_of(original) == "solution":
        header = HEADER.search(original.source)
        return header is not None and header[1] in HEADER.findall(cell.source)
    title = original.source.split("\n")[0]
    return role_of(original) == "test" and title.startswith("# ") and cell.source.split("\n")[0] == title


def _unchanged(cell: NotebookNode, original: NotebookNode) -> bool:
    """Whether a cell is as released: now, or earlier if a test has been corrected since."""
    if cell.source.strip() == original.source.strip():
        return True
    return grade_id(cell) == grade_id(original) and _has_right_checksum(cell)


def _is_foreign(cell: NotebookNode) -> bool:
    """Whether nbgrader released a cell, which nobody has changed since, under a name that this notebook does not have.

    It was copied from another module's notebook, or from another course's.
    """
    return bool(grade_id(cell)) and _has_right_checksum(cell)


def _has_right_checksum(cell: NotebookNode) -> bool:
    try:
        return is_untouched(cell)
    except (AttributeError, KeyError, TypeError, ValueError):  # settings that nbgrader did not write
        return False


def _choose(submitted: Cells, released: Cells, targets: dict[int, int], remarks: Remarks) -> _Chosen:
    """Choose among the copies of each cell."""
    copies: dict[int, list[int]] = defaultdict(list)
    for position, index in targets.items():
        copies[index].append(position)
    chosen = _Chosen()
    for index, positions in sorted(copies.items()):
        original = released[index]
        chosen.counting[index] = counting = _counting_copy(submitted, positions, original, remarks)
        for position in positions:
            if position == counting:
                continue
            if _unchanged(submitted[position], original):
                chosen.dropped.add(position)
            elif _is_answer(original):
                chosen.earlier[index].append(position)
            # else it is an edited copy of a test, which is a cell of the student's own
    return chosen


def _counting_copy(submitted: Cells, positions: list[int], original: NotebookNode, remarks: Remarks) -> int:
    """Return the copy of a cell that counts: the last answer that differs from the released one, the first test."""
    if len(positions) == 1:
        return positions[0]
    if _is_answer(original):
        remarks[COPIED].append(str(grade_id(original)))
        changed = [position for position in positions if not _unchanged(submitted[position], original)]
        finished = [position for position in changed if STUB not in submitted[position].source]
        return (finished or changed or positions)[-1]
    remarks[COPIED_TEST].append(str(grade_id(original)))
    return next((position for position in positions if _unchanged(submitted[position], original)), positions[0])


def _added(submitted: Cells, released: Cells, chosen: _Chosen, remarks: Remarks) -> dict[int, list[NotebookNode]]:
    """Return the cells that the student added, by the index of the released cell that each of them follows."""
    targets = {position: index for index, position in chosen.counting.items()}
    copies = chosen.dropped.union(*chosen.earlier.values())
    names = {grade_id(cell) for cell in released}
    added: dict[int, list[NotebookNode]] = defaultdict(list)
    followed, furthest = START, START
    for position, cell in enumerate(submitted):
        if position in targets:
            followed = targets[position]
            if name := grade_id(released[followed]):
                if followed < furthest:
                    remarks[MOVED].append(name)
                furthest = max(furthest, followed)
        elif position not in copies:
            added[followed].append(cell)
            if (name := grade_id(cell)) and name not in names:
                remarks[UNKNOWN].append(name)
    return added


def _arrange(
    submitted: Cells, released: Cells, chosen: _Chosen, added: dict[int, list[NotebookNode]], remarks: Remarks
) -> list[NotebookNode]:
    """Return all cells in their order."""
    cells = [_plain(cell) for cell in added[START]]
    for index, original in enumerate(released):
        cells += [_plain(submitted[position]) for position in chosen.earlier[index]]
        counting = submitted[chosen.counting[index]] if index in chosen.counting else None
        if grade_id(original):
            cells.append(_as_released(original, counting, remarks))
        elif counting is not None:
            cells.append(_plain(counting, original.id))
        cells += [_plain(cell) for cell in added[index]]
    for number, cell in enumerate([cell for cell in cells if cell.id == OWN], start=1):
        cell.id = f"{OWN}-{number}"
    return cells


def _explain(remarks: Remarks) -> list[Note]:
    """Return a note for each remark, which names the first few of its cells and counts the others."""
    notes = []
    for sentence, names in remarks.items():
        names = list(dict.fromkeys(names))
        more = len(names) - SHOWN_NAMES
        cells = ", ".join(names[:SHOWN_NAMES]) + (f" and {more} more" if more > 0 else "")
        notes.append(Note("note", cells, sentence))
    return notes


def _as_released(original: NotebookNode, cell: NotebookNode | None, remarks: Remarks) -> NotebookNode:
    """Return one of nbgrader's cells as released, with the student's source if it is the student's to write."""
    aligned, name, role = from_dict(original), str(grade_id(original)), role_of(original)
    if cell is None:
        remarks[{"solution": LOST_ANSWER, "written": LOST_TEXT}.get(str(role), DELETED)].append(name)
        if role == "solution":
            # The stub would replace what the student wrote elsewhere.
            aligned.source = ""
        return aligned
    if cell.cell_type != original.cell_type:
        remarks[RETYPED].append(name)
    settings, own = original.metadata.nbgrader, cell.metadata.get("nbgrader", {})
    if own.get("grade_id") == name and any(
        own.get(key) != settings.get(key) for key in ("grade", "locked", "solution", "points")
    ):
        remarks[CHANGED].append(name)
    if _is_answer(original):
        aligned.source = cell.source
        if original.cell_type == "markdown" and cell.get("attachments"):
            aligned.attachments = cell.attachments
    elif not _unchanged(cell, original):
        remarks[EDITED].append(name)
    return aligned


def _plain(cell: NotebookNode, cell_id: str = OWN) -> NotebookNode:
    """Return a cell as one that nbgrader does not know: its source, and nothing else that was in it."""
    plain = NotebookNode(id=cell_id, cell_type=cell.cell_type, metadata=NotebookNode(), source=cell.source)
    if cell.cell_type == "code":
        plain.update(execution_count=None, outputs=[])
    if cell.cell_type == "markdown" and cell.get("attachments"):
        plain.attachments = cell.attachments
    return plain

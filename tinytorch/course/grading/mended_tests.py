"""Tests that were mended after a class was graded: finding them, and putting their new verdicts into older results."""

from __future__ import annotations

from collections.abc import Collection

import nbformat

from tinytorch.course.notebook import grade_id, role_of
from tinytorch.course.notes import add_note, clear_notes, read_notes

FIXED = ("test", "given")  # the roles of cells that the student does not write
SHOWN_NAMES = 3


def mended_tests(earlier: bytes, later: bytes) -> list[str]:
    """Return the tests whose text in a later result, or in the notebook to grade by, differs from an earlier result.

    Raises:
        ValueError: more than the text of tests differs; the message names some of the cells.
    """
    before, after = (
        {str(grade_id(cell)): cell for cell in nbformat.v4.reads(content.decode()).cells if role_of(cell) in FIXED}
        for content in (earlier, later)
    )
    mended: list[str] = []
    others = sorted(before.keys() ^ after.keys())
    for name in before.keys() & after.keys():
        settings = [cell.metadata.nbgrader for cell in (before[name], after[name])]
        if any((settings[0].get(key) or 0) != (settings[1].get(key) or 0) for key in ("points", "grade", "solution")):
            others.append(name)
        elif before[name].source != after[name].source:
            (mended if settings[0].get("points") else others).append(name)
    if others:
        raise ValueError(", ".join(others[:SHOWN_NAMES]))
    return sorted(mended)


def with_tests_of(earlier: bytes, later: bytes, tests: Collection[str]) -> bytes:
    """Return an earlier result with some of its tests, and the notes on these, from a later one."""
    before, after = (nbformat.reads(content.decode(), as_version=4) for content in (earlier, later))
    decided = {grade_id(cell): cell for cell in after.cells if grade_id(cell) in tests}
    before.cells = [decided.get(grade_id(cell), cell) for cell in before.cells]
    notes = [note for note in read_notes(before) if note.cell not in tests]
    notes += [note for note in read_notes(after) if note.cell in tests]
    clear_notes(before)
    for note in notes:
        add_note(before, note.kind, note.cell, note.text)
    text: str = nbformat.writes(before)
    return (text.rstrip("\n") + "\n").encode("utf-8")

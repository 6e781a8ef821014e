"""What a grading run keeps so that the next one can go on where it stopped: each worker's result, and what is done.

A result is kept as soon as it comes, before it is entered anywhere. It is found again by the key of all that it depends
on: what was handed in, and the assignment that it was graded by.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import zlib
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat

from tinytorch.course.files import PART, remove_parts, write_whole
from tinytorch.course.grading.worker import HandedIn
from tinytorch.course.layout import CourseError
from tinytorch.course.notebook import grade_id, role_of
from tinytorch.course.notes import add_note, clear_notes, read_notes
from tinytorch.course.sandbox.temporary import lock

FOLDER = ".results"
FIXED = ("test", "given")  # the cells that are not the student's to write
OUTPUTS = ("submitted", "history", "autograded", "feedback", FOLDER)


@contextmanager
def only_run(output: Path) -> Iterator[None]:
    """Have the folder `output` to oneself, rid of what was half-written when an earlier run was killed.

    Raises:
        CourseError: another run is at work there.
    """
    place = output / FOLDER / "lock"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.touch()
    held = lock(place)
    if held is None:
        raise CourseError(
            f"Another `tito grade` is at work in {output}: wait until it has ended, or give another folder by --output."
        )
    try:
        for part in output.glob(f".*{PART}"):
            part.unlink(missing_ok=True)
        for name in OUTPUTS:
            remove_parts(output / name)
        yield
    finally:
        os.close(held)


def result_key(assignment_key: str, handed_in: HandedIn) -> str:
    """Return a name for what a result depends on: the assignment and the submission."""
    digest = hashlib.sha256(f"{assignment_key}\0{handed_in.student}\0".encode())
    for path, content in sorted(handed_in.files.items()):
        digest.update(f"{path}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


class Store:
    """The results of one assignment."""

    def __init__(self, output: Path, assignment: str) -> None:
        self.folder = output / FOLDER / assignment

    def find(self, student: str, key: str) -> bytes | None:
        """Return a student's notebook as it ran, if it ran with all that `key` stands for."""
        kept, notebook = self._read(student)
        return notebook if kept == key else None

    def latest(self, student: str) -> bytes | None:
        """Return a student's notebook as it ran last, whatever has changed since."""
        return self._read(student)[1]

    def _read(self, student: str) -> tuple[str, bytes | None]:
        try:
            with gzip.open(self.folder / f"{student}.gz") as file:
                kept, _, notebook = file.read().partition(b"\n")
        except (OSError, EOFError, zlib.error):  # not there, or not whole
            return "", None
        return kept.decode(), notebook

    def keep(self, student: str, key: str, notebook: bytes) -> None:
        """Keep a result in the place of an older one."""
        write_whole(self.folder / f"{student}.gz", gzip.compress(key.encode() + b"\n" + notebook, 1, mtime=0))

    def forget(self, student: str) -> None:
        """Drop what is kept of a student."""
        for ending in ("gz", "json"):
            (self.folder / f"{student}.{ending}").unlink(missing_ok=True)

    def done(self, student: str) -> dict[str, str]:
        """Return what was noted of the last run that was done with a student, nothing if there was none."""
        try:
            noted: dict[str, str] = json.loads((self.folder / f"{student}.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return noted

    def mended(self, student: str) -> list[str]:
        """Return the mended tests whose new verdicts are kept, but not entered in the gradebook yet."""
        return self.done(student).get("mended", "").split()

    def note_done(self, student: str, **noted: str) -> None:
        """Note that a student's result is entered and the page written."""
        write_whole(self.folder / f"{student}.json", json.dumps(noted).encode())


def mended_tests(earlier: bytes, later: bytes) -> list[str]:
    """Return the tests whose text is another one in a later result, or in the notebook that is to be graded by.

    Raises:
        ValueError: more than tests' texts differ; it names some of the cells.
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
        raise ValueError(", ".join(others[:3]))
    return sorted(mended)


def with_tests_of(earlier: bytes, later: bytes, tests: Collection[str]) -> bytes:
    """Return an earlier result with some of its tests as they ran later, and with what was noted of these then."""
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

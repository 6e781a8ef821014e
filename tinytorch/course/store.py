"""What a grading run keeps so that the next one can go on where it stopped: each worker's result, and what is done.

A result is kept as soon as it comes, before it is entered anywhere. It is found again by the key of all that it depends
on: what was handed in, and the assignment that it was graded by.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path

from tinytorch.course.assignment import Assignment
from tinytorch.course.files import write_whole
from tinytorch.course.work import HandedIn

FOLDER = ".results"


def result_key(assignment: Assignment, handed_in: HandedIn) -> str:
    """Give a name for what a result depends on."""
    digest = hashlib.sha256(f"{assignment.key}\0{handed_in.student}\0".encode())
    for path, content in sorted(handed_in.files.items()):
        digest.update(f"{path}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


class Store:
    """The results of one assignment."""

    def __init__(self, output: Path, assignment: str) -> None:
        self.folder = output / FOLDER / assignment

    def find(self, student: str, key: str) -> bytes | None:
        """Give a student's notebook as it ran, if it ran with all that `key` stands for."""
        try:
            with gzip.open(self.folder / f"{student}.gz") as file:
                kept, _, notebook = file.read().partition(b"\n")
        except (OSError, EOFError):
            return None
        return notebook if kept.decode() == key else None

    def keep(self, student: str, key: str, notebook: bytes) -> None:
        """Keep a result in the place of an older one."""
        write_whole(self.folder / f"{student}.gz", gzip.compress(key.encode() + b"\n" + notebook, 1, mtime=0))

    def forget(self, student: str) -> None:
        """Drop what is kept of a student."""
        for ending in ("gz", "json"):
            (self.folder / f"{student}.{ending}").unlink(missing_ok=True)

    def done(self, student: str) -> dict[str, str]:
        """Give what was noted of the last run that was done with a student, nothing if there was none."""
        try:
            noted: dict[str, str] = json.loads((self.folder / f"{student}.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return noted

    def note_done(self, student: str, **noted: str) -> None:
        """Note that a student's result is entered and the page written."""
        write_whole(self.folder / f"{student}.json", json.dumps(noted).encode())

"""What students of the small course hand in, in whatever shape, and grading it in one go."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from tests.helpers.tiny_course import POINTS, GradedClass, TinyCourse
from tinytorch.course.handin.read_file import MOST_BYTES

NOTHING = dict.fromkeys(POINTS, 0)
OTHER_ANSWER = "#| export\ndef double(x): return x + x\n"  # as right as that of `filled`
Make = Callable[[TinyCourse], NotebookNode | bytes | str]


def written(notebook: NotebookNode) -> str:
    """Return a notebook as the text of a file."""
    return json.dumps(notebook, indent=1, ensure_ascii=False)


# Files that are no notebooks: how each is made, and what its student is told
UNREADABLE: dict[str, tuple[Make, str]] = {
    "truncated.ipynb": (lambda course: written(course.filled())[:900], "the file stops in the middle"),
    "empty.ipynb": (lambda course: b"", "the file is empty"),
    "binary/tiny.ipynb": (lambda course: bytes(range(128, 256)) * 99, "the file is not a notebook but binary data"),
    "huge.ipynb": (
        lambda course: written(course.filled()).encode() + b" " * MOST_BYTES,
        "the file is too large (21 MB, at most 20 MB): clear all outputs, save and hand it in again",
    ),
    "merged.ipynb": (
        lambda course: written(course.filled()).replace("\n", "\n<<<<<<< HEAD\n", 1),
        "the file holds git's conflict marks",
    ),
    "text/answers.txt": (lambda course: "my answers", "no notebook was handed in but answers.txt: hand in the .ipynb"),
}


def student_of(name: str) -> str:
    """Return whose file it is."""
    return name.split("/")[0].removesuffix(".ipynb")


def hand_in(course: TinyCourse, folder: Path, name: str, make: Make) -> Path:
    """Write what a student hands in."""
    content = make(course)
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, str):
        content = content.encode()
    path.write_bytes(content if isinstance(content, bytes) else written(content).encode())
    return path


def grade(course: TinyCourse, folder: Path, *options: str) -> GradedClass:
    """Grade the notebooks of a folder beside the course into the course itself."""
    run = course.tito("grade", folder, "--module", "02", *options)
    return GradedClass(course, folder, course.root, run)


def aged(path: Path, hours: float) -> None:
    """Make a notebook so many hours older than noon of 2 May 2026."""
    moment = datetime(2026, 5, 2, 12, tzinfo=UTC) - timedelta(hours=hours)
    os.utime(path, (moment.timestamp(), moment.timestamp()))


def hand_in_each(course: TinyCourse, **answers: dict[str, str]) -> Path:
    """Put a notebook for each student into a folder: right but for the answers that are given."""
    folder = course.root / "handed_in"
    folder.mkdir()
    for student, own in answers.items():
        nbformat.write(course.filled(**own), folder / f"{student.replace('_', '-')}.ipynb")
    return folder

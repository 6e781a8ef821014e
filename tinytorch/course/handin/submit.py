"""Packing a student's notebook into a zip to hand in, for courses without a folder that everybody can reach.

    05_dataloader-ada-20261123T041500Z.zip
        dataloader.ipynb         the notebook as it was saved last
        timestamp.txt            when it was handed in, as nbgrader writes it
        submission_secret.txt    a random number that only this hand-in has, as nbgrader's `submit` adds it
        manifest.json            the course, the assignment, the student, and the notebook's SHA-256

`tito collect` reads it (read_zip.py, collect.py).
"""

from __future__ import annotations

import getpass
import hashlib
import io
import json
import os
import secrets
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tinytorch.course.configuration import load_config
from tinytorch.course.files import write_whole
from tinytorch.course.handin.read_file import MOST_BYTES
from tinytorch.course.layout import STUDENT_ID, Course, CourseError, Module
from tinytorch.course.notebook import (
    STUB,
    WrittenAnswer,
    grade_id,
    grade_ids,
    read_notebook,
    solution_cells,
)
from tinytorch.course.released import empty_answers, released_notebook

MANIFEST, TIMESTAMP, SECRET = "manifest.json", "timestamp.txt", "submission_secret.txt"
FORMAT = 1  # of the manifest
TIME_FORMAT = "%Y-%m-%d %H:%M:%S.%f UTC"  # nbgrader's own
STAMP_FORMAT = "%Y%m%dT%H%M%SZ"  # in the file's name, which every system accepts
# The names of the account that everybody has in containers, Binder, Codespaces and Colab
SHARED_ACCOUNTS = ("root", "jovyan", "codespace", "vscode", "colab", "user")


@dataclass(frozen=True)
class SubmittedZip:
    """A zip that was made to be handed in."""

    path: Path
    student: str
    unwritten: list[str]  # the cells that the student has not written yet
    empty_answers: list[WrittenAnswer]  # of those that a person grades


def submit(course: Course, module: Module, notebook_path: Path, student: str, to: Path, now: datetime) -> SubmittedZip:
    """Put a notebook into a zip in the folder `to`; the notebook stays as it is.

    Raises:
        CourseError: the student has no usable name, the notebook cannot be read or is too large, or the folder cannot
            be written to.
    """
    if not student:
        raise CourseError("Give the name by which your course knows you, such as --student ada.")
    if not STUDENT_ID.match(student):
        raise CourseError(
            f"{student!r} cannot be a student's id: use letters, digits and . _ - @ only, such as --student ada."
        )
    notebook = read_notebook(notebook_path)
    content = notebook_path.read_bytes()
    if len(content) > MOST_BYTES:
        raise CourseError(
            f"{notebook_path} is too large to hand in ({len(content) / 1e6:.0f} MB, at most {MOST_BYTES // 1_000_000} "
            "MB): clear all outputs, save it, and run this again."
        )
    parts = {
        module.notebook_name: content,
        TIMESTAMP: now.astimezone(UTC).strftime(TIME_FORMAT).encode(),
        SECRET: secrets.token_hex(64).encode(),
        MANIFEST: _manifest(course, module, student, content),
    }
    path = to / f"{module.assignment}-{student}-{now.astimezone(UTC).strftime(STAMP_FORMAT)}.zip"
    try:
        write_whole(path, _zipped(parts))
    except OSError as error:
        raise CourseError(f"The zip could not be written ({error}): give another folder by --to.") from None
    unwritten = [str(grade_id(cell)) for cell in solution_cells(notebook) if STUB in cell.source]
    has_names = bool(grade_ids(notebook))  # else which cell is the answer is seen when it is graded
    empty = empty_answers(notebook, released_notebook(course, module)) if has_names else []
    return SubmittedZip(path, student, unwritten, empty)


def student_here() -> str:
    """Return the user's name: JupyterHub's, else the account's; nothing if that is an account that everybody has."""
    if hub_user := os.environ.get("JUPYTERHUB_USER", ""):
        return hub_user
    try:
        name = getpass.getuser()
    except (OSError, KeyError):  # a user id without an account
        return ""
    return "" if name in SHARED_ACCOUNTS else name


def _manifest(course: Course, module: Module, student: str, notebook: bytes) -> bytes:
    facts = {
        "format": FORMAT,
        "course": str(load_config(course).CourseDirectory.course_id),
        "assignment": module.assignment,
        "student": student,
        "notebook": module.notebook_name,
        "sha256": hashlib.sha256(notebook).hexdigest(),
    }
    return (json.dumps(facts, indent=2, ensure_ascii=False) + "\n").encode("utf-8")


def _zipped(parts: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return content.getvalue()

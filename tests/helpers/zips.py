"""Zips that students of the small course hand in, and what somebody else could make of them."""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from pathlib import Path

import nbformat

from tests.helpers.tiny_course import TinyCourse, cell_named


def submit_zip(course: TinyCourse, student: str, folder: Path, **answers: str | None) -> Path:
    """Have a student fill the notebook and run `tito submit`; give the zip."""
    notebook = course.root / "work" / student / "tiny.ipynb"
    notebook.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(course.filled(**answers), notebook)
    said = course.tito("submit", notebook, "--student", student, "--to", folder, check=True).stdout
    return Path(re.search(r"wrote (.*\.zip)", said)[1])


def rewritten(path: Path, name: str, more: dict[str, bytes] | None = None, **facts: object) -> Path:
    """Make a zip like another, under another name, with other facts in its manifest, and with other or more files."""
    with zipfile.ZipFile(path) as archive:
        parts = {each: archive.read(each) for each in archive.namelist()}
    parts |= more or {}
    parts["manifest.json"] = json.dumps({**json.loads(parts["manifest.json"]), **facts}).encode()
    made = path.with_name(name)
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for each, content in parts.items():
            archive.writestr(each, content)
    return made


def stamped(path: Path, name: str, time: str, source: str) -> Path:
    """Make a hand-in of another time, with another answer."""
    with zipfile.ZipFile(path) as archive:
        notebook = nbformat.reads(archive.read("tiny.ipynb").decode(), as_version=4)
    cell_named(notebook, "double").source = source
    content = nbformat.writes(notebook).encode()
    parts = {"tiny.ipynb": content, "timestamp.txt": time.encode()}
    return rewritten(path, name, parts, sha256=hashlib.sha256(content).hexdigest())

"""Reading a zip that `tito submit` made, or saying in a sentence why it is not one; nothing is written here.

A zip may be malicious. So only the four files that `submit` puts into it are read, by their names and up to a size, and
what they say is compared.
"""

from __future__ import annotations

import hashlib
import json
import re
import stat
import unicodedata
import zipfile
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tinytorch.course.configuration import load_config
from tinytorch.course.handin.read_file import MOST_BYTES
from tinytorch.course.handin.submit import FORMAT, MANIFEST, SECRET, TIME_FORMAT, TIMESTAMP
from tinytorch.course.layout import STUDENT_ID, Course, CourseError, Module

MOST_SMALL_BYTES = 10_000  # of each file but the notebook
MOST_ZIP_BYTES = MOST_BYTES + 1_000_000
MOST_PACKED = 1_000  # files in a zip that a student made
MOST_FUTURE = timedelta(days=1)  # a student's clock may be wrong, but a hand-in of next year would stay the newest
# The end of the name that `submit` gives a zip; learning platforms add text before and after it
STAMP = re.compile(r"-\d{8}T\d{6}Z", re.IGNORECASE)
AGAIN = "ask for a zip that `tito submit` made"


class NotAHandIn(CourseError):
    """Why a zip is not collected."""


@dataclass(frozen=True)
class Unpacked:
    """The contents of a zip."""

    module: Module
    student: str
    parts: dict[str, bytes]  # the notebook, its time and its secret, by file name


def unpack(course: Course, path: Path, now: datetime) -> Unpacked:
    """Read a zip that was handed in, or raise `NotAHandIn`; `now` is the time that its own is compared with."""
    try:
        if path.stat().st_size > MOST_ZIP_BYTES:
            raise NotAHandIn(f"{path} is too large for a hand-in (at most {MOST_ZIP_BYTES // 1_000_000} MB): {AGAIN}.")
        with zipfile.ZipFile(path) as archive:
            manifest, module = _manifest(course, path, archive)
            names = {module.notebook_name: MOST_BYTES, TIMESTAMP: MOST_SMALL_BYTES, SECRET: MOST_SMALL_BYTES}
            parts = {name: _read(path, archive, name, most) for name, most in names.items()}
    except OSError as error:
        raise NotAHandIn(f"{path} cannot be read ({error.strerror or error}): {AGAIN}.") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, ValueError) as error:
        raise NotAHandIn(f"{path} is damaged, or no zip ({error}): {AGAIN}.") from None
    if hashlib.sha256(parts[module.notebook_name]).hexdigest() != manifest["sha256"]:
        raise NotAHandIn(f"{path}: the notebook was changed after it was handed in (its SHA-256 differs): {AGAIN}.")
    _check_time(path, parts[TIMESTAMP], now)
    if not re.fullmatch(rb"[0-9a-f]{16,200}", parts[SECRET].strip()):
        raise NotAHandIn(f"{path}: {SECRET} holds no secret as nbgrader writes it: {AGAIN}.")
    return Unpacked(module, manifest["student"], parts)


def packed_notebook(path: Path) -> tuple[str, bytes] | None:
    """Return the name and the content of the only notebook in a zip that a student made, None for any other zip.

    The name has no folders. What systems add to a zip does not count; a zip with a manifest is `tito submit`'s.
    """
    try:
        if path.stat().st_size > MOST_ZIP_BYTES:
            return None
        with zipfile.ZipFile(path) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            if len(entries) > MOST_PACKED or any(entry.filename == MANIFEST for entry in entries):
                return None
            notebooks = [entry.filename for entry in entries if _is_notebook(entry.filename)]
            if len(notebooks) != 1:
                return None
            return notebooks[0].rpartition("/")[2], _read(path, archive, notebooks[0], MOST_BYTES)
    except (
        NotAHandIn,
        OSError,
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        RuntimeError,
        NotImplementedError,
        ValueError,
    ):
        return None


def _is_notebook(name: str) -> bool:
    """Whether a name in a zip is that of a notebook which a student may have put there."""
    *folders, last = name.split("/")
    by_system = any(folder in ("__MACOSX", ".ipynb_checkpoints") for folder in folders)
    return last.lower().endswith(".ipynb") and not last.startswith(".") and not by_system and "\\" not in name


def _manifest(course: Course, path: Path, archive: zipfile.ZipFile) -> tuple[dict[str, str], Module]:
    """Return the manifest, after comparing it with the names in the zip, and its module."""
    names = [entry.filename for entry in archive.infolist()]
    if MANIFEST not in names:
        raise NotAHandIn(f"{path} was not made by `tito submit` (it holds no {MANIFEST}): {AGAIN}.")
    facts = _facts(_read(path, archive, MANIFEST, MOST_SMALL_BYTES))
    if facts is None:
        raise NotAHandIn(f"{path}: its {MANIFEST} is not one that `tito submit` writes: {AGAIN}.")
    course_id = str(load_config(course).CourseDirectory.course_id)
    if facts["course"] != course_id:
        raise NotAHandIn(
            f"{path} is of the course {facts['course']!r}, but this course is {course_id!r}: leave it out."
        )
    module = next((each for each in course.modules if each.assignment == facts["assignment"]), None)
    if module is None:
        raise NotAHandIn(f"{path} is of {facts['assignment']!r}, which is no module of this course: leave it out.")
    if not STUDENT_ID.match(facts["student"]):
        raise NotAHandIn(f"{path}: {facts['student']!r} cannot be a student's id (letters, digits and . _ - @ only).")
    if not _fits(path.stem, f"{module.assignment}-{facts['student']}"):
        raise NotAHandIn(
            f"{path} holds the hand-in of {facts['student']} ({module.assignment}), and is named as another: "
            "find out whose it is, then rename it."
        )
    expected = sorted([MANIFEST, TIMESTAMP, SECRET, module.notebook_name])
    if sorted(names) != expected:
        odd = sorted(set(names) ^ set(expected)) or sorted(names)
        raise NotAHandIn(f"{path} does not hold what `tito submit` puts there (see {odd[0]!r}): {AGAIN}.")
    return facts, module


def _fits(name: str, owner: str) -> bool:
    """Whether a zip's name is the one that `submit` gives it for this owner, or quite another kind of name."""
    stamp = STAMP.search(name)
    return stamp is None or _letters(name[: stamp.start()]).endswith(_letters(owner))


def _letters(text: str) -> str:
    """Return a name without what learning platforms replace in it, and with accents as one letter, unlike on macOS."""
    return re.sub(r"[\W_]+", "_", unicodedata.normalize("NFC", text).lower())


def _facts(content: bytes) -> dict[str, str] | None:
    """Return what a manifest says, or None if it is not a manifest."""
    try:
        facts: Any = json.loads(content.decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    if not isinstance(facts, dict) or facts.get("format") != FORMAT:
        return None
    named = {key: facts.get(key) for key in ("course", "assignment", "student", "sha256")}
    return named if all(isinstance(value, str) for value in named.values()) else None  # type: ignore[return-value]


def _read(path: Path, archive: zipfile.ZipFile, name: str, most_bytes: int) -> bytes:
    """Read one regular file of a zip, up to a size: what the zip says about the size may be wrong."""
    entry = archive.getinfo(name)
    mode = entry.external_attr >> 16
    if entry.is_dir() or (mode and not stat.S_ISREG(mode) and stat.S_IFMT(mode)):
        raise NotAHandIn(f"{path}: {name} is a link or a folder, not a file: {AGAIN}.")
    if entry.flag_bits & 0x1 or entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise NotAHandIn(f"{path}: {name} is encrypted, or packed in another way: {AGAIN}.")
    with archive.open(entry) as file:
        content = file.read(most_bytes + 1)
    if len(content) > most_bytes:
        raise NotAHandIn(f"{path}: {name} is too large (at most {most_bytes:,} bytes): {AGAIN}.")
    return content


def _check_time(path: Path, content: bytes, now: datetime) -> None:
    try:
        time = datetime.strptime(content.decode("ascii").strip(), TIME_FORMAT).replace(tzinfo=UTC)
    except ValueError:
        raise NotAHandIn(f"{path}: {TIMESTAMP} holds no time as nbgrader writes it: {AGAIN}.") from None
    if time > now + MOST_FUTURE:
        raise NotAHandIn(
            f"{path} says that it was handed in at {time:%Y-%m-%d %H:%M} UTC, which is still to come: have the student "
            "set the computer's clock and run `tito submit` again."
        )

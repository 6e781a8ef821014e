"""One hand-in, as a file of its own or in a zip of `tito submit`: its notebook, when it was handed in, and its secret.

Who says when it was handed in is kept beside a collected notebook: a student's clock shows what its owner wants.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tinytorch.course.handin.read_zip import packed_notebook, unpack
from tinytorch.course.handin.submit import SECRET, TIME_FORMAT, TIMESTAMP
from tinytorch.course.instants import read_instant, shown
from tinytorch.course.layout import Course, Module

ORIGIN = "handed_in.json"  # beside a collected notebook: what its file was called, and who says when it was handed in
OWN_CLOCK = "by the student's own clock"
FILE_DATE, NOTED = "by the file's date", "as timestamp.txt says"


@dataclass(frozen=True)
class Parts:
    """What is collected of one hand-in."""

    notebook: bytes  # nothing if there is none
    time: datetime
    time_from: str  # who says so
    timestamp: str  # the time as nbgrader writes it
    secret: bytes | None


def read_parts(module: Module, path: Path) -> Parts:
    """Read a notebook and what lies beside it, a zip of `tito submit`, or one with nothing but a notebook."""
    is_zip = path.suffix.lower() == ".zip"
    packed = packed_notebook(path) if is_zip else None
    if is_zip and packed is None:
        parts = unpack(Course(module.root), path, datetime.now(UTC)).parts
        time = parse_time(parts[TIMESTAMP])
        return Parts(parts[module.notebook_name], time, OWN_CLOCK, time.strftime(TIME_FORMAT), parts[SECRET])
    own = path.with_name(SECRET)
    content = packed[1] if packed else path.read_bytes() if path.is_file() else b""
    time, time_from = time_of(path)
    timestamp = _no_time_beside(path) or time.strftime(TIME_FORMAT)
    return Parts(content, time, time_from, timestamp, own.read_bytes() if own.is_file() else None)


def parse_time(content: bytes) -> datetime:
    """Return the time that a timestamp.txt holds, or raise `ValueError`."""
    return read_instant(content.decode("utf-8"))


def time_of(path: Path) -> tuple[datetime, str]:
    """Return when a notebook was handed in, and who says so: the file beside it, else its own date."""
    try:
        return parse_time(path.with_name(TIMESTAMP).read_bytes()), origin_of(path.parent).get("time", NOTED)
    except (OSError, ValueError):
        return datetime.fromtimestamp(path.stat().st_mtime, UTC), FILE_DATE


def _no_time_beside(path: Path) -> str:
    """Return the text in the timestamp.txt beside a notebook if it names no time; it is refused when it is recorded."""
    with suppress(OSError, UnicodeDecodeError):
        said = path.with_name(TIMESTAMP).read_text(encoding="utf-8").strip()
        try:
            read_instant(said)
        except ValueError:
            return said
    return ""


def time_in_words(path: Path) -> str:
    """Return when a notebook was handed in, and who says so: "2026-05-01 10:00 UTC, by the student's own clock"."""
    return in_words(*time_of(path))


def in_words(time: datetime, time_from: str) -> str:
    """Return a time with who says it."""
    return f"{shown(time)}, {time_from}"


def says(platform: str, zone: str = "") -> str:
    """Return the words for a time that a platform gives, in the time of a zone that it does not say."""
    return f"as {platform} says" + (f", in the time of {zone}" if zone else "")


def origin_of(folder: Path) -> dict[str, str]:
    """Return what is known of a collected notebook: the `file` that it came in, and who says its `time`."""
    try:
        found = json.loads((folder / ORIGIN).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {key: str(value) for key, value in found.items()} if isinstance(found, dict) else {}


def group_of(folder: Path) -> tuple[str, ...]:
    """Return everybody for whom a collected notebook counts; nobody if it is one student's."""
    return tuple(origin_of(folder).get("group", "").split(", ")) if origin_of(folder).get("group") else ()

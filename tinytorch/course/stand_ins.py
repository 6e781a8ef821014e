"""Stand-ins: what later steps are tried with where a student's own part of an earlier step does not work.

They are the hidden part of test cells without points whose visible part does nothing. `tito check` needs them to run
later steps as grading does, so a student's bundle has them, packed: nobody reads an answer there by accident.
"""

from __future__ import annotations

import base64
import json
import re
import zlib

from tinytorch.course.layout import Course, CourseError, Module

PREPARATION = re.compile(
    r'^# %% test="(?P<name>[^"]+)" points=0\n(?P<source>.*?)(?=^# %%|\Z)', re.MULTILINE | re.DOTALL
)
HIDDEN = "### BEGIN HIDDEN TESTS"


def stand_ins(course: Course, module: Module) -> dict[str, str]:
    """Return the sources of a module's stand-ins by their cells' names: from src/, or as a bundle has them packed."""
    if module.source_path.is_file():
        found = PREPARATION.finditer(module.source_path.read_text(encoding="utf-8"))
        return {each["name"]: each["source"].strip() for each in found if _only_hidden(each["source"])}
    if not module.stand_ins_path.is_file():
        return {}
    try:
        unpacked = json.loads(zlib.decompress(base64.b85decode(module.stand_ins_path.read_bytes().strip())))
        return {str(name): str(source) for name, source in unpacked.items()}
    except (ValueError, zlib.error, AttributeError):
        raise CourseError(f"{module.stand_ins_path} is damaged: take it from a new copy of the course.") from None


def packed(stand_ins: dict[str, str]) -> bytes:
    """Return the content of the file with stand-ins in a bundle."""
    return base64.b85encode(zlib.compress(json.dumps(stand_ins, sort_keys=True).encode(), level=9)) + b"\n"


def _only_hidden(source: str) -> bool:
    """Whether the visible part of a cell has no code."""
    visible, hidden, _ = source.partition(HIDDEN)
    return bool(hidden) and all(line.startswith("#") for line in visible.split("\n") if line.strip())

"""Tests that were split once stay split: the same tests are run again and again, until they are corrected."""

from __future__ import annotations

import ast
import hashlib
import json
import sys
from base64 import b64decode, b64encode
from collections.abc import Sequence
from pathlib import Path

from tinytorch.course.kept import find_kept, keep
from tinytorch.course.verdict import read_cell, split_test
from tinytorch.course.verdict.split_test import Part, take_apart

KIND = "split-tests"

_known: dict[str, tuple[Part, ...]] = {}  # by a test's source


def parts_of(source: str) -> tuple[Part, ...]:
    """Return the parts of a test cell, as `take_apart` does."""
    return _known.get(source) or take_apart(source)


def split_once(sources: Sequence[str]) -> None:
    """Have `parts_of` know these tests: from an earlier run, or split now and kept for the next one."""
    rules = [Path(str(each.__file__)).read_text(encoding="utf-8") for each in (split_test, read_cell)]
    key = hashlib.sha256(json.dumps([sys.version, *rules, *sources]).encode()).hexdigest()
    kept = find_kept(KIND, key)
    if kept is None:
        split = [[_row(part) for part in take_apart(source)] for source in sources]
        keep(KIND, key, json.dumps(split).encode())
    else:
        split = json.loads(kept)
    for source, parts in zip(sources, split, strict=True):
        _known[source] = tuple(_part(*row) for row in parts)


def _row(part: Part) -> tuple[str, str, list[str]]:
    return part.student_half, b64encode(part.grader_bytes).decode(), sorted(part.bound)


def _part(student_half: str, grader_bytes: str, bound: Sequence[str]) -> Part:
    part = Part(student_half, ast.Module([], []), 0)
    # in place of what would be made from the halves
    part.grader_bytes, part.bound = b64decode(grader_bytes), frozenset(bound)
    return part

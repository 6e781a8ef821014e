"""Tests that were split once stay split: a student checks the same tests again and again, until they are corrected."""

from __future__ import annotations

import ast
import hashlib
import json
import sys
from base64 import b64decode, b64encode
from collections.abc import Sequence
from pathlib import Path

from tinytorch.course.kept import find_kept, keep
from tinytorch.course.verdict import split_test
from tinytorch.course.verdict.split_test import Part, take_apart

KIND = "split-tests"

_known: dict[str, tuple[Part, ...]] = {}  # by a test's source


def parts_of(source: str) -> tuple[Part, ...]:
    """Return the parts of a test cell, as `take_apart` does."""
    return _known.get(source) or take_apart(source)


def split_once(sources: Sequence[str]) -> None:
    """Have `parts_of` know these tests: from an earlier run, or split now and kept for the next one."""
    rules = Path(split_test.__file__).read_text(encoding="utf-8")
    key = hashlib.sha256(json.dumps([sys.version, rules, *sources]).encode()).hexdigest()
    kept = find_kept(KIND, key)
    if kept is None:
        split = [[_halves(part) for part in take_apart(source)] for source in sources]
        keep(KIND, key, json.dumps(split).encode())
    else:
        split = json.loads(kept)
    for source, parts in zip(sources, split, strict=True):
        _known[source] = tuple(_part(*halves) for halves in parts)


def _halves(part: Part) -> tuple[str, str]:
    return part.student_half, b64encode(part.grader_bytes).decode()


def _part(student_half: str, grader_bytes: str) -> Part:
    part = Part(student_half, ast.Module([], []), 0)
    part.grader_bytes = b64decode(grader_bytes)  # in place of what would be compiled from the grader's half
    return part

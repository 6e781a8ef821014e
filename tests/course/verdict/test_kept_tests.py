"""Tests that were split in an earlier run: the same halves, without the work."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tinytorch.course.verdict import kept_tests, split_test
from tinytorch.course.verdict.kept_tests import parts_of, split_once
from tinytorch.course.verdict.split_test import Part, take_apart

SOURCES = ["assert double(2) == 4, 'Step 1'", "value = double(1)\nfor n in [1, 2]:\n    assert double(n) == 2 * n"]


@pytest.fixture
def nothing_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is kept, and this process knows nothing."""
    monkeypatch.setenv("TINYTORCH_CACHE", str(tmp_path))
    monkeypatch.setattr(kept_tests, "_known", {})


def test_kept_tests_have_the_same_halves_and_are_not_split_again(
    nothing_known: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    split_once(SOURCES)
    kept_tests._known.clear()
    with monkeypatch.context() as later:
        later.delattr(kept_tests, "take_apart")
        split_once(SOURCES)
        later.delattr(split_test, "ReadCell")
        found = [_contents(parts_of(source)) for source in SOURCES]
    assert found == [_contents(take_apart(source)) for source in SOURCES]
    assert [part[2] for part in found[1]] == [{"n", "value"}]


def _contents(parts: Sequence[Part]) -> list[tuple[str, bytes, frozenset[str]]]:
    return [(part.student_half, part.grader_bytes, part.bound) for part in parts]


def test_a_corrected_test_is_split_anew(nothing_known: None) -> None:
    split_once(SOURCES)
    corrected = SOURCES[0].replace("4", "5")
    split_once([corrected, SOURCES[1]])
    assert parts_of(corrected)[0].grader_bytes == take_apart(corrected)[0].grader_bytes
    assert parts_of(corrected)[0].grader_bytes != parts_of(SOURCES[0])[0].grader_bytes


def test_where_nothing_can_be_kept_tests_are_split_each_time(
    nothing_known: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("TINYTORCH_CACHE", str(tmp_path / "file"))
    split_once(SOURCES)
    assert parts_of(SOURCES[0])[0].student_half == take_apart(SOURCES[0])[0].student_half

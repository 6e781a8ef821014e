"""What is known of a notebook that was read quickly is what reading it as grading does would say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.helpers.tiny_course import TinyCourse
from tinytorch.course.handin.notebook_facts import KnownFacts, read_facts
from tinytorch.course.handin.read_file import NotANotebook, read_submission
from tinytorch.course.notebook import grade_ids

# Files that a reader could take for notebooks
ODD = {
    "cells that are none": '{"cells": 3, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}',
    "a text for a cell": '{"cells": ["x"], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}',
    "a list": "[1, 2]",
    "an older format": '{"worksheets": [{"cells": []}], "metadata": {}, "nbformat": 3, "nbformat_minor": 0}',
    "no version": '{"cells": [], "metadata": {}}',
}


def names_or_reason(path: Path, quickly: bool) -> tuple[bool, object]:
    try:
        return True, set(read_facts(path).names) if quickly else grade_ids(read_submission(path)[0])
    except NotANotebook as error:
        return False, str(error)


def test_both_ways_of_reading_say_the_same(contents: dict[str, bytes], tmp_path: Path) -> None:
    for name, content in {**contents, **{name: text.encode() for name, text in ODD.items()}}.items():
        path = tmp_path / f"{name.replace(' ', '-')}.ipynb"
        path.write_bytes(content)
        assert names_or_reason(path, quickly=True) == names_or_reason(path, quickly=False), name


@pytest.mark.parametrize(("what", "written"), [("filled", True), ("released", False), ("no course's", True)])
def test_an_answer_or_a_notebook_without_cells_to_write_counts_as_written(
    what: str, written: bool, contents: dict[str, bytes], tmp_path: Path
) -> None:
    (tmp_path / "a.ipynb").write_bytes(contents[what])
    assert read_facts(tmp_path / "a.ipynb").written == written


def test_usual_notebooks_are_read_without_nbformat(
    built_course: TinyCourse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.ipynb").write_text(json.dumps(built_course.filled()), encoding="utf-8")
    monkeypatch.setattr("tinytorch.course.handin.notebook_facts.read_submission", None)
    assert "double" in read_facts(tmp_path / "a.ipynb").names


def test_what_is_known_of_a_notebook_is_kept_until_its_content_changes(
    contents: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [tmp_path / f"{number}.ipynb" for number in range(len(contents))]
    for path, content in zip(paths, contents.values(), strict=True):
        path.write_bytes(content)
    facts = KnownFacts(tmp_path)
    found = [outcome(facts, path) for path in paths]
    assert found == [outcome_of_reading(path) for path in paths]
    facts.keep()
    read: list[Path] = []
    reading = "tinytorch.course.handin.notebook_facts.read_facts"
    monkeypatch.setattr(reading, lambda path: read.append(path) or read_facts(path))
    again = KnownFacts(tmp_path)
    assert [outcome(again, path) for path in paths] == found
    assert read == [path for path, each in zip(paths, found, strict=True) if isinstance(each, str)]
    read.clear()
    filled, released = (paths[list(contents).index(name)] for name in ("filled", "released"))
    filled.write_bytes(released.read_bytes() + b"\n")
    assert not again.of(filled).written
    KnownFacts(tmp_path / "another").of(released)
    assert read == [filled, released]


def outcome(facts: KnownFacts, path: Path) -> object:
    """What is known of a notebook, or why it is none."""
    try:
        return facts.of(path)
    except NotANotebook as error:
        return str(error)


def outcome_of_reading(path: Path) -> object:
    try:
        return read_facts(path)
    except NotANotebook as error:
        return str(error)

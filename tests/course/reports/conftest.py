"""The gradebook of the graded class, for tests of reports to change."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from tests.helpers.tiny_course import GradedClass
from tinytorch.course.layout import Module


@pytest.fixture
def gradebook(graded: GradedClass, tmp_path: Path) -> Iterator[Gradebook]:
    """A copy of the graded class's gradebook, to change."""
    shutil.copyfile(graded.output / "gradebook.db", tmp_path / "gradebook.db")
    with Gradebook(f"sqlite:///{tmp_path / 'gradebook.db'}", "tinytorch") as opened:
        yield opened


@pytest.fixture
def module(graded: GradedClass) -> Module:
    return Module("02_tiny", graded.course.root)

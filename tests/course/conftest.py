"""What tests of stopped runs share, and those of a class that was graded."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.helpers.orphans import adopting_orphans, descendants, left_running
from tests.helpers.tiny_course import GradedClass


@pytest.fixture
def temporary() -> Iterator[Path]:
    """A folder for temporary files with a path as short as that of /tmp."""
    folder = tempfile.mkdtemp(prefix="t-", dir="/tmp")
    yield Path(folder)
    shutil.rmtree(folder)


@pytest.fixture
def orphans() -> Iterator[Callable[[], list[str]]]:
    """What gives the processes that were started since and do not end by themselves."""
    with adopting_orphans():
        known = descendants()
        yield lambda: left_running(known)


@pytest.fixture
def own(graded: GradedClass, tmp_path: Path) -> GradedClass:
    """The graded class with a gradebook and hand-ins of its own, to change."""
    shutil.copyfile(graded.output / "gradebook.db", tmp_path / "gradebook.db")
    shutil.copytree(graded.output / "submitted", tmp_path / "submitted")
    return GradedClass(graded.course, graded.folder, tmp_path, graded.run)

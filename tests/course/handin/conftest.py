"""What tests of handing in share: folders of zips, and what files of a download may hold."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.helpers.hand_in import OTHER_ANSWER, written
from tests.helpers.tiny_course import TinyCourse
from tests.helpers.zips import submit_zip


@pytest.fixture
def zips(tmp_path: Path) -> Path:
    (tmp_path / "zips").mkdir()
    return tmp_path / "zips"


@pytest.fixture(scope="session")
def contents(built_course: TinyCourse, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What files may hold, by what it is."""
    zips = tmp_path_factory.mktemp("zips")
    work = TinyCourse(tmp_path_factory.mktemp("work") / "course")
    shutil.copytree(built_course.root, work.root)
    return {
        "filled": written(built_course.filled()).encode(),
        "filled otherwise": written(built_course.filled(double=OTHER_ANSWER)).encode(),
        "released": written(built_course.notebook()).encode(),
        "another module's": (built_course.root / "modules" / "01_tensor" / "tensor.ipynb").read_bytes(),
        "no course's": b'{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}',
        "garbage": b"garbage",
        "nothing": b"",
        "ada's zip": submit_zip(work, "ada", zips).read_bytes(),
        "bob's zip": submit_zip(work, "bob", zips, double=OTHER_ANSWER).read_bytes(),
    }

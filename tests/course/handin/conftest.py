"""What tests of handing in share."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def zips(tmp_path: Path) -> Path:
    (tmp_path / "zips").mkdir()
    return tmp_path / "zips"

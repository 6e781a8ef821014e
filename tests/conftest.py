"""What Binder makes of the repository, once for all tests that need a student's environment: it takes a minute."""

from __future__ import annotations

from pathlib import Path

import pytest
from binder_image import BinderImage, build_image


@pytest.fixture(scope="session")
def image(tmp_path_factory: pytest.TempPathFactory) -> BinderImage:
    """The repository as Binder leaves it for a visitor, in a fresh virtual environment."""
    return build_image(Path(__file__).resolve().parent.parent, tmp_path_factory.mktemp("binder"))

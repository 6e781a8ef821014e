"""What takes a minute and serves tests in several files: Binder's image of the repository, and the site."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from binder_image import BinderImage, build_image

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def image(tmp_path_factory: pytest.TempPathFactory) -> BinderImage:
    """The repository as Binder leaves it for a visitor, in a fresh virtual environment."""
    return build_image(ROOT, tmp_path_factory.mktemp("binder"))


@pytest.fixture(scope="session")
def site_build(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess]:
    """The site, built as `make docs` builds it, and what the build said."""
    pytest.importorskip("sphinx", reason="the site needs Sphinx: pip install -e '.[docs]'")
    folder = tmp_path_factory.mktemp("site")
    options = ["-W", "--keep-going", "-n", "-q", "-b", "html", "-d", str(folder / "doctrees")]
    command = [sys.executable, "-m", "sphinx", *options, str(ROOT / "docs"), str(folder / "html")]
    return folder / "html", subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture(scope="session")
def site(site_build: tuple[Path, subprocess.CompletedProcess]) -> Path:
    """The folder of the built site."""
    folder, build = site_build
    assert (folder / "index.html").is_file(), build.stderr
    return folder

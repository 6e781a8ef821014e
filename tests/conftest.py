"""What tests in several folders share."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parent.parent / "docs"


@pytest.fixture(scope="session")
def site_build(tmp_path_factory) -> tuple[Path, subprocess.CompletedProcess]:
    """The site, built once as `make docs` builds it, and what the build said."""
    pytest.importorskip("sphinx", reason="the site needs Sphinx: pip install -e '.[docs]'")
    folder = tmp_path_factory.mktemp("site")
    options = ["-W", "--keep-going", "-n", "-q", "-b", "html", "-d", str(folder / "doctrees")]
    command = [sys.executable, "-m", "sphinx", *options, str(DOCS), str(folder / "html")]
    return folder / "html", subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture(scope="session")
def site(site_build) -> Path:
    """The folder of the built site."""
    folder, build = site_build
    assert (folder / "index.html").is_file(), build.stderr
    return folder

"""What takes long to make and serves tests in several files: Binder's image, the site, a small course and its class."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from tests.helpers.binder_image import BinderImage, build_image
from tests.helpers.repository import ROOT
from tests.helpers.tiny_course import GradedClass, TinyCourse, build_course, submissions


@pytest.fixture(scope="session")
def image(tmp_path_factory: pytest.TempPathFactory) -> BinderImage:
    """The repository as Binder leaves it for a visitor, in a fresh virtual environment."""
    return build_image(tmp_path_factory.mktemp("binder"))


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


@pytest.fixture(scope="session")
def built_course(tmp_path_factory: pytest.TempPathFactory) -> TinyCourse:
    """The small course after `tito build`: to read, not to change."""
    return build_course(tmp_path_factory.mktemp("course"))


@pytest.fixture(scope="session")
def graded(built_course: TinyCourse, tmp_path_factory: pytest.TempPathFactory) -> GradedClass:
    """The class of `submissions`, graded by `tito grade` into a folder of its own."""
    folder, output = tmp_path_factory.mktemp("handed_in"), tmp_path_factory.mktemp("graded") / "out"
    for name, notebook in submissions(built_course).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, folder / name)
    # What lies beside a notebook counts for nothing.
    evil = folder / "wrong" / "tinytorch"
    evil.mkdir()
    (evil / "__init__.py").write_text("raise SystemExit('the wrong package')", encoding="utf-8")
    run = built_course.tito_process("grade", folder, "--output", output)
    return GradedClass(built_course, folder, output, run)


@pytest.fixture
def course(built_course: TinyCourse, tmp_path: Path) -> TinyCourse:
    """A copy of the built course that a test may change."""
    shutil.copytree(built_course.root, tmp_path / "course")
    return TinyCourse(tmp_path / "course")

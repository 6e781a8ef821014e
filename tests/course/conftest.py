"""The small course, made of the real package, configuration and tools, in a folder of its own."""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat
import pytest
from tiny_course import GradedClass, TinyCourse, build_course, submissions


def pytest_configure(config: pytest.Config) -> None:
    """Pass over what nbgrader's own gradebook makes SQLAlchemy warn of."""
    config.addinivalue_line("filterwarnings", "ignore:Object of type <Submitted")


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

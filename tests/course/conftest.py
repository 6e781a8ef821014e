"""The small course, made of the real package, configuration and tools, in a folder of its own."""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat
import pytest
from tiny_course import REPOSITORY, TENSOR, TIMEOUT_SECONDS, TINY, GradedClass, TinyCourse, submissions


def pytest_configure(config: pytest.Config) -> None:
    """Pass over what nbgrader's own gradebook makes SQLAlchemy warn of."""
    config.addinivalue_line("filterwarnings", "ignore:Object of type <Submitted")


@pytest.fixture(scope="session")
def built_course(tmp_path_factory: pytest.TempPathFactory) -> TinyCourse:
    """The small course after `tito build`: to read, not to change."""
    root = tmp_path_factory.mktemp("course")
    shutil.copyfile(REPOSITORY / "settings.ini", root / "settings.ini")
    config = (REPOSITORY / "nbgrader_config.py").read_text(encoding="utf-8")
    assert config.count("c.Execute.timeout = 10\n") == 1
    config = config.replace("c.Execute.timeout = 10\n", f"c.Execute.timeout = {TIMEOUT_SECONDS}\n")
    (root / "nbgrader_config.py").write_text(config, encoding="utf-8")
    unbuilt = shutil.ignore_patterns("__pycache__", "_modidx.py", "*.pyi")
    shutil.copytree(REPOSITORY / "tinytorch", root / "tinytorch", ignore=unbuilt)
    for file in (root / "tinytorch" / "core").glob("[!_]*.py"):
        file.unlink()
    for assignment, source in {"01_tensor": TENSOR, "02_tiny": TINY}.items():
        folder = root / "src" / assignment
        folder.mkdir(parents=True)
        (folder / f"{assignment}.py").write_text(source, encoding="utf-8")
    (root / "modules").mkdir()
    course = TinyCourse(root)
    course.tito_process("build", check=True)
    return course


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

"""A class in a gradebook of each kind: a file, and PostgreSQL."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest

from tests.helpers.class_in_gradebook import BY_ENVIRONMENT, IN_A_FILE, MADE_BY_GRADING, STUDENTS, Graded, grade_into
from tests.helpers.postgres import Server, find_programs, running_server
from tests.helpers.tiny_course import TinyCourse, submissions


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A server that runs; a test that stops it starts it again."""
    programs = find_programs()
    if programs is None:
        if os.environ.get("CI"):
            pytest.fail("PostgreSQL is not installed, and continuous integration has to test with it")
        pytest.skip("PostgreSQL is not installed: `apt-get install postgresql`")
    with running_server(programs) as running:
        yield running


@pytest.fixture(scope="session")
def in_a_file(built_course: TinyCourse, tmp_path_factory: pytest.TempPathFactory) -> Graded:
    """The class, graded into SQLite."""
    root, folder = tmp_path_factory.mktemp("file") / "course", tmp_path_factory.mktemp("handed_in")
    shutil.copytree(built_course.root, root)
    config = (root / "nbgrader_config.py").read_text(encoding="utf-8")
    assert config.count(IN_A_FILE) == 1
    (root / "nbgrader_config.py").write_text(config.replace(IN_A_FILE, BY_ENVIRONMENT), encoding="utf-8")
    for name, notebook in submissions(built_course).items():
        if Path(name).parts[0].removesuffix(".ipynb") in STUDENTS:
            (folder / name).parent.mkdir(exist_ok=True)
            nbformat.write(notebook, folder / name)
    return grade_into(root, folder, f"sqlite:///{root / 'gradebook.db'}")


@pytest.fixture(scope="session")
def in_postgres(server: Server, in_a_file: Graded, tmp_path_factory: pytest.TempPathFactory) -> Graded:
    """The class, graded into PostgreSQL: to read, not to change."""
    root = tmp_path_factory.mktemp("server") / "course"
    shutil.copytree(in_a_file.course.root, root, ignore=shutil.ignore_patterns(*MADE_BY_GRADING, "gradebook.db"))
    return grade_into(root, in_a_file.folder, server.create())


@pytest.fixture
def copied(in_postgres: Graded, server: Server, tmp_path: Path) -> Graded:
    """The class graded into PostgreSQL, for a test to change."""
    shutil.copytree(in_postgres.course.root, tmp_path / "course")
    url = server.create(like=in_postgres.url)
    return Graded(TinyCourse(tmp_path / "course"), in_postgres.folder, url, in_postgres.run)


@pytest.fixture
def not_begun(in_postgres: Graded, server: Server, tmp_path: Path) -> Graded:
    """The class before it is graded into PostgreSQL; that the reference passes is known."""
    shutil.copytree(in_postgres.course.root, tmp_path / "course", ignore=shutil.ignore_patterns(*MADE_BY_GRADING))
    return Graded(TinyCourse(tmp_path / "course"), in_postgres.folder, server.create(), in_postgres.run)

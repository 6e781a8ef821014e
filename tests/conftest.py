"""What takes long to make and serves tests in several files: Binder's image, the site, a small course and its class.

And how tests are shared out where several processes run them.
"""

from __future__ import annotations

import functools
import gc
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

from tests.helpers.binder_image import BinderImage, build_image
from tests.helpers.fast import SLOW_FILES, is_fast
from tests.helpers.repository import ROOT
from tests.helpers.sharing_out import group_of, made_once, rank_of, turn
from tests.helpers.tiny_course import GradedClass, TinyCourse, build_course, submissions

MOST_GROUPS = 20  # that are listed after a run
WORKER = os.environ.get("PYTEST_XDIST_WORKER")  # which of several processes this is
# The cores are busy with other processes: threads of NumPy's and PyTorch's products would only wait for each other
for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(variable, "1")


def pytest_configure(config: pytest.Config) -> None:
    """Have all processes of this run share what `tinytorch.course.kept` keeps, and begin without any."""
    if not WORKER:
        folder = tempfile.mkdtemp(prefix="tinytorch-tests-")
        config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
        os.environ["TINYTORCH_CACHE"] = folder


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Give each process whole groups of tests."""
    from xdist.scheduler import LoadScopeScheduling

    class ByGroup(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return group_of(nodeid)

    config.option.loadscopereorder = False  # else a group of one test comes last, however long it takes
    return ByGroup(config, log)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out of the fast tests the files that have none: to import them takes longer than many a test."""
    chosen = config.getoption("markexpr") == "fast" and collection_path.suffix == ".py"
    return True if chosen and collection_path.relative_to(ROOT).as_posix().startswith(SLOW_FILES) else None


@pytest.hookimpl(tryfirst=True)  # before pytest chooses by marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the fast tests, and where several processes run them, sort them: long groups first, last what runs alone."""
    for item in items:
        if is_fast(item):
            item.add_marker("fast")
    if WORKER:
        items.sort(key=lambda item: (item.get_closest_marker("alone") is not None, rank_of(group_of(item.nodeid))))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Let a test that compares times run alone."""
    if not WORKER:
        return (yield)
    shared_by_all = item.config._tmp_path_factory.getbasetemp().parent
    with turn(shared_by_all, alone=item.get_closest_marker("alone") is not None):
        return (yield)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Where several processes ran the tests, say which groups took longest: `sharing_out` begins with them."""
    if getattr(config.option, "numprocesses", None):
        seconds: Counter[str] = Counter()
        for reports in terminalreporter.stats.values():
            for report in reports:
                if isinstance(report, pytest.TestReport):
                    seconds[group_of(report.nodeid)] += report.duration
        terminalreporter.section(f"the {MOST_GROUPS} groups of tests that took longest")
        for group, taken in seconds.most_common(MOST_GROUPS):
            terminalreporter.write_line(f"{taken:7.1f} s  {group}")


@pytest.fixture(scope="module", autouse=True)
def known_objects() -> None:
    """Have Python look for garbage no more in what is there by now: what measures memory has it look each time."""
    gc.collect()
    gc.freeze()


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
    return made_once(tmp_path_factory, "course", build_course)


@pytest.fixture(scope="session")
def graded(built_course: TinyCourse, tmp_path_factory: pytest.TempPathFactory) -> GradedClass:
    """The class of `submissions`, graded by `tito grade` into a folder of its own: to read, not to change."""
    return made_once(tmp_path_factory, "graded", functools.partial(grade_class, built_course))


def grade_class(course: TinyCourse, place: Path) -> GradedClass:
    folder, output = place / "handed_in", place / "out"
    for name, notebook in submissions(course).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, folder / name)
    # What lies beside a notebook counts for nothing.
    evil = folder / "wrong" / "tinytorch"
    evil.mkdir()
    (evil / "__init__.py").write_text("raise SystemExit('the wrong package')", encoding="utf-8")
    run = course.tito_process("grade", folder, "--output", output)
    return GradedClass(course, folder, output, run)


@pytest.fixture
def course(built_course: TinyCourse, tmp_path: Path) -> TinyCourse:
    """A copy of the built course that a test may change."""
    shutil.copytree(built_course.root, tmp_path / "course")
    return TinyCourse(tmp_path / "course")

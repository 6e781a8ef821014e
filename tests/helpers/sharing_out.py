"""How tests are shared out among the processes of `pytest -n 4` (by pytest-xdist).

Tests that need the same expensive thing, such as a graded class or a running server, go to one process, which makes it
once. So a process gets whole files; TOGETHER and BY_MODULE are the exceptions. What most files need, and only read, one
process makes for all of them: `made_once`.
"""

from __future__ import annotations

import fcntl
import os
import pickle
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pytest

Made = TypeVar("Made")

# Files that need the same thing
TOGETHER = {
    "tests/course/authoring/test_bundle.py": "Binder's image",
    "tests/test_binder.py": "Binder's image",
    "tests/browser/test_site.py": "the site",
    "tests/test_docs.py": "the site",
    "tests/course/gradebook/test_nbgrader_api.py": "PostgreSQL",
    "tests/course/gradebook/test_record.py": "PostgreSQL",
}
# Files in which each module of the course needs something of its own
BY_MODULE = ("tests/test_corpus.py", "tests/test_messages.py", "tests/test_notebooks.py")
# What takes longest is begun first, so that in the end no process is left with it while the others have nothing to do.
FIRST = (
    "Binder's image",
    "tests/test_corpus.py[10_scaling]",
    "tests/test_corpus.py[05_dataloader]",
    "tests/browser/test_formgrader.py",
    "tests/test_attacks.py",
    "tests/browser/test_lab.py",
    "tests/test_mutants.py",
    "tests/test_corpus.py[08_training]",
    "tests/test_repository.py",
    "tests/test_bench_grading.py",
    "PostgreSQL",
    "tests/test_corpus.py[06_autograd]",
    "the site",
    "tests/course/grading/test_run.py",
    "tests/course/grading/test_resume.py",
    "tests/course/grading/test_cluster.py",
    "tests/course/verdict/test_run_cells.py",
    "tests/test_corpus.py",
    "tests/test_kill.py",
    "tests/course/gradebook/test_due_dates.py",
    "tests/test_portability.py",
    "tests/test_journey.py",
    "tests/course/handin/test_as_released.py",
    "tests/test_notebooks.py",
    "tests/course",
)


def group_of(test: str) -> str:
    """Return the name of what a test needs, by the test's id; one process runs all tests that need it."""
    path = test.partition("::")[0]
    module = re.search(r"\[(\d\d_[a-z]+)", test)
    return f"{path}[{module[1]}]" if path in BY_MODULE and module else TOGETHER.get(path, path)


def rank_of(group: str) -> int:
    """Return the place of a group in the order in which groups are begun."""
    return next((rank for rank, first in enumerate(FIRST) if group.startswith(first)), len(FIRST))


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], Made]) -> Made:
    """Return what `make` makes in a folder: the process that needs it first makes it, and all others read it."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return make(factory.mktemp(name))
    shared = factory.getbasetemp().parent / f"made-{name}"
    shared.mkdir(exist_ok=True)
    result = shared / "result"
    with (shared / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not result.is_file():
            folder = shared / "content"
            shutil.rmtree(folder, ignore_errors=True)  # of a process in which making it failed
            folder.mkdir()
            result.write_bytes(pickle.dumps(make(folder)))
    made: Made = pickle.loads(result.read_bytes())
    return made


@contextmanager
def turn(folder: Path, alone: bool) -> Iterator[None]:
    """Run beside what other processes run, or alone: when they have come to an end, and before they go on."""
    with (folder / "turn").open("w") as running, (folder / "next").open("w") as waiting:
        # Who waits to be alone keeps this, so that nobody else begins meanwhile.
        fcntl.flock(waiting, fcntl.LOCK_EX)
        fcntl.flock(running, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        fcntl.flock(waiting, fcntl.LOCK_UN)
        try:
            yield
        finally:
            # To close the file is not enough: a process that the test forked, and that still runs, has it open, too.
            fcntl.flock(running, fcntl.LOCK_UN)

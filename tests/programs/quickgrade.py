"""Verdicts in a fraction of a second, without kernel and sandbox: for the mutants, and to try a new submission.

One worker process imports only the staged package. For each job it forks a child that runs the notebook's cells by
`exec`, with a time limit for each cell and a memory limit, and says which test cells failed. The cells are those that
the real grader runs; tests/test_mutants.py compares both.

    python -m tests.programs.quickgrade 05 [NAME ...]    compare submissions of the corpus with their expected points
"""

from __future__ import annotations

import json
import os
import resource
import select
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from types import FrameType, ModuleType, TracebackType
from typing import Any

SECONDS_PER_CELL = 10
SECONDS_PER_NOTEBOOK = 120
MEMORY_BYTES = 4 * 2**30
Cell = tuple[str | None, str]  # a test's grade_id or None, and the source


class QuickGrader:
    """A worker for one module; use it in a `with`."""

    def __init__(self, module: Any) -> None:
        import nbformat

        from tinytorch.course.authoring.clear_solutions import OPTIONAL
        from tinytorch.course.layout import Course
        from tinytorch.course.notebook import explore_cells, grade_id, role_of, sections
        from tinytorch.course.sandbox.staged_package import stage_package

        solution = nbformat.read(module.solution_path, as_version=4)
        explored = explore_cells(solution)
        self.cells = [
            (role_of(cell), grade_id(cell) or "", cell.source)
            for cell in solution.cells
            if cell.cell_type == "code" and cell.id not in explored
        ]
        self.points = {
            grade_id(cell): float(cell.metadata.nbgrader.points) for cell in solution.cells if role_of(cell) == "test"
        }
        optional = {section for section, cell in sections(solution) if OPTIONAL in cell.metadata.get("tags", [])}
        # The tests whose verdict says something of an answer; others have no points because they only lend stand-ins.
        self.verdicts = {
            grade_id(cell)
            for section, cell in sections(solution)
            if role_of(cell) == "test" and (cell.metadata.nbgrader.points or section in optional)
        }
        self._stage = tempfile.TemporaryDirectory(prefix="tinytorch-quick-")
        stage_package(Course(module.root), module, Path(self._stage.name))

    def __enter__(self) -> QuickGrader:
        temporary = Path(self._stage.name) / "temporary"  # no child lives to delete what its notebook makes there
        temporary.mkdir(exist_ok=True)
        own = {"PYTHONPATH": self._stage.name, "TMPDIR": str(temporary), "OMP_NUM_THREADS": "1"}
        self._worker = subprocess.Popen(
            [sys.executable, __file__, "--worker"],
            env={**os.environ, **own},
            cwd=self._stage.name,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._worker.stdin.close()
        self._worker.wait()
        self._stage.cleanup()

    @property
    def pid(self) -> int:
        """The worker's process, whose children run the submissions."""
        return self._worker.pid

    def failures(self, answers: dict[str, str], first_only: bool = False, below: str = "") -> dict[str, str]:
        """Return each failed test's error, by grade_id, for a notebook with these answers; a cell without one is empty.

        With `first_only` it stops at the first failed test that says something of an answer. With `below` it runs only
        the tests that stand below that cell, which is enough where all answers above it are known to be right.
        """
        cells: list[Cell] = []
        above = bool(below)
        for role, name, source in self.cells:
            above = above and name != below
            if role in ("solution", "written"):
                cells.append((None, answers.get(name, "")))
            elif role != "test" or not above:
                cells.append((name if role == "test" else None, source))
        job = {"cells": cells, "stop_at": sorted(self.verdicts) if first_only else []}
        self._worker.stdin.write(json.dumps(job) + "\n")
        self._worker.stdin.flush()
        failed: dict[str, str] = json.loads(self._worker.stdout.readline())
        return failed

    def scores(self, answers: dict[str, str]) -> dict[str, float]:
        """Return the points of every graded test for a notebook with these answers."""
        failed = self.failures(answers)
        return {test: 0.0 if test in failed else points for test, points in self.points.items() if points}


class OutOfTime(BaseException):
    pass


def run_cells(cells: list[Cell], stop_at: list[str]) -> dict[str, str]:
    """Run the cells in one fresh namespace; give the failed tests' errors. This runs in the forked child."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    signal.signal(signal.SIGALRM, _out_of_time)
    sys.modules["__main__"] = main = ModuleType("__main__")  # pickle looks classes up there
    namespace = vars(main)
    failed: dict[str, str] = {}
    for test, source in cells:
        error = _run_cell(source, test or "cell", namespace)
        if error and test:
            failed[test] = error
            if test in stop_at:
                break
    return failed


def _run_cell(source: str, name: str, namespace: dict[str, Any]) -> str | None:
    signal.setitimer(signal.ITIMER_REAL, SECONDS_PER_CELL, 1)
    try:
        exec(compile(source, f"<{name}>", "exec", dont_inherit=True), namespace)
    except BaseException as error:
        return f"{type(error).__name__}: {error}"
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return None


def _out_of_time(number: int, frame: FrameType | None) -> None:
    raise OutOfTime(f"took longer than {SECONDS_PER_CELL} s")


def work() -> None:
    """Read jobs from stdin, one JSON document a line, and write each one's failures to stdout."""
    # what notebooks import is imported once; a child starts with it
    import numpy  # noqa: F401

    import tinytorch.datasets
    import tinytorch.profiling

    with suppress(ImportError):  # module 01 writes it
        import tinytorch.core.tensor  # noqa: F401

    for line in sys.stdin:
        job = json.loads(line)
        read_end, write_end = os.pipe()
        child = os.fork()
        if not child:
            os.setsid()
            nowhere = os.open(os.devnull, os.O_RDWR)
            for stream in (0, 1, 2):
                os.dup2(nowhere, stream)
            with os.fdopen(write_end, "w", encoding="utf-8") as answer:
                json.dump(run_cells(job["cells"], job["stop_at"]), answer)
            os._exit(0)
        os.close(write_end)
        select.select([read_end], [], [], SECONDS_PER_NOTEBOOK)
        if not select.select([read_end], [], [], 0)[0]:
            os.kill(child, signal.SIGKILL)  # no signal of its own reaches a loop in a function of C
        with os.fdopen(read_end, encoding="utf-8") as answer:
            text = answer.readline()  # to its end would be for as long as a process that it started has the pipe open
        os.waitpid(child, 0)
        with suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)  # the processes that it started, and left
        for block in Path("/dev/shm").glob(f"tt_{child}_*"):  # and the memory that it shared with them, in module 10
            block.unlink(missing_ok=True)
        tests = [test for test, _ in job["cells"] if test]
        print(text or json.dumps(dict.fromkeys(tests, "the process died")), flush=True)


def compare(number: str, names: list[str]) -> int:
    """Print what differs between the points of submissions and those that their files say; give how many differ."""
    from tests.helpers.corpus import answers_of, read_corpus
    from tinytorch.course.authoring.build import write_solution_notebook
    from tinytorch.course.layout import Course

    module = Course.find(Path(__file__).parent).module(number)
    write_solution_notebook(module)
    wrong = 0
    with QuickGrader(module) as grader:
        for submission in read_corpus(module, names or None):
            failed = grader.failures(answers_of(submission.notebook))
            lines = []
            for test, expected in submission.expected_points.items():
                got = 0.0 if test in failed else grader.points[test]
                if got != expected:
                    lines.append(f"    {test}: {got:g}, not {expected:g}. {failed.get(test, 'It passed')}")
            print(f"{submission.expected_total:5g} {submission.name}", *lines, sep="\n", flush=True)
            wrong += bool(lines)
    print(f"{wrong} wrong")
    return wrong


if __name__ == "__main__":
    if sys.argv[1:] == ["--worker"]:
        work()
    else:
        sys.exit(bool(compare(sys.argv[1], sys.argv[2:])))

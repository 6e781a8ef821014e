"""Grade the reference again and again while every core is kept busy, and count what was not 100: `make soak`.

Nothing in the tests may depend on a clock or on luck, so the answer is 0.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tinytorch.course.authoring.build import write_solution_notebook
from tinytorch.course.grading.grade import grade
from tinytorch.course.grading.options import NoProgress
from tinytorch.course.layout import Course
from tinytorch.course.reports.results import StudentResult


@contextmanager
def busy(processes: int) -> Iterator[None]:
    """Keep `processes` cores busy meanwhile."""
    loops = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(processes)]
    try:
        yield
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()


class Say(NoProgress):
    """Prints the points of each copy."""

    def __call__(self, done: int, total: int, result: StudentResult) -> None:
        print(f"{done}/{total} {result.points:g}", flush=True)


def soak(count: int, processes: int, progress: bool = True) -> list[StudentResult]:
    """Grade `count` copies of the reference; give the results that are not full marks without a flag."""
    course = Course.find(Path(__file__).parent)
    module = course.module("05_dataloader")

    with tempfile.TemporaryDirectory(prefix="tinytorch-soak-") as folder:
        copies = Path(folder) / "class"
        copies.mkdir()
        write_solution_notebook(module)
        for number in range(count):
            shutil.copyfile(module.solution_path, copies / f"copy_{number:03}.ipynb")
        with busy(processes):
            results = grade(
                course, copies, module, Path(folder) / "graded", Say() if progress else NoProgress()
            ).students
    assert len(results) == count
    return [result for result in results if result.points != 100 or result.flags or result.failure]


def main() -> int:
    parser = argparse.ArgumentParser(description="Grade module 05's reference many times, with busy cores.")
    parser.add_argument("--count", type=int, default=200, help="how often")
    options = parser.parse_args()
    processes = os.cpu_count() or 1
    wrong = soak(options.count, processes)
    for result in wrong:
        lost = [test.name for test in result.tests if not test.passed]
        print(f"{result.student}: {result.points:g} points, lost {lost}, {result.flags} flags. {result.failure}")
    print(f"{options.count} gradings of the reference beside {processes} busy processes: {len(wrong)} were not 100")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

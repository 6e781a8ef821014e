"""Check every submission of the corpora, and grade it by the same visible tests: do both say the same of each test?

make check-against-grade                              all modules
python -m tests.programs.check_against_grade 05       one module
python -m tests.programs.check_against_grade 05 textbook untouched
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.helpers.check_and_grade import COURSE, visible_grader
from tests.helpers.corpus import write_class
from tinytorch.course.layout import Module


def main() -> int:
    number, *names = sys.argv[1:] or [""]
    modules = [COURSE.module(number)] if number else COURSE.modules
    return 1 if sum(differing(module, names) for module in modules) else 0


def differing(module: Module, names: list[str]) -> int:
    """Compare a module's submissions, print those of which check and grade say different things, and count these."""
    with tempfile.TemporaryDirectory(prefix="tinytorch-check-") as name:
        folder = Path(name)
        submissions = write_class(module, folder / "class", names or None)
        different = 0
        with visible_grader(module, folder) as grader:
            for submission in submissions:
                path = folder / "class" / f"{submission.name}.ipynb"
                graded, checked = grader.grade(path), grader.check(path)
                tests = sorted(test for test in graded | checked if graded.get(test) != checked.get(test))
                different += bool(tests)
                for test in tests:
                    print(f"{submission.name}: {test} is {said(checked, test)} in check, {said(graded, test)} in grade")
    equal = len(submissions) - different
    print(
        f"{module.assignment}: check and grade say the same of every test for {equal} of {len(submissions)}", flush=True
    )
    return different


def said(passed: dict[str, bool], test: str) -> str:
    """Return what became of a test, in words."""
    return {True: "pass", False: "fail", None: "not there"}[passed.get(test)]


if __name__ == "__main__":
    sys.exit(main())

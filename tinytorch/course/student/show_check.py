"""Checking a notebook in the terminal: each step's line is printed when it is known, and what failed below."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

from tinytorch.course.layout import Course, CourseError, Module
from tinytorch.course.student.check import Check
from tinytorch.course.student.steps import COLUMNS, VERDICTS, WHAT_POINTS_ARE, points_in_all, reached
from tinytorch.course.student.student_status import keep_check, notebook_digest

LOOK_SECONDS = 0.2  # between two looks at whether the notebook was saved


def check_once(course: Course, module: Module, path: Path, step: int | None = None) -> bool:
    """Check a notebook, print the result, and return whether every step that was checked passes.

    Raises:
        CourseError: the notebook cannot be checked.
    """
    digest = notebook_digest(path)
    check = Check(course, module, path, step)
    rows = [each.row for each in check.steps]
    columns = zip(COLUMNS, *rows, strict=True)
    widths = [max(map(len, column)) for column in columns]
    widths[1] = max(map(len, VERDICTS))
    print(f"\n{module.assignment}: visible tests")
    _print_row(COLUMNS, widths)
    check.run(lambda done: _print_row(done.row, widths))
    most = sum(each.max_points for each in check.steps)
    print(f"\n{reached(check.steps)}. {WHAT_POINTS_ARE * bool(most)}".rstrip())
    if step is None:
        if in_all := points_in_all(check.released):
            print(in_all)
        for answer in check.empty_answers:
            print(answer.is_empty)
    if lines := check.explanations():
        print("\n" + "\n".join(lines), flush=True)
    if step is None:
        keep_check(course, module, digest, check.points, most, datetime.now(UTC))
    return check.passed


def check_when_saved(course: Course, module: Module, path: Path, step: int | None = None) -> None:
    """Check a notebook now, and again each time that it is saved, until Ctrl-C."""
    seen = None
    try:
        while True:
            saved = _saved(path)
            if saved != seen:
                seen = saved
                try:
                    check_once(course, module, path, step)
                except CourseError as error:  # it may be mended with the next save
                    print(f"tito: {error}")
                print(f"\nwaiting for {path.name} to be saved; Ctrl-C ends this", flush=True)
            time.sleep(LOOK_SECONDS)
    except KeyboardInterrupt:
        print()


def _print_row(row: list[str], widths: list[int]) -> None:
    """Print a row: words to the left, numbers to the right."""
    is_right = [False, False, True, True]
    cells = zip(row, widths, is_right, strict=True)
    print("  ".join(cell.rjust(width) if right else cell.ljust(width) for cell, width, right in cells), flush=True)


def _saved(path: Path) -> tuple[int, int]:
    """Return when a file was changed, in nanoseconds, and its size in bytes; zeros if there is none."""
    try:
        status = path.stat()
    except OSError:
        return 0, 0
    return status.st_mtime_ns, status.st_size

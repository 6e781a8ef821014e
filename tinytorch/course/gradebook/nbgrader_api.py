"""nbgrader as the course's configuration sets it up, called from Python."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path
from typing import Any

from nbgrader.apps import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import capture_log, temp_attrs

from tinytorch.course import patches
from tinytorch.course.configuration import load_config
from tinytorch.course.layout import Course, CourseError

SQLITE = "sqlite:///"  # how the URL of a gradebook in a file begins
EXCEPTION_LINE = re.compile(r"^[\w.]*(Error|Exception|Invalid|NotFound|Missing)\w*: ")


patches.keep_gradebook_engines()
patches.find_newest_schema_in_this_process()
patches.create_missing_tables_only()
patches.check_equal_cells_once()
patches.read_times_with_their_zones()


def open_nbgrader(course: Course, **settings: str) -> NbGraderAPI:
    """Return nbgrader's Python interface, configured by nbgrader_config.py.

    `settings` replace those of its course directory, such as `db_url` or `submitted_directory`.
    """
    config = load_config(course)
    for name, value in settings.items():
        config.CourseDirectory[name] = value
    coursedir = CourseDirectory(config=config)
    return NbGraderAPI(coursedir, config=config)


def open_nbgrader_in(course: Course, output: Path) -> NbGraderAPI:
    """Return nbgrader's Python interface for a class whose folders and gradebook are in `output`.

    In the course folder they are where nbgrader_config.py says.
    """
    if output == course.root:
        return open_nbgrader(course)
    # The root moves, not each folder: nbgrader makes file patterns of these paths and escapes only the root.
    return open_nbgrader(
        course,
        root=str(output),
        source_directory=str(course.root / "src"),
        release_directory=str(course.root / "modules"),
        db_url=f"sqlite:///{output / 'gradebook.db'}",
    )


def sqlite_file(db_url: str) -> Path | None:
    """Return the file that a gradebook's URL names, None if the URL is of a server."""
    return Path(db_url.removeprefix(SQLITE)) if db_url.startswith(SQLITE) else None


def run(api: NbGraderAPI, converter: type, assignment: str, what: str, student: str = "*", **settings: Any) -> str:
    """Run one of nbgrader's converters on an assignment and return its log.

    `what` completes the sentence "nbgrader could not ...".

    Raises:
        CourseError: the converter failed; the message has its reason.
    """
    with temp_attrs(api.coursedir, assignment_id=assignment, student_id=student):
        app = converter(coursedir=api.coursedir, parent=api)
        for name, value in settings.items():
            setattr(app, name, value)
        with contextlib.redirect_stderr(io.StringIO()):
            result = capture_log(app)
    if not result["success"]:
        if "KeyboardInterrupt" in result["error"]:  # nbgrader takes Ctrl-C for an error in the submission
            raise KeyboardInterrupt
        raise CourseError(f"nbgrader could not {what}: {reason_in(result.get('log') or result['error'])}")
    return str(result["log"])


def reason_in(log: str) -> str:
    """Return the line of a log that names the error: the last exception, nbgrader's own summary left out."""
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    errors = [line for line in lines if EXCEPTION_LINE.match(line) and "NbGraderException: Please see" not in line]
    reason = (errors or lines or ["it gave no reason"])[-1]
    return re.sub(r"^[\w.]+\.(?=\w+: )", "", reason)  # the exception's name without its module

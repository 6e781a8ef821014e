"""nbgrader as the course's configuration sets it up, called from Python."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path
from typing import Any

from nbgrader.apps import NbGraderAPI
from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import capture_log, temp_attrs
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from tinytorch.course import patches
from tinytorch.course.layout import Course, CourseError, Module

EXCEPTION_LINE = re.compile(r"^[\w.]*(Error|Exception|Invalid|NotFound|Missing)\w*: ")


patches.keep_gradebook_engines()
patches.find_newest_schema_in_this_process()
patches.create_missing_tables_only()
patches.check_equal_cells_once()


def open_nbgrader(course: Course, **folders: str) -> NbGraderAPI:
    """Return nbgrader's Python interface, configured by nbgrader_config.py.

    `folders` replaces settings of its course directory, such as `db_url` or `submitted_directory`.
    """
    config = load_config(course)
    for name, value in folders.items():
        config.CourseDirectory[name] = value
    coursedir = CourseDirectory(config=config)
    return NbGraderAPI(coursedir, config=config)


def load_config(course: Course) -> Config:
    """Read nbgrader_config.py."""
    return Config(PyFileConfigLoader("nbgrader_config.py", path=str(course.root)).load_config())


def register(course: Course, module: Module, release_folder: Path, **folders: str) -> None:
    """Write the student notebook into `release_folder` and record its cells and points in the gradebook."""
    api = open_nbgrader(course, release_directory=str(release_folder), **folders)
    run(api, GenerateAssignment, module.assignment, f"release {module.assignment}", force=True)


def run(api: NbGraderAPI, converter: type, assignment: str, what: str, student: str = "*", **settings: Any) -> str:
    """Run one of nbgrader's converters on an assignment and give its log, or raise `CourseError` with its reason.

    `what` is what the run does, for the sentence "nbgrader could not ...".
    """
    with temp_attrs(api.coursedir, assignment_id=assignment, student_id=student):
        app = converter(coursedir=api.coursedir, parent=api)
        for name, value in settings.items():
            setattr(app, name, value)
        with contextlib.redirect_stderr(io.StringIO()):
            result = capture_log(app)
    if not result["success"]:
        if "KeyboardInterrupt" in result["error"]:  # nbgrader takes Ctrl-C for a fault of the submission
            raise KeyboardInterrupt
        raise CourseError(f"nbgrader could not {what}: {reason_in(result.get('log') or result['error'])}")
    return str(result["log"])


def reason_in(log: str) -> str:
    """Return the line of a log that names the error: the last exception that is not nbgrader's own summary."""
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    errors = [line for line in lines if EXCEPTION_LINE.match(line) and "NbGraderException: Please see" not in line]
    reason = (errors or lines or ["it gave no reason"])[-1]
    return re.sub(r"^[\w.]+\.(?=\w+: )", "", reason)  # an exception's name without its module's

"""nbgrader as the course's configuration sets it up, called from Python."""

from __future__ import annotations

import contextlib
import functools
import io
import json
import re
import traceback
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jsonschema
import nbgrader.api
import nbgrader.nbgraderformat.common
import sqlalchemy
from alembic.script import ScriptDirectory
from nbgrader.apps import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import capture_log, temp_attrs
from sqlalchemy.exc import ArgumentError
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from tinytorch.course.error_text import error_line
from tinytorch.course.layout import Course, CourseError

# SQLite makes one who writes wait for others this long; 5 s, its own choice, is less than a slow disk can take.
LOCK_SECONDS = 60.0
SQLITE = "sqlite:///"  # how the URL of a gradebook in a file begins
EXCEPTION_LINE = re.compile(r"^[\w.]*(Error|Exception|Invalid|NotFound|Missing)\w*: ")


@functools.cache
def _newest_schema() -> str:
    """Return the name of the gradebook's newest schema; nbgrader starts a process for it, which takes seconds."""
    scripts = Path(nbgrader.api.__file__).parent / "alembic"
    return str(ScriptDirectory(str(scripts)).get_current_head())


@functools.cache  # what an engine has learnt of SQL is used again; its connections end with each Gradebook
def _create_engine(url: str, **settings: Any) -> Any:
    """Return SQLAlchemy's engine for a gradebook; what is wrong with its URL is told without its password."""
    if url.startswith("sqlite"):
        return sqlalchemy.create_engine(url, **settings, connect_args={"timeout": LOCK_SECONDS})
    try:
        engine = sqlalchemy.create_engine(url, **settings)
        if "@" in f"{engine.url.host}{engine.url.database}":  # the end of a password with an @ of its own
            raise ValueError
    except ModuleNotFoundError as error:
        raise CourseError(
            f"The gradebook's URL (db_url in nbgrader_config.py) asks for the package {error.name!r}, which is not "
            "installed: PostgreSQL is postgresql+psycopg://..., and `pip install 'tinytorch[postgres]'` installs that."
        ) from None
    except (ValueError, ArgumentError):
        raise CourseError(
            "The gradebook's URL (db_url in nbgrader_config.py) cannot be read as a database's URL: give "
            "postgresql+psycopg://user@host/database, and write what is special in a password with %, an @ as %40."
        ) from None
    return engine


@functools.cache
def _validator(schema: str) -> Any:
    kind = jsonschema.validators.validator_for(json.loads(schema))
    kind.check_schema(json.loads(schema))
    return kind(json.loads(schema))


@functools.lru_cache(10_000)  # the cells of a class are the same over and over
def _validate_once(settings: str, schema: str) -> None:
    _validator(schema).validate(json.loads(settings))


def _validate(settings: Any, schema: dict[str, Any]) -> None:
    """Check a cell's settings as `jsonschema.validate` does, but the schema itself, and equal settings, only once."""
    _validate_once(json.dumps(settings), json.dumps(schema))


nbgrader.nbgraderformat.common.jsonschema = SimpleNamespace(validate=_validate)


def _create_missing_tables(bind: Any) -> None:
    """Create the gradebook's tables, unless all are there: SQLAlchemy asks for each of them."""
    tables = nbgrader.api.Base.metadata.tables
    if not tables.keys() <= set(sqlalchemy.inspect(bind).get_table_names()):
        sqlalchemy.MetaData.create_all(nbgrader.api.Base.metadata, bind=bind)


nbgrader.api.Base.metadata.create_all = _create_missing_tables
nbgrader.api.get_alembic_version = _newest_schema
nbgrader.api.create_engine = _create_engine


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


def load_config(course: Course) -> Config:
    """Read nbgrader_config.py.

    Raises:
        CourseError: the file is missing, or what it says cannot be run.
    """
    path = course.root / "nbgrader_config.py"
    if not path.is_file():
        raise CourseError(f"{path} is missing: copy it from the course's repository.")
    try:
        config = Config(PyFileConfigLoader(path.name, path=str(path.parent)).load_config())
    except CourseError:
        raise
    except Exception as error:  # the file is a program
        raise CourseError(
            f"{path}{_line_of(error, path)} cannot be run ({error_line(type(error).__name__, error)}): correct it, "
            "or compare it with the file of that name in the course's repository."
        ) from None
    return config


def _line_of(error: Exception, path: Path) -> str:
    """Return ", line 3" for the line of a Python file that an error comes from, nothing if it comes from elsewhere."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
    if isinstance(error, SyntaxError) and error.filename == str(path):
        lines.append(error.lineno)
    return f", line {lines[-1]}" if lines else ""


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

"""Changes to how other packages behave: all of them, one function each, called by the code that needs the change.

Each says which version was seen, what that does, what it does here instead, and why. tests/course/test_patches.py asks
the packages as they are installed whether they still do it: where such a test fails, its patch can be deleted.

The fork server loads this file by its path and cannot import tinytorch, so the file itself imports the standard library
only, and each function imports what it changes.
"""

from __future__ import annotations

import functools
import importlib
import importlib.util
import json
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

# SQLite makes a writer wait this long for another one. Its own 5 s are less than a slow disk can take.
LOCK_SECONDS = 60.0
REMEMBERED_CELLS = 10_000  # a class has the same cells' settings over and over
UNUSED_FORMATS = ("rfc3987_syntax", "isoduration")
# What holds the handlers of nbgrader's extensions of a Jupyter server
SERVER_EXTENSIONS = (
    "nbgrader.server_extensions.assignment_list.handlers",
    "nbgrader.server_extensions.course_list.handlers",
    "nbgrader.server_extensions.formgrader.formgrader",
    "nbgrader.server_extensions.validate_assignment.handlers",
)


def skip_unused_formats() -> None:
    """Have jsonschema do without its checks of web addresses and durations; call this before jsonschema is imported.

    jsonschema 4.26.0 imports rfc3987_syntax 1.1.0 and isoduration 20.11.0 wherever they are installed (nbformat
    requires them). The first compiles its grammars in about two seconds, and the second imports the package arrow. No
    notebook's schema asks for the formats that they check, and without them jsonschema leaves these formats out.
    Upstream: python-jsonschema/jsonschema issue 1428.
    """
    for name in UNUSED_FORMATS:
        sys.modules.setdefault(name, None)  # type: ignore[arg-type]


def import_server_extensions_later() -> None:
    """Have nbgrader import its extensions of a Jupyter server when a server loads them; call this before its import.

    nbgrader 0.9.6 imports all four, and with them jupyter_server and tornado's web server, wherever anything of it is
    imported, which takes a third of a second. No upstream issue known.
    """
    if "nbgrader" not in sys.modules:
        for name in SERVER_EXTENSIONS:
            sys.modules[name] = _ImportedLater(name)


def import_nbformat_later() -> None:
    """Have nbformat import its readers, writers and validator when one is asked for; call this before its import.

    nbformat 5.11.1 imports all of them, and with them jsonschema, wherever its `NotebookNode` is imported, which takes
    as long as half of `tito check`. No upstream issue known.
    """
    if "nbformat" not in sys.modules and (spec := importlib.util.find_spec("nbformat")) is not None:
        package = _NbformatLater("nbformat")
        package.__spec__, package.__path__ = spec, list(spec.submodule_search_locations or [])
        sys.modules["nbformat"] = package


def import_seldom_used_later() -> None:
    """Have two packages imported when something in them is asked for; call this before nbgrader is imported.

    nbgrader 0.9.6 imports setuptools 84.2.1 to unpack archives, and Beautiful Soup 4.15.0, which nbconvert imports,
    soupsieve 4.1.3 for CSS selectors, which compiles its regular expressions. `tito` unpacks none so and selects
    nothing, and both take a twentieth of a second of every `tito grade`. No upstream issue known.
    """
    if not any(package in sys.modules for package in ("nbgrader", "setuptools", "bs4", "soupsieve")):
        sys.modules["setuptools.archive_util"] = _FunctionsLater("setuptools.archive_util")
        sys.modules["soupsieve"] = _ImportedLater("soupsieve")


class _ImportedLater(ModuleType):
    """Stands for a module, such as one of a server extension, until something in it is asked for."""

    def load_jupyter_server_extension(self, app: Any) -> None:
        """Import the module, and load its extension into a Jupyter server."""
        self._module().load_jupyter_server_extension(app)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # what Python itself asks every module for
            raise AttributeError(name)
        return getattr(self._module(), name)

    def _module(self) -> Any:
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return importlib.import_module(self.__name__)


class _NbformatLater(_ImportedLater):
    """Stands for nbformat: its nodes can be had without the rest. In a student's kernel, anything may ask for it."""

    def __getattr__(self, name: str) -> Any:
        if name in ("NotebookNode", "from_dict"):
            return getattr(importlib.import_module("nbformat.notebooknode"), name)
        return self._module().__version__ if name == "__version__" else super().__getattr__(name)

    def _module(self) -> Any:
        module = super()._module()
        for name, part in vars(self).items():
            if isinstance(part, ModuleType):  # a part that was imported before the whole, which does not know it
                vars(module).setdefault(name, part)
        return module


class _FunctionsLater(_ImportedLater):
    """Stands for a module of functions, of which some are taken by their names long before one is called."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *arguments, **settings: getattr(self._module(), name)(*arguments, **settings)


def keep_gradebook_engines() -> None:
    """Have nbgrader make one engine per gradebook, wait longer for a locked SQLite file, and hide passwords in errors.

    nbgrader 0.9.6 makes a new SQLAlchemy engine each time a gradebook is opened, which has to compile all SQL anew; it
    leaves SQLite's 5 s as they are, so a worker on a slow disk fails with "database is locked"; and an unreadable
    `db_url` ends in a traceback that shows the password in it. No upstream issue known.
    """
    import nbgrader.api

    nbgrader.api.create_engine = _create_engine


@functools.cache  # an engine's connections end with each Gradebook; the SQL that it has compiled stays
def _create_engine(url: str, **settings: Any) -> Any:
    """Return SQLAlchemy's engine for a gradebook, or raise `CourseError` with what is wrong with its URL."""
    import sqlalchemy
    from sqlalchemy.exc import ArgumentError

    if url.startswith("sqlite"):
        return sqlalchemy.create_engine(url, **settings, connect_args={"timeout": LOCK_SECONDS})
    from tinytorch.course.layout import CourseError

    try:
        engine = sqlalchemy.create_engine(url, **settings)
        if "@" in f"{engine.url.host}{engine.url.database}":  # the end of a password with an @ of its own
            raise ValueError
    except ModuleNotFoundError as error:
        raise CourseError(
            f"The gradebook's URL (db_url in nbgrader_config.py) asks for the package {error.name!r}, which is not "
            "installed: PostgreSQL is postgresql+psycopg://..., and `pip install 'psycopg[binary]'` installs that."
        ) from None
    except (ValueError, ArgumentError):
        raise CourseError(
            "The gradebook's URL (db_url in nbgrader_config.py) cannot be read as a database's URL: give "
            "postgresql+psycopg://user@host/database, and write what is special in a password with %, an @ as %40."
        ) from None
    return engine


def read_times_with_their_zones() -> None:
    """Have nbgrader read a time with its offset or zone as what it is, and refuse one that it cannot tell.

    nbgrader 0.9.6 takes the third word of a time for a number of seconds or the name of a zone: it reads
    "2026-05-01 12:00 +0200" as 200 seconds from UTC, and "+02:00", "PST" and "CEST" as UTC, without a word. No upstream
    issue known.
    """
    utils = sys.modules.setdefault("nbgrader.utils", _UtilsWithZones("nbgrader.utils"))
    if type(utils) is ModuleType:  # it has been imported
        _read_zones(utils)


class _UtilsWithZones(_ImportedLater):
    """Stands for nbgrader.utils: `tito check` reads the configuration, and needs nothing of nbgrader."""

    def _module(self) -> Any:
        module = super()._module()
        _read_zones(module)
        return module


def _read_zones(utils: ModuleType) -> None:
    """Replace the function in nbgrader.utils, and in all modules that have it from there by its name."""
    from tinytorch.course.instants import is_instant, read_instant

    own = vars(utils)["parse_utc"]
    if own.__module__ != utils.__name__:
        return

    def parse_utc(time: Any) -> Any:
        if isinstance(time, str) and is_instant(time):
            return read_instant(time).replace(tzinfo=None)
        return own(time)

    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == "nbgrader" and vars(module).get("parse_utc") is own:
            vars(module)["parse_utc"] = parse_utc


def find_newest_schema_in_this_process() -> None:
    """Have nbgrader find the name of the newest schema in this process.

    nbgrader 0.9.6 starts `alembic` for it whenever it makes a gradebook, which takes seconds, and fails where the
    environment's programs are not on PATH. No upstream issue known.
    """
    import nbgrader.api

    nbgrader.api.get_alembic_version = _newest_schema


@functools.cache
def _newest_schema() -> str:
    """Return the name of the gradebook's newest schema."""
    import nbgrader.api
    from alembic.script import ScriptDirectory

    scripts = Path(nbgrader.api.__file__).parent / "alembic"
    return str(ScriptDirectory(str(scripts)).get_current_head())


def create_missing_tables_only() -> None:
    """Have a gradebook's tables created only if one is missing, after one question for all of them.

    nbgrader 0.9.6 calls SQLAlchemy's `create_all` each time a gradebook is opened, and SQLAlchemy 2.1.9 asks the
    database for each table by itself. No upstream issue known.
    """
    import nbgrader.api

    nbgrader.api.Base.metadata.create_all = _create_missing_tables


def _create_missing_tables(bind: Any) -> None:
    """Create the gradebook's tables, unless all are there."""
    import nbgrader.api
    import sqlalchemy

    tables = nbgrader.api.Base.metadata.tables
    if not tables.keys() <= set(sqlalchemy.inspect(bind).get_table_names()):
        sqlalchemy.MetaData.create_all(nbgrader.api.Base.metadata, bind=bind)


def check_equal_cells_once() -> None:
    """Have nbgrader check its schema of a cell's settings once, and equal settings once.

    nbgrader 0.9.6 calls `jsonschema.validate` for each cell of each notebook, and jsonschema 4.26.0 checks the schema
    itself each time, which takes longer than the check of the cell. jsonschema's documentation says to keep a validator
    instead. No upstream issue known.
    """
    import nbgrader.nbgraderformat.common

    nbgrader.nbgraderformat.common.jsonschema = SimpleNamespace(validate=_validate)


def _validate(settings: Any, schema: dict[str, Any]) -> None:
    """Check a cell's settings as `jsonschema.validate` does."""
    _validate_once(json.dumps(settings), json.dumps(schema))


@functools.lru_cache(REMEMBERED_CELLS)
def _validate_once(settings: str, schema: str) -> None:
    _validator(schema).validate(json.loads(settings))


@functools.cache
def _validator(schema: str) -> Any:
    import jsonschema

    kind = jsonschema.validators.validator_for(json.loads(schema))
    kind.check_schema(json.loads(schema))
    return kind(json.loads(schema))


def hash_cells_in_c() -> None:
    """Have ipykernel take zlib's checksum for the hash that names a cell's file in tracebacks.

    ipykernel 7.4.0 computes MurmurHash in Python, byte by byte, each time a cell is run. The name need only differ from
    cell to cell. No upstream issue known.
    """
    from ipykernel import compiler

    compiler.murmur2_x86 = lambda source, seed: zlib.crc32(source.encode("utf-8", "replace"), seed & 0xFFFF_FFFF)


def share_lexer_tables() -> None:
    """Have pygments give a lexer class that adds no rules the tables of the class that it is made from.

    stack_data 0.6.3 makes a class of Python's lexer for each frame that IPython shows of an error, and pygments 2.21.0
    compiles all regular expressions of each class anew, which takes a twentieth of a second. No upstream issue known.
    """
    from pygments.lexer import RegexLexerMeta

    make = RegexLexerMeta.__call__

    def make_with_tables(cls: Any, *arguments: Any, **settings: Any) -> Any:
        made_from = cls.__mro__[1]
        if not {"_tokens", "tokens", "flags"} & set(vars(cls)) and "_tokens" in vars(made_from):
            cls._tokens, cls._all_tokens = made_from._tokens, made_from._all_tokens
        return make(cls, *arguments, **settings)

    RegexLexerMeta.__call__ = make_with_tables


@contextmanager
def without_debugger() -> Iterator[None]:
    """Have ipykernel do without debugpy in the kernels that are made inside this context.

    ipykernel 7.4.0 imports debugpy 1.8.22 when a kernel is made, which costs time and memory, and nobody debugs a
    graded kernel. Upstream: ipython/ipykernel pull requests 1543 and 1545, both open.
    """
    sys.modules["debugpy"] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules["debugpy"]


@contextmanager
def read_nbdev_settings_once() -> Iterator[None]:
    """Have nbdev read its settings once for all files that it lists in its index inside this context.

    nbdev 3.3.26 reads pyproject.toml twice for each file of the package, which takes nine tenths of the time. No
    upstream issue known.
    """
    import nbdev.doclinks

    own = nbdev.doclinks.get_config
    nbdev.doclinks.get_config = functools.cache(own)
    try:
        yield
    finally:
        nbdev.doclinks.get_config = own

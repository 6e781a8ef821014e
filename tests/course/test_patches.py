"""Each patch of another package is still needed, and does what it says.

Two fresh processes look at the same things: one at the packages as they are installed, the other after all patches. If
a package does of itself what its patch is for, the first test here fails, and the patch can be deleted.
"""

from __future__ import annotations

import inspect
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tinytorch.course import patches

# Prints, for each patch by its name, what the packages do. `apply` is defined before it.
LOOK = """
import json, sys

apply("skip_unused_formats")
apply("import_server_extensions_later")
apply("import_nbformat_later")
import nbformat
from nbformat import NotebookNode
imported = "jsonschema" in sys.modules
read = nbformat.reads('{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}', as_version=4)
import jsonschema
seen = {"skip_unused_formats": [name for name in UNUSED_FORMATS if sys.modules.get(name) is not None]}
seen["import_nbformat_later"] = [imported, "jsonschema" in sys.modules, type(read) is NotebookNode]
apply("import_seldom_used_later")
import nbgrader, nbgrader.apps
seen["import_seldom_used_later"] = [name in sys.modules for name in ("setuptools.dist", "soupsieve.css_parser")]
seen["import_server_extensions_later"] = sys.modules.get("jupyter_server") is not None

elsewhere = ("skip_unused_formats", "without_debugger", "read_nbdev_settings_once")
for name in PATCHES:
    if not name.endswith("_later") and name not in elsewhere:
        apply(name)

import sqlalchemy
import nbgrader.api
from nbformat.v4 import new_code_cell
from nbgrader.nbgraderformat import MetadataValidator
from sqlalchemy import event

url = f"sqlite:///{FOLDER}/gradebook.db"
started = []
sys.addaudithook(lambda kind, arguments: started.append(arguments) if kind == "subprocess.Popen" else None)
with nbgrader.api.Gradebook(url) as gradebook:
    busy = gradebook.db.execute(sqlalchemy.text("PRAGMA busy_timeout")).scalar()
    engine = gradebook.engine
    seen["find_newest_schema_in_this_process"] = len(started)
with nbgrader.api.Gradebook(url) as gradebook:
    seen["keep_gradebook_engines"] = [busy, gradebook.engine is engine]
    said = []
    event.listen(gradebook.engine, "before_cursor_execute", lambda *arguments: said.append(arguments[2]))
    nbgrader.api.Base.metadata.create_all(bind=gradebook.engine)
    seen["create_missing_tables_only"] = len(said)

def count(function, events, name=None):
    counted = 0
    def trace(frame, event, _):
        nonlocal counted
        counted += event in events and name in (None, frame.f_code.co_name)
        return trace
    sys.settrace(trace)
    function()
    sys.settrace(None)
    return counted

def check():
    settings = {"schema_version": 3, "grade_id": "a", "locked": False, "grade": False, "solution": True, "task": False}
    for _ in range(5):
        MetadataValidator().validate_cell(new_code_cell(metadata={"nbgrader": settings}))
seen["check_equal_cells_once"] = count(check, ["call"], "check_schema")

import nbgrader.exchange.default.collect as collecting
read = [nbgrader.utils.parse_utc, nbgrader.coursedir.parse_utc, collecting.parse_utc]
seen["read_times_with_their_zones"] = sorted({f"{each('2026-05-01 14:00 +0200'):%H:%M}" for each in read})

import ipykernel.compiler
seen["hash_cells_in_c"] = count(lambda: ipykernel.compiler.murmur2_x86("x" * 10_000, 0), ["line"])

from pygments.lexers import PythonLexer

def lex():
    class Same(PythonLexer):
        pass
    assert list(Same().get_tokens("x = 1  # one")) == list(PythonLexer().get_tokens("x = 1  # one"))
PythonLexer()
seen["share_lexer_tables"] = count(lex, ["call"], "process_tokendef")

from ipykernel.ipkernel import IPythonKernel
with apply("without_debugger"):
    IPythonKernel()
seen["without_debugger"] = sys.modules.get("debugpy") is not None

from pathlib import Path

import nbdev.doclinks
Path("package").mkdir()
for name in ("__init__", "one", "two", "three"):
    Path("package", f"{name}.py").touch()
Path("pyproject.toml").write_text("[project]\\nname = 'package'\\n[tool.nbdev]\\nnbs_path = '.'")
with apply("read_nbdev_settings_once"):
    seen["read_nbdev_settings_once"] = count(nbdev.doclinks._build_modidx, ["call"], "get_config")

print(json.dumps(seen))
"""
UNPATCHED = """
from contextlib import nullcontext
apply = lambda name: nullcontext()
"""
# As the fork server loads them: without the package around them
PATCHED = """
import importlib.util
spec = importlib.util.spec_from_file_location("patches", FILE)
patches = importlib.util.module_from_spec(spec)
spec.loader.exec_module(patches)
apply = lambda name: getattr(patches, name)()
"""
NAMES = sorted(
    name
    for name, item in vars(patches).items()
    if inspect.isfunction(item) and item.__module__ == patches.__name__ and not name.startswith("_")
)
TABLES = 10  # at least so many has a gradebook


def look(first: str, folder: Path) -> dict[str, Any]:
    """Give what a fresh process sees after running `first`."""
    names: dict[str, Any] = {"PATCHES": NAMES, "FOLDER": str(folder), "FILE": str(Path(patches.__file__))}
    names["UNUSED_FORMATS"] = patches.UNUSED_FORMATS
    code = "".join(f"{name} = {value!r}\n" for name, value in names.items()) + first + LOOK
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    seen: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    return seen


@pytest.fixture(scope="module")
def stock(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the packages do as they are installed."""
    return look(UNPATCHED, tmp_path_factory.mktemp("stock"))


@pytest.fixture(scope="module")
def patched(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What they do after all patches."""
    return look(PATCHED, tmp_path_factory.mktemp("patched"))


def test_every_patch_is_looked_at(stock: dict[str, Any], patched: dict[str, Any]) -> None:
    assert sorted(stock) == sorted(patched) == NAMES


def test_jsonschema_imports_what_checks_web_addresses_and_durations(
    stock: dict[str, Any], patched: dict[str, Any]
) -> None:
    assert stock["skip_unused_formats"] == list(patches.UNUSED_FORMATS)
    assert patched["skip_unused_formats"] == []


def test_nbformat_imports_jsonschema_for_its_nodes(stock: dict[str, Any], patched: dict[str, Any]) -> None:
    assert stock["import_nbformat_later"] == [True, True, True]
    assert patched["import_nbformat_later"] == [False, True, True]


def test_of_nbformat_that_is_imported_later_everything_can_be_asked_for() -> None:
    code = """
    from tinytorch.course import patches
    patches.import_nbformat_later()
    import nbformat
    from nbformat.notebooknode import NotebookNode
    print(nbformat.__version__ == __import__("importlib.metadata").metadata.version("nbformat"))
    import nbformat as again
    print(again is nbformat, again.notebooknode.NotebookNode is NotebookNode is again.NotebookNode)
    """
    run = subprocess.run([sys.executable, "-c", inspect.cleandoc(code)], capture_output=True, text=True, check=False)
    assert run.stdout.split() == ["True", "False", "True"], run.stderr


def test_nbgrader_imports_a_web_server_for_its_extensions(stock: dict[str, Any], patched: dict[str, Any]) -> None:
    assert stock["import_server_extensions_later"]
    assert not patched["import_server_extensions_later"]


def test_a_server_finds_the_extensions_that_are_imported_later() -> None:
    code = """
    import sys
    from tinytorch.course import patches
    import nbgrader
    from nbgrader.server_extensions.formgrader.formgrader import FormgradeExtension
    from nbgrader.server_extensions.validate_assignment import handlers
    assert FormgradeExtension.__module__ == "nbgrader.server_extensions.formgrader.formgrader"
    assert handlers.default_handlers
    class App:
        def __getattr__(self, name):
            raise LookupError(name)
    try:
        nbgrader._load_jupyter_server_extension(App())
    except LookupError:
        pass
    loaded = [type(sys.modules[name]).__name__ for name in patches.SERVER_EXTENSIONS]
    print(loaded[0], loaded[2], loaded[3])
    """
    run = subprocess.run([sys.executable, "-c", inspect.cleandoc(code)], capture_output=True, text=True, check=False)
    assert run.stdout.split() == ["module"] * 3, run.stderr


def test_nbgrader_imports_what_unpacks_archives_and_selects_parts_of_pages(
    stock: dict[str, Any], patched: dict[str, Any]
) -> None:
    assert stock["import_seldom_used_later"] == [True, True]
    assert patched["import_seldom_used_later"] == [False, False]


def test_what_is_seldom_used_works_when_it_is_asked_for(tmp_path: Path) -> None:
    code = """
    import shutil, sys
    from tinytorch.course import patches
    patches.import_seldom_used_later()
    import bs4
    from nbgrader.utils import unzip
    print(bs4.BeautifulSoup("<p>a <b>c</b></p>", "html.parser").select("p > b"))
    shutil.make_archive("sent", "zip", ".", "mine")
    unzip("sent.zip", "taken")
    print(open("taken/mine/answer.txt").read())
    print(type(sys.modules["soupsieve"]).__name__, type(sys.modules["setuptools.archive_util"]).__name__)
    """
    for folder in ("mine", "taken"):
        (tmp_path / folder).mkdir()
    (tmp_path / "mine" / "answer.txt").write_text("42")
    run = subprocess.run(
        [sys.executable, "-c", inspect.cleandoc(code)], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert run.stdout.splitlines() == ["[<b>c</b>]", "42", "module module"], run.stderr


def test_nbgrader_makes_an_engine_each_time_that_waits_5_seconds(
    stock: dict[str, Any], patched: dict[str, Any]
) -> None:
    assert stock["keep_gradebook_engines"] == [5000, False]
    assert patched["keep_gradebook_engines"] == [1000 * patches.LOCK_SECONDS, True]


def test_nbgrader_starts_a_process_to_learn_the_newest_schema(stock: dict[str, Any], patched: dict[str, Any]) -> None:
    assert stock["find_newest_schema_in_this_process"] == 1
    assert patched["find_newest_schema_in_this_process"] == 0


def test_nbgrader_asks_for_each_table_by_itself(stock: dict[str, Any], patched: dict[str, Any]) -> None:
    assert stock["create_missing_tables_only"] >= TABLES
    assert patched["create_missing_tables_only"] == 1


def test_nbgrader_checks_its_schema_again_for_each_cell(stock: dict[str, Any], patched: dict[str, Any]) -> None:
    assert stock["check_equal_cells_once"] == 5
    assert patched["check_equal_cells_once"] == 1


def test_nbgrader_takes_an_offset_for_a_number_of_seconds(stock: dict[str, Any], patched: dict[str, Any]) -> None:
    assert stock["read_times_with_their_zones"] == ["13:56"]
    assert patched["read_times_with_their_zones"] == ["12:00"]


def test_times_are_read_with_their_zones_also_if_nbgrader_is_imported_after_the_patch() -> None:
    code = """
    import sys
    from tinytorch.course import patches
    patches.read_times_with_their_zones()
    patches.read_times_with_their_zones()
    print("nbgrader" in sys.modules)
    import nbgrader.exchange.default.collect as collecting
    from nbgrader import coursedir, utils
    for read in (collecting.parse_utc, coursedir.parse_utc, utils.parse_utc):
        print(f"{read('2026-05-01 14:00 +0200'):%H:%M}")
    """
    run = subprocess.run([sys.executable, "-c", inspect.cleandoc(code)], capture_output=True, text=True, check=False)
    assert run.stdout.split() == ["False", "12:00", "12:00", "12:00"], run.stderr


def test_ipykernel_hashes_a_cell_byte_by_byte_in_python(stock: dict[str, Any], patched: dict[str, Any]) -> None:
    assert stock["hash_cells_in_c"] > 10_000
    assert patched["hash_cells_in_c"] < 10


def test_pygments_compiles_the_rules_of_each_lexer_class_anew(stock: dict[str, Any], patched: dict[str, Any]) -> None:
    assert stock["share_lexer_tables"] == 1
    assert patched["share_lexer_tables"] == 0


def test_a_lexer_with_rules_of_its_own_keeps_them() -> None:
    code = """
    from pygments.lexers import PythonLexer
    from pygments.token import Comment
    from tinytorch.course import patches
    patches.share_lexer_tables()
    class Own(PythonLexer):
        tokens = {"root": [(".+", Comment)]}
    PythonLexer()
    print(list(Own().get_tokens("x"))[0])
    """
    run = subprocess.run([sys.executable, "-c", inspect.cleandoc(code)], capture_output=True, text=True, check=False)
    assert run.stdout.strip() == "(Token.Comment, 'x')", run.stderr


def test_ipykernel_imports_a_debugger(stock: dict[str, Any], patched: dict[str, Any]) -> None:
    assert stock["without_debugger"]
    assert not patched["without_debugger"]


def test_nbdev_reads_its_settings_again_for_each_file(stock: dict[str, Any], patched: dict[str, Any]) -> None:
    assert stock["read_nbdev_settings_once"] >= 3
    assert patched["read_nbdev_settings_once"] == 1


def test_the_schema_that_is_looked_up_is_the_one_that_alembic_names() -> None:
    import nbgrader.api
    from alembic.script import ScriptDirectory

    patches.find_newest_schema_in_this_process()
    scripts = ScriptDirectory(str(Path(nbgrader.api.__file__).parent / "alembic"))
    assert [nbgrader.api.get_alembic_version()] == list(scripts.get_heads())


def test_what_jsonschema_refuses_is_refused_each_time() -> None:
    from jsonschema import ValidationError

    for _ in range(2):
        with pytest.raises(ValidationError):
            patches._validate({"grade": "yes"}, {"type": "object", "properties": {"grade": {"type": "boolean"}}})


def test_each_patch_names_a_version_and_says_what_is_known_upstream() -> None:
    for name in NAMES:
        said = inspect.getdoc(getattr(patches, name)) or ""
        assert any(character.isdigit() for character in said), name
        assert "upstream" in said.lower(), name

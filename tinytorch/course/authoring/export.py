"""Turn a notebook's exported cells into a file of the package, with nbdev."""

from __future__ import annotations

import ast
import builtins
import contextlib
import os
import re
import shutil
import subprocess
import symtable
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path

import nbdev.doclinks
import nbdev.export
from nbformat import NotebookNode

from tinytorch.course import patches
from tinytorch.course.error_text import first_line
from tinytorch.course.files import write_whole
from tinytorch.course.layout import Course, CourseError, Module
from tinytorch.course.notebook import STUB, read_notebook, role_of, sections, solution_cells

IMPORT_SECONDS = 60
DEFINITION = re.compile(r"^(class|def|@patch)\b", re.MULTILINE)


def export_notebook(course: Course, module: Module, notebook_path: Path) -> Path:
    """Export a notebook of `module` to tinytorch/core and return the file's path; `write_index` is called afterwards.

    Everything is made in a temporary folder and checked there, so a notebook that cannot be exported changes nothing:
    the `CourseError` names the cell.
    """
    notebook = read_notebook(notebook_path)
    check_exportable(notebook, notebook_path)
    check_names(notebook, notebook_path)
    with tempfile.TemporaryDirectory() as scratch:
        # The exported file names its notebook by a relative path, so the temporary folder mirrors the course's layout.
        is_source = notebook_path.resolve() == module.solution_path.resolve()
        notebook_copy = Path(scratch, "src" if is_source else "modules", module.assignment, module.notebook_name)
        notebook_copy.parent.mkdir(parents=True)
        shutil.copyfile(notebook_path, notebook_copy)
        package_copy = Path(scratch, "tinytorch")
        with _where_nbdev_finds_its_settings(course):
            nbdev.export.nb_export(notebook_copy, lib_path=package_copy)
        exported = package_copy / "core" / f"{module.name}.py"
        if not exported.is_file():
            raise CourseError(
                f"{notebook_path} does not export to tinytorch.core.{module.name}: "
                f"its first code cell must start with `#| default_exp core.{module.name}`."
            )
        stub = write_type_stub(course, exported, notebook_path)
        for file in (exported, stub):
            write_whole(module.core_path.with_suffix(file.suffix), file.read_bytes())
    return module.core_path


def check_exportable(notebook: NotebookNode, path: Path) -> None:
    """Raise `CourseError` for the first cell that is not filled in, is not valid Python, or has lost `#| export`."""
    for section, cell in sections(notebook):
        if cell.cell_type != "code" or not cell.source.startswith("#| export"):
            continue
        where = f"{path}, {section}, cell `{cell.get('id', '?')}`"
        try:
            ast.parse(cell.source)
        except SyntaxError as error:
            raise CourseError(
                f"{where}: line {error.lineno} is not valid Python ({error.msg}): fix it, run the cell, export again."
            ) from None
        if STUB in cell.source:
            raise CourseError(f"{where} is not filled in yet: write the step and delete the line `{STUB}`.")
    for cell in solution_cells(notebook):
        if DEFINITION.search(cell.source) and not cell.source.startswith("#| export"):
            raise CourseError(f"{path}, cell `{cell.get('id', '?')}` lost its first line: put `#| export` back.")


def check_names(notebook: NotebookNode, path: Path) -> None:
    """Raise `CourseError` if exported code reads a name that only a cell without `#| export` defines.

    The module would import, and fail when the name is used.
    """
    exported: dict[str, str] = {}  # from each name that exported code reads, the section that reads it
    defined: set[str] = set()
    elsewhere: dict[str, NotebookNode] = {}  # the cell without `#| export` that defines a name
    for section, cell in sections(notebook):
        if cell.cell_type != "code":
            continue
        reads, defines, has_star = names_of(cell.source)
        if not cell.source.startswith("#| export"):
            elsewhere |= dict.fromkeys(defines, cell)
            continue
        if has_star:  # nobody knows here what it defines
            return
        defined |= defines
        exported = dict.fromkeys(reads, section) | exported
    for name, section in exported.items():
        if name in elsewhere and name not in defined and not hasattr(builtins, name):
            cell = elsewhere[name]
            own = "put `#| export` at its top" if role_of(cell) is None else "define it in a cell that is exported"
            raise CourseError(
                f"{path}, {section} reads {name}, which only a cell without `#| export` defines, "
                f"`{first_line(cell.source)}`: {own}, and export again."
            )


def names_of(source: str) -> tuple[set[str], set[str], bool]:
    """Return the global names that a cell reads, those that it defines, and whether it imports with a star.

    Annotations do not count: they are not evaluated. A cell with IPython's own notation has no names.
    """
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return set(), set(), False
    has_star = any(isinstance(node, ast.ImportFrom) and node.names[0].name == "*" for node in tree.body)
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            node.annotation = None
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            node.returns = None
        elif isinstance(node, ast.AnnAssign):
            node.annotation = ast.Constant(None)
    tables = [symtable.symtable(ast.unparse(tree), "<cell>", "exec")]
    top = {symbol.get_name(): symbol for symbol in tables[0].get_symbols()}
    defines = {name for name, symbol in top.items() if symbol.is_assigned() or symbol.is_imported()}
    reads = {name for name, symbol in top.items() if symbol.is_referenced() and name not in defines}
    for table in tables:
        tables += table.get_children()  # the list grows while it is gone through
        symbols = table.get_symbols() if table.get_type() != "module" else []
        reads |= {each.get_name() for each in symbols if each.is_global() and each.is_referenced()} - defines
        defines |= {each.get_name() for each in symbols if each.is_declared_global() and each.is_assigned()}
    return reads, defines, has_star


def write_type_stub(course: Course, exported: Path, notebook_path: Path) -> Path:
    """Write the .pyi beside an exported file and return its path: type checkers do not see methods that `@patch` adds.

    fastcore imports the file to do this, so it runs in a process of its own: a student's code never runs in ours.
    """
    code = (
        "from fastcore.py2pyi import create_pyi\n"
        "from tinytorch.core import naming_the_cell\n"
        f"with naming_the_cell({str(exported)!r}):\n"
        f"    create_pyi({str(exported)!r}, package='tinytorch.core')"
    )
    environment = {**os.environ, "PYTHONPATH": str(course.root)}
    try:
        result = subprocess.run(
            [sys.executable, "-c", code],
            cwd=course.root,
            env=environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            timeout=IMPORT_SECONDS,
            check=False,
        )
        reason = (result.stderr.strip().splitlines() or ["no reason given"])[-1] if result.returncode else ""
    except subprocess.TimeoutExpired:
        reason = f"it did not finish within {IMPORT_SECONDS} s"
    _, broken, said = reason.partition("BrokenExport: ")
    if broken:
        raise CourseError(f"{notebook_path} cannot be exported. {said}")
    if reason:
        raise CourseError(
            f"{notebook_path} exports to a module that cannot be imported ({reason}): "
            "restart the kernel, run all cells, fix the one that fails, export again."
        )
    stub = exported.with_suffix(".pyi")
    # fastcore leaves its own decorator on patched properties, and its import, which mypy cannot follow
    text = stub.read_text(encoding="utf-8").replace("@patch(as_prop=True)", "@property")
    stub.write_text(text.replace("from fastcore.basics import patch\n", "") + "\n", encoding="utf-8")
    return stub


def write_index(course: Course) -> None:
    """Write nbdev's index of what the package's files define."""
    with _where_nbdev_finds_its_settings(course), patches.read_nbdev_settings_once():
        nbdev.doclinks._build_modidx()


@contextlib.contextmanager
def _where_nbdev_finds_its_settings(course: Course) -> Iterator[None]:
    """Change into the course's folder: nbdev looks for [tool.nbdev] in the current folder, then further and further up.

    Raise `CourseError` if the course's own pyproject.toml has no such section, rather than use another project's.
    """
    project = course.root / "pyproject.toml"
    if not project.is_file() or "nbdev" not in tomllib.loads(project.read_text(encoding="utf-8")).get("tool", {}):
        raise CourseError(f"{project} has no section [tool.nbdev]: copy it from a new bundle's pyproject.toml.")
    with contextlib.chdir(course.root):
        yield

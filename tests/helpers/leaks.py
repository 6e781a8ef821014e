"""Finding lines that must not be seen: of a solution or of a hidden test, in a notebook, a page or a traceback.

A line counts when it has 20 characters or more and stands in no cell as it is released. What is released is read off
the solution notebook here (all that is outside its solution and hidden regions), not off the released one: a line that
leaked into the release would excuse itself there.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from pathlib import Path

from nbformat import NotebookNode

from tinytorch.course.authoring.build import read_source
from tinytorch.course.layout import Course, Module

LEAST_CHARACTERS = 20


def hidden_lines(solution_notebook: NotebookNode) -> set[str]:
    """Return the lines of the hidden tests that count."""
    return _secret_lines(solution_notebook, "HIDDEN TESTS")


def solution_lines(solution_notebook: NotebookNode) -> set[str]:
    """Return the lines of the solutions that count."""
    return _secret_lines(solution_notebook, "SOLUTION")


def find_leaks(lines: Iterable[str], text: str, own: str = "") -> list[str]:
    """Return those of the lines that stand in `text`, but for the ones that the student's `own` text holds.

    `text` may be a notebook's JSON, a page's HTML or a coloured traceback: escapes and markup hide nothing.
    """
    shown, own = _forms(text), _bare(own)
    return sorted(line for line in lines if (bare := _bare_line(line)) in shown and bare not in own)


@lru_cache(4)  # a page is searched for several kinds of lines
def _forms(text: str) -> str:
    """Return what can be read in a text, with its markup and without, a space between both: no bare line has one."""
    return f"{_bare(text)} {_bare(re.sub(r'<[^>]*>', '', text))}"


@lru_cache(20_000)  # and a class of pages for the same lines
def _bare_line(line: str) -> str:
    return _bare(line)


@cache  # the sources of a course that a test reads stay as they are
def bundle_secrets(course: Course, first: Module) -> set[str]:
    """Return the lines that must not be in the bundle of `first` and later modules: of hidden tests, and of solutions.

    What earlier modules export goes along. So a line of it counts no more than one of a released cell, and so does one
    that the tools, which go along as they are, have by chance.
    """
    notebooks = {module: read_source(module.source_path.read_text(encoding="utf-8")) for module in course.modules}
    secret, open_text = set(), []
    for module, notebook in notebooks.items():
        secret |= hidden_lines(notebook)
        given = ["", "SOLUTION"] if module < first else [""]
        if module >= first:
            secret |= solution_lines(notebook)
        open_text += [line for region, line in _lines_by_region(notebook) if region in given]
    package = course.root / "tinytorch"
    tools = [path for part in ("course", "datasets", "profiling") for path in sorted((package / part).rglob("*.py"))]
    open_text += [path.read_text(encoding="utf-8") for path in [package / "__init__.py", *tools]]
    visible = _bare("\n".join(open_text))
    return {line for line in secret if _bare(line) not in visible}


def leaks_below(folder: Path, lines: set[str]) -> dict[str, list[str]]:
    """Return the lines that stand in files below a folder, by the file; archives are not looked into."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and (leaks := find_leaks(lines, path.read_bytes().decode("utf-8", errors="replace"))):
            found[path.relative_to(folder).as_posix()] = leaks
    return found


def _lines_by_region(notebook: NotebookNode) -> Iterator[tuple[str, str]]:
    """Return each line of the cells with the region that it stands in: "HIDDEN TESTS", "SOLUTION", or none."""
    for cell in notebook.cells:
        inside = ""
        for line in cell.source.splitlines():
            if mark := re.search(r"### (BEGIN|END) (HIDDEN TESTS|SOLUTION)", line):
                inside = mark[2] if mark[1] == "BEGIN" else ""
            else:
                yield inside, line


def _secret_lines(notebook: NotebookNode, region: str) -> set[str]:
    released, secret = [], set()
    for inside, line in _lines_by_region(notebook):
        if not inside:
            released.append(_bare(line))
        elif inside == region and len(line.strip()) >= LEAST_CHARACTERS:
            secret.add(line.strip())
    visible = "\n".join(released)
    return {line for line in secret if _bare(line) not in visible}


def _bare(text: str) -> str:
    """Take away what JSON, repr, HTML and a terminal add, and all white space."""
    text = re.sub(r"\x1b\[[0-9;]*[A-Za-z]|\\u001b\[[0-9;]*[A-Za-z]", "", text)
    return re.sub(r"\\n|[\\\s]", "", html.unescape(text))

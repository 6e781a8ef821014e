"""Finding lines that must not be seen: of a solution or of a hidden test, in a notebook, a page or a traceback.

A line counts when it has 20 characters or more and stands in no cell as it is released. What is released is read off
the solution notebook here (all that is outside its solution and hidden regions), not off the released one: a line that
leaked into the release would excuse itself there.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from functools import lru_cache

from nbformat import NotebookNode

LEAST_CHARACTERS = 20


def hidden_lines(solution_notebook: NotebookNode) -> set[str]:
    """Give the lines of the hidden tests that count."""
    return _secret_lines(solution_notebook, "HIDDEN TESTS")


def solution_lines(solution_notebook: NotebookNode) -> set[str]:
    """Give the lines of the solutions that count."""
    return _secret_lines(solution_notebook, "SOLUTION")


def find_leaks(lines: Iterable[str], text: str, own: str = "") -> list[str]:
    """Give those of the lines that stand in `text`, but for the ones that the student's `own` text holds.

    `text` may be a notebook's JSON, a page's HTML or a coloured traceback: escapes and markup hide nothing.
    """
    shown, own = _forms(text), _bare(own)
    return sorted(line for line in lines if any(_bare_line(line) in form for form in shown) and _bare(line) not in own)


@lru_cache(4)  # a page is searched for several kinds of lines
def _forms(text: str) -> tuple[str, str]:
    """Give what can be read in a text: with its markup, and without."""
    return _bare(text), _bare(re.sub(r"<[^>]*>", "", text))


@lru_cache(20_000)  # and a class of pages for the same lines
def _bare_line(line: str) -> str:
    return _bare(line)


def _secret_lines(notebook: NotebookNode, region: str) -> set[str]:
    released, secret = [], set()
    for cell in notebook.cells:
        inside = ""
        for line in cell.source.splitlines():
            if mark := re.search(r"### (BEGIN|END) (HIDDEN TESTS|SOLUTION)", line):
                inside = mark[2] if mark[1] == "BEGIN" else ""
            elif not inside:
                released.append(_bare(line))
            elif inside == region and len(line.strip()) >= LEAST_CHARACTERS:
                secret.add(line.strip())
    visible = "\n".join(released)
    return {line for line in secret if _bare(line) not in visible}


def _bare(text: str) -> str:
    """Take away what JSON, repr, HTML and a terminal add, and all white space."""
    text = re.sub(r"\x1b\[[0-9;]*[A-Za-z]|\\u001b\[[0-9;]*[A-Za-z]", "", text)
    return re.sub(r"\\n|[\\\s]", "", html.unescape(text))

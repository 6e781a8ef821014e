"""What a feedback page shows of errors: each traceback once, without other packages' code, and no endless value."""

from __future__ import annotations

import re

from nbformat import NotebookNode

from tinytorch.course.error_text import first_line, in_one_line, shortened

MOST_CHARACTERS = 1_500  # of one part of a traceback: a frame, or the message
HEADER_PARTS = 2  # a line of dashes, and one that says that frames follow
OF_A_PACKAGE = re.compile(r"\s*File\b[^\n]*[/\\](?:site-packages|lib[/\\]python3)[^\n]*")
ANSI = re.compile(r"\x1b\[[0-9;]*m")


def bound_errors(notebook: NotebookNode) -> None:
    """Shorten the errors in a notebook's outputs, and show the lines that led to several of them once."""
    shown_by: dict[str, str] = {}  # the test or cell that shows these frames
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.output_type != "error":
                continue
            output.evalue = in_one_line(output.evalue)
            *frames, message = output.traceback or [""]
            before = shown_by.setdefault("\n".join(frames), _name(cell))
            if len(frames) > HEADER_PARTS and before != _name(cell):
                frames = [f"From the same line as in {before}:"]
            output.traceback = [shortened(_without_code(part), MOST_CHARACTERS) for part in (*frames, message)]


def _name(cell: NotebookNode) -> str:
    """Return what a cell is called: "Test 5a", or its first line if it is no test."""
    return first_line(cell.source).lstrip("# ").split(" · ")[0]


def _without_code(part: str) -> str:
    """Return a frame of an installed package as its first line alone, and any other part as it is."""
    frame = OF_A_PACKAGE.match(ANSI.sub("", part))
    return frame[0] + "\n" if frame else part

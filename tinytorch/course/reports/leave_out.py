"""What a feedback page leaves out: what the student was given and has in the notebook, where nothing came of it."""

from __future__ import annotations

import functools
import re
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Unicode

from tinytorch.course.layout import Course, CourseError
from tinytorch.course.notebook import EXPLORE, role_of
from tinytorch.course.released import released_notebook
from tinytorch.course.reports.bound_errors import bound_errors

HEADING = re.compile(r"^#{1,2} .*$", re.MULTILINE)
MOST_PICTURE_CHARACTERS = 200_000  # of all pictures of a page together, as they are written into it: 150 kB of PNG
TOO_LARGE = "[a picture of {kilobytes:,} kB, too large for this page: run the cell to see it]"
SHOWN_BEFORE = "[the same picture as above]"


class LeaveOutReleased(NbGraderPreprocessor):  # type: ignore[misc]
    """Leave out cells that are as they were released and say nothing; of their prose, the headings stay.

    What is judged stays: answers, tests and comments. So does what the student changed or added, and every cell with an
    output. Pictures stay as long as they fit on a page, each of them once; so does each traceback.
    """

    course_root = Unicode(help="The course folder, which has the released notebooks.").tag(config=True)

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self._released = functools.lru_cache(maxsize=1)(_released_sources)

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Take cells out of the notebook; `resources["left_out"]` says whether there were any."""
        released = self._released(self.course_root, resources["nbgrader"]["assignment"])
        before = len(nb.cells)
        kept: list[NotebookNode] = []
        heading: NotebookNode | None = None
        for cell in nb.cells:
            if not _is_as_released(cell, released):
                kept += [heading, cell] if heading else [cell]
                heading = None
            elif cell.cell_type == "markdown" and (titles := HEADING.findall(cell.source)):
                heading = NotebookNode({**cell, "source": titles[-1]})
        nb.cells = kept
        resources["left_out"] = len(kept) < before
        _bound_pictures(nb)
        bound_errors(nb)
        return nb, resources


def _is_as_released(cell: NotebookNode, released: frozenset[str]) -> bool:
    """Whether a cell says only what the student was given."""
    its = cell.metadata.get("nbgrader", {})
    if its.get("solution") or its.get("task") or its.get("points") or cell.get("outputs"):
        return False
    return cell.source in released or role_of(cell) in ("given", "test") or EXPLORE in cell.metadata.get("tags", [])


def _released_sources(course_root: str, assignment: str) -> frozenset[str]:
    """Return the source of each released cell; none if the release is missing, so that all is shown."""
    try:
        course = Course(Path(course_root))
        notebook = released_notebook(course, course.module(assignment))
    except CourseError:
        return frozenset()
    return frozenset(cell.source for cell in notebook.cells)


def _bound_pictures(notebook: NotebookNode) -> None:
    """Put a sentence in place of pictures that a page has already, or that are too large for it."""
    seen: set[str] = set()
    left = MOST_PICTURE_CHARACTERS
    for output in (output for cell in notebook.cells for output in cell.get("outputs", [])):
        pictures = {kind: str(text) for kind, text in output.get("data", {}).items() if kind.startswith("image/")}
        if not pictures:
            continue
        size = max(map(len, pictures.values()))
        every = "".join(pictures.values())
        if every in seen:
            _say_instead(output, SHOWN_BEFORE)
        elif size > left:
            _say_instead(output, TOO_LARGE.format(kilobytes=-(-size * 3 // 4000)))
        else:
            seen.add(every)
            left -= size


def _say_instead(output: NotebookNode, text: str) -> None:
    output.data = NotebookNode({"text/plain": text})

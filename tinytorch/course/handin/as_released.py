"""The part of a submission that is graded: its answers, in the notebook as it was released.

Whatever else is in it, such as tags, settings, outputs and a kernel's name, has no effect.
"""

from __future__ import annotations

import copy
import functools
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Unicode

from tinytorch.course.gradebook.open_read_only import open_read_only
from tinytorch.course.handin.align_cells import align_cells
from tinytorch.course.handin.leftover_stubs import mend_stubs
from tinytorch.course.layout import Course, Module
from tinytorch.course.notebook import EXPLORE, explore_cells, grade_id, grade_ids, role_of, tag_as_released
from tinytorch.course.notes import add_note, clear_notes
from tinytorch.course.released import released_notebook


class GradeAsReleased(NbGraderPreprocessor):  # type: ignore[misc]
    """Put the answers of a submission into the released notebook, and note what had to be put right.

    nbgrader's `OverwriteCells`, which adds the hidden tests, runs after it.
    """

    course_root = Unicode(help="The course folder, which has the released notebooks.").tag(config=True)

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        # for as long as this preprocessor lives, one run of a command, most often for one assignment
        self._released = functools.lru_cache(maxsize=1)(_released)

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Rearrange the notebook; `resources["tinytorch"]` has the remarks from reading its file."""
        names = resources["nbgrader"]
        course = Course(Path(self.course_root))
        module = course.module(names["assignment"])
        released = self._released(course, module, names["db_url"])  # only read here

        remarks = resources.get("tinytorch", [])
        tagged = tags_on_tests(nb)
        language = language_of(nb)
        nb.metadata = NotebookNode(kernelspec=copy.deepcopy(released.metadata.kernelspec))
        nb.nbformat, nb.nbformat_minor = 4, 5
        notes = align_cells(nb, released)
        tag_as_released(nb, explore_cells(released))

        clear_notes(nb)
        for tag, cells in tagged.items():
            add_note(
                nb, "flag", cells[0], f"the tag `{tag}` was put on {len(cells)} test cells; such cells are passed over"
            )
        for kind, sentence in remarks:
            add_note(nb, kind, "", sentence)
        if language != "python":
            add_note(nb, "note", "", f"the notebook was saved with a kernel for {language}; it was graded with Python")
        if any(kind == "fault" for kind, _ in remarks):  # the file was not a notebook
            return nb, resources
        for note in notes + mend_stubs(nb, released):
            add_note(nb, note.kind, note.cell, note.text)
        return nb, resources


def _released(course: Course, module: Module, db_url: str) -> NotebookNode:
    """Return the released notebook, whose cells have to be those that the gradebook knows."""
    released = released_notebook(course, module)
    with open_read_only(db_url) as gradebook:
        known = {cell.name for cell in gradebook.find_notebook(module.name, module.assignment).source_cells}
    if known != grade_ids(released):
        raise RuntimeError(f"{module.released_path} is not what the gradebook knows: run `tito build` first")
    return released


def tags_on_tests(notebook: NotebookNode) -> dict[str, list[str]]:
    """Return, by tag, the test cells that have a tag with which a runner passes over a cell or its errors."""
    found: dict[str, list[str]] = {}
    for cell in notebook.cells:
        if role_of(cell) == "test":
            for tag in {"skip-execution", "raises-exception", EXPLORE} & set(cell.metadata.get("tags", [])):
                found.setdefault(tag, []).append(grade_id(cell) or "")
    return dict(sorted(found.items()))


def language_of(notebook: NotebookNode) -> str:
    """Return the language that a notebook says it is in; Python if it says nothing."""
    for part in ("kernelspec", "language_info"):
        described = notebook.metadata.get(part)
        if isinstance(described, dict):
            language = described.get("language") or (described.get("name") if part == "language_info" else None)
            if language:
                return str(language).lower()
    return "python"

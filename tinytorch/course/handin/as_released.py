"""What of a submission is graded: its answers, in the notebook as it was released.

What it carries beside them, such as tags, settings, outputs and a kernel's name, counts for nothing.
"""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Unicode

from tinytorch.course.handin.align_cells import place_cells
from tinytorch.course.handin.leftover_stubs import mend_stubs
from tinytorch.course.layout import Course, Module
from tinytorch.course.notebook import EXPLORE, explore_cells, grade_id, grade_ids, role_of, tag_as_released
from tinytorch.course.notes import add_note, clear_notes
from tinytorch.course.released import released_notebook


class GradeAsReleased(NbGraderPreprocessor):  # type: ignore[misc]
    """Put the answers of a submission into the released notebook, and note what had to be put right.

    nbgrader's `OverwriteCells` comes after it and adds the hidden tests.
    """

    course_root = Unicode(help="The course folder, which holds the released notebooks.").tag(config=True)

    _released: tuple[tuple[Module, str], NotebookNode] | None = None  # of the submission before, most often the same

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Rearrange the notebook; `resources["tinytorch"]` holds what reading its file had to tell."""
        names = resources["nbgrader"]
        course = Course(Path(self.course_root))
        module = course.module(names["assignment"])
        place = module, names["db_url"]
        if self._released is None or self._released[0] != place:
            released = released_notebook(course, module)
            with Gradebook(names["db_url"]) as gradebook:
                cells = gradebook.find_notebook(names["notebook"], names["assignment"]).source_cells
                known = {cell.name for cell in cells}
            if known != grade_ids(released):
                raise RuntimeError(f"{module.released_path} is not what the gradebook knows: run `tito build` first")
            self._released = place, released
        released = self._released[1]

        remarks = resources.get("tinytorch", [])
        tagged = tags_on_tests(nb)
        language = language_of(nb)
        nb.metadata = NotebookNode(kernelspec=copy.deepcopy(released.metadata.kernelspec))
        nb.nbformat, nb.nbformat_minor = 4, 5
        notes = place_cells(nb, released)
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
        if any(kind == "fault" for kind, _ in remarks):  # there was no notebook to put right
            return nb, resources
        for note in notes + mend_stubs(nb, released):
            add_note(nb, note.kind, note.cell, note.text)
        return nb, resources


def tags_on_tests(notebook: NotebookNode) -> dict[str, list[str]]:
    """Return the names of the test cells that carry a tag by which a runner passes over a cell or its errors."""
    found: dict[str, list[str]] = {}
    for cell in notebook.cells:
        if role_of(cell) == "test":
            for tag in {"skip-execution", "raises-exception", EXPLORE} & set(cell.metadata.get("tags", [])):
                found.setdefault(tag, []).append(grade_id(cell) or "")
    return dict(sorted(found.items()))


def language_of(notebook: NotebookNode) -> str:
    """Return the language that a notebook says it is in; one that says nothing is in Python."""
    for part in ("kernelspec", "language_info"):
        described = notebook.metadata.get(part)
        if isinstance(described, dict):
            language = described.get("language") or (described.get("name") if part == "language_info" else None)
            if language:
                return str(language).lower()
    return "python"

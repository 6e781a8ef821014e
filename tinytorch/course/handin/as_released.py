"""nbgrader's preprocessor that puts the answers of a submission into the notebook as it was released."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Unicode

from tinytorch.course.gradebook.open_read_only import open_read_only
from tinytorch.course.handin.take_answers import take_answers
from tinytorch.course.layout import Course, Module
from tinytorch.course.notebook import grade_ids
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
        take_answers(nb, released, resources.get("tinytorch", []))
        return nb, resources


def _released(course: Course, module: Module, db_url: str) -> NotebookNode:
    """Return the released notebook, whose cells have to be those that the gradebook knows."""
    released = released_notebook(course, module)
    with open_read_only(db_url) as gradebook:
        known = {cell.name for cell in gradebook.find_notebook(module.name, module.assignment).source_cells}
    if known != grade_ids(released):
        raise RuntimeError(f"{module.released_path} is not what the gradebook knows: run `tito build` first")
    return released

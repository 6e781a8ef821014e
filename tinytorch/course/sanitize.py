"""Which cells grading passes over: decided from the released notebook, never from the submission."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Unicode

from tinytorch.course.layout import Course
from tinytorch.course.notebook import explore_cells, read_notebook

EXPLORE = "explore"


class TrustReleasedTags(NbGraderPreprocessor):  # type: ignore[misc]
    """Drop all tags that a submission carries and tag `explore` the cells that the release tags so, if unchanged.

    With stock nbgrader a student who tags the tests `skip-execution` gets full marks.
    """

    course_root = Unicode(help="The course folder, which holds the released notebooks.").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Replace the tags of every cell by those of its untouched counterpart in the release."""
        module = Course(Path(self.course_root)).module(resources["nbgrader"]["assignment"])
        released = explore_cells(read_notebook(module.released_path)) if module.released_path.is_file() else {}
        tag_as_released(nb, released)
        return nb, resources


def tag_as_released(notebook: NotebookNode, explore_sources: dict[str, str]) -> None:
    """Tag `explore` exactly the cells that have the id and the source of a released explore cell.

    A cell that nbgrader knows is never tagged: a test in an explore cell's clothes is still a test.
    """
    for cell in notebook.cells:
        cell.metadata.pop("tags", None)
        unchanged = cell.get("id") in explore_sources and explore_sources[cell.id] == cell.source
        if unchanged and not cell.metadata.get("nbgrader"):
            cell.metadata.tags = [EXPLORE]

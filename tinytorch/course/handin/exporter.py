"""How nbgrader reads what was handed in, which nbconvert's exporters do for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nbconvert.exporters import NotebookExporter

from tinytorch.course.handin.read_file import receive


class SubmissionExporter(NotebookExporter):  # type: ignore[misc]
    """How nbgrader reads a submission: a file that is not a notebook becomes an empty notebook, which gets 0 points.

    The preprocessors find the remarks on the file in `resources["tinytorch"]`, as pairs of kind and sentence.
    """

    def from_file(
        self, file_stream: Any, resources: dict[str, Any] | None = None, **settings: Any
    ) -> tuple[str, dict[str, Any]]:
        """Read the file that nbconvert opened again, in its own encoding."""
        resources = {} if resources is None else resources
        notebook, resources["tinytorch"] = receive(Path(file_stream.name))
        exported: tuple[str, dict[str, Any]] = self.from_notebook_node(notebook, resources=resources, **settings)
        return exported

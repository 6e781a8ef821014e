"""What a release leaves in a solution cell: a stub that raises, or in an optional step one that does nothing.

Hidden tests are cut out of a release by nbgrader's own ClearHiddenTests: nbgrader_config.py lists what a release goes
through (c.GenerateAssignment.preprocessors).
"""

from __future__ import annotations

from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import ClearSolutions
from nbgrader.utils import temp_attrs
from traitlets import Dict

OPTIONAL = "optional"  # tags a solution cell that may stay as it was released: even then it runs and is exported


class ClearSteps(ClearSolutions):  # type: ignore[misc]
    """nbgrader's ClearSolutions, with a stub of its own for optional cells."""

    optional_stub = Dict(help="The code that will replace solutions in cells tagged optional.").tag(config=True)

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], cell_index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Replace a solution with its stub."""
        stub = self.optional_stub if OPTIONAL in cell.metadata.get("tags", []) else self.code_stub
        with temp_attrs(self, code_stub=stub):
            cleared: tuple[NotebookNode, dict[str, Any]] = super().preprocess_cell(cell, resources, cell_index)
        return cleared

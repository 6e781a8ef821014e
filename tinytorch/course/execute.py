"""Running a submission: nbgrader's Execute, with the staged package and nothing of the folder it runs in."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path
from typing import Any

from nbclient.util import ensure_async, run_sync
from nbformat import NotebookNode
from nbgrader.preprocessors import Execute
from traitlets import List, Unicode

from tinytorch.course.layout import Course
from tinytorch.course.stage import stage_package, staged_environment


class ExecuteStaged(Execute):  # type: ignore[misc]
    """Run the cells of a submission in a kernel that imports only what the course gives it.

    It reads the module from `resources["nbgrader"]["assignment"]`, as nbgrader's own preprocessors do.
    """

    course_root = Unicode(help="The course folder, whose tinytorch is staged for the kernel.").tag(config=True)
    # A `tinytorch/` that was handed in beside the notebook must not come before the staged one.
    extra_arguments = List(["--InteractiveShellApp.ignore_cwd=True"]).tag(config=True)

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any], km: Any = None
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Run the notebook with the package staged for its module."""
        course = Course(Path(self.course_root))
        with tempfile.TemporaryDirectory(prefix="tinytorch-stage-") as stage:
            stage_package(course, course.module(resources["nbgrader"]["assignment"]), Path(stage))
            self._environment = staged_environment(Path(stage))
            nb, resources = super().preprocess(nb, resources, km)
        return nb, resources

    async def async_start_new_kernel(self, **kwargs: Any) -> None:
        """Start the kernel in the staged environment; what it writes past Jupyter is not for the grader's terminal."""
        kwargs.update(env=self._environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        await ensure_async(super().async_start_new_kernel(**kwargs))

    start_new_kernel = run_sync(async_start_new_kernel)

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Run one cell. What it warned stays to be read, as plain output: nbgrader scores any stderr 0."""
        cell, resources = super().preprocess_cell(cell, resources, index)
        for output in cell.get("outputs", []):
            if output.output_type == "stream":
                output.name = "stdout"
        return cell, resources

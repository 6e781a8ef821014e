"""Where nbgrader keeps what there is of one assignment, student by student."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.coursedir import CourseDirectory

from tinytorch.course.layout import Module

EXCHANGE_FILES = ("timestamp.txt", "submission_secret.txt")


@dataclass(frozen=True)
class StudentFiles:
    """The files of an assignment, below the folders that nbgrader's configuration names."""

    coursedir: CourseDirectory
    module: Module

    def submitted_folder(self, student: str) -> Path:
        """Return the folder of what a student handed in."""
        return self._folder(self.coursedir.submitted_directory, student)

    def graded_folder(self, student: str) -> Path:
        """Return the folder in autograded/."""
        return self._folder(self.coursedir.autograded_directory, student)

    def graded_notebook(self, student: str) -> Path:
        """Return the notebook in it: as it ran, with its notes."""
        return self.graded_folder(student) / self.module.notebook_name

    def page(self, student: str) -> Path:
        """Return the feedback page."""
        return self._folder(self.coursedir.feedback_directory, student) / f"{self.module.name}.html"

    def exchange_files(self, student: str) -> dict[str, bytes]:
        """Return what `nbgrader release_feedback` wants beside a page: the time and the secret of the submission."""
        paths = [self.graded_folder(student) / name for name in EXCHANGE_FILES]
        return {path.name: path.read_bytes() for path in paths if path.is_file()}

    def read_graded(self, student: str) -> NotebookNode:
        """Read the notebook in autograded/; grading wrote it, so it is not checked again."""
        return nbformat.v4.reads(self.graded_notebook(student).read_text(encoding="utf-8"))

    def _folder(self, kind: str, student: str) -> Path:
        return Path(self.coursedir.format_path(kind, student, self.module.assignment))

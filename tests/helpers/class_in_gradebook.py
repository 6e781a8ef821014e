"""A class of the small course, graded into a gradebook of any kind."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook

from tests.helpers.tiny_course import TinyCourse

IN_A_FILE = "c.CourseDirectory.db_url = f\"sqlite:///{root / 'gradebook.db'}\"\n"
BY_ENVIRONMENT = 'c.CourseDirectory.db_url = os.environ["GRADEBOOK"]\n'
STUDENTS = ("right", "wrong", "answers", "prints")  # the last one is held back
MADE_BY_GRADING = ("submitted", "autograded", "feedback", "history", ".results", "*.csv", "report.html")


@dataclass(frozen=True)
class Graded:
    """A course whose class was graded into a gradebook."""

    course: TinyCourse
    folder: Path
    url: str
    run: subprocess.CompletedProcess[str]

    @property
    def report(self) -> list[str]:
        """Return what the run told, but for its progress, which comes in any order."""
        return [line for line in self.run.stdout.splitlines() if not line.startswith("graded ")]

    def grade(self, *options: str) -> subprocess.CompletedProcess[str]:
        """Grade the class."""
        return self.tito("grade", str(self.folder), *options)

    def tito(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run tito."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("GRADEBOOK", self.url)
            return self.course.tito(*command)

    def nbgrader(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run plain nbgrader."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("GRADEBOOK", self.url)
            return self.course.run("nbgrader", *command)

    def page(self, student: str) -> str:
        """Return a student's feedback page."""
        return (self.course.root / "feedback" / student / "02_tiny" / "tiny.html").read_text(encoding="utf-8")

    def results(self) -> dict[str, int]:
        """Return when each result that workers gave was kept."""
        kept = (self.course.root / ".results" / "02_tiny").glob("*.gz")
        return {path.stem: path.stat().st_mtime_ns for path in kept}

    def scores(self) -> list[tuple[Any, ...]]:
        """Return all that the gradebook holds of the class."""
        rows: list[tuple[Any, ...]] = []
        with Gradebook(self.url, "tinytorch") as gradebook:
            for submission in gradebook.assignment_submissions("02_tiny"):
                student, (notebook,) = submission.student_id, submission.notebooks
                rows.append((student, submission.timestamp, submission.score, submission.max_score))
                rows.append((student, notebook.late_submission_penalty, notebook.needs_manual_grade))
                for each in notebook.grades:
                    scores = (each.auto_score, each.manual_score, each.extra_credit, each.score, each.max_score)
                    rows.append((student, each.name, *scores, each.needs_manual_grade))
                rows += [(student, each.name, each.auto_comment, each.manual_comment) for each in notebook.comments]
        return sorted(rows, key=repr)


def grade_into(root: Path, folder: Path, url: str) -> Graded:
    """Grade the notebooks of `folder` with the course at `root`, whose gradebook has that URL."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADEBOOK", url)
        return Graded(TinyCourse(root), folder, url, TinyCourse(root).tito("grade", folder))

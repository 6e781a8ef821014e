"""nbgrader.csv: what nbgrader's own exporter writes."""

from __future__ import annotations

import csv
import io
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook
from nbgrader.plugins import CsvExportPlugin

from tinytorch.course.files import write_whole
from tinytorch.course.reports.spreadsheet_cells import plain_cell


def write_nbgrader_csv(gradebook: Gradebook, assignment: str, path: Path) -> None:
    """Write what nbgrader's own exporter writes, for one assignment and every student of the gradebook."""
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder) / path.name
        exporter = CsvExportPlugin()
        exporter.to, exporter.assignment = str(written), [assignment]
        exporter.export(_QuotedGradebook(gradebook))
        write_whole(path, written.read_bytes())


@dataclass(frozen=True)
class _QuotedStudent:
    """A student as nbgrader's exporter may write one: it puts values between commas as they are."""

    id: str
    first_name: str | None
    last_name: str | None
    email: str | None


class _QuotedGradebook:
    """What nbgrader's exporter asks of a gradebook, with students' names and addresses ready for a CSV file."""

    def __init__(self, gradebook: Gradebook) -> None:
        self.gradebook = gradebook
        self.assignments = gradebook.assignments
        self.ids = {_quoted(student.id): student.id for student in gradebook.students}
        self.students = [
            _QuotedStudent(*(_quoted(each) for each in (known.id, known.first_name, known.last_name, known.email)))
            for known in sorted(gradebook.students, key=_by_name)
        ]

    def find_submission(self, assignment: str, student: str) -> Any:
        """Return a student's submission, by the id as it is written."""
        return self.gradebook.find_submission(assignment, self.ids[student])


def _by_name(student: Any) -> tuple[str, str, str]:
    """Return the key that sorts students; nbgrader leaves the order of those without a name to the database."""
    return student.last_name or "", student.first_name or "", student.id


def _quoted(text: str | None) -> str:
    """Return a text as a CSV file's cell, with quotes if it needs them."""
    cell = io.StringIO()
    csv.writer(cell, lineterminator="").writerow([plain_cell(text or "")])
    return cell.getvalue() if text else ""

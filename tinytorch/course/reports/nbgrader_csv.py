"""nbgrader.csv, which nbgrader's own exporter writes."""

from __future__ import annotations

import csv
import io
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbgrader.api import MissingEntry
from nbgrader.plugins import CsvExportPlugin

from tinytorch.course.files import write_whole
from tinytorch.course.gradebook.fast_rows import load_totals
from tinytorch.course.gradebook.open_read_only import ReadOnlyGradebook
from tinytorch.course.reports.spreadsheet_cells import plain_cell


def write_nbgrader_csv(gradebook: ReadOnlyGradebook, assignment: str, path: Path) -> None:
    """Write nbgrader's own export of one assignment, with every student of the gradebook."""
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder) / path.name
        exporter = CsvExportPlugin()
        exporter.to, exporter.assignment = str(written), [assignment]
        exporter.export(_QuotedGradebook(gradebook, assignment))
        write_whole(path, written.read_bytes())


@dataclass(frozen=True)
class _QuotedStudent:
    """A student with values that are quoted already: nbgrader's exporter does not quote them."""

    id: str
    first_name: str | None
    last_name: str | None
    email: str | None


class _QuotedGradebook:
    """The part of a gradebook that nbgrader's exporter uses, with the students' names and addresses quoted."""

    def __init__(self, gradebook: ReadOnlyGradebook, assignment: str) -> None:
        self.assignments, students = gradebook.assignments, sorted(gradebook.students, key=_by_name)
        self.submissions = {_quoted(each): row for each, row in load_totals(gradebook, assignment).items()}
        self.students = [
            _QuotedStudent(*(_quoted(each) for each in (known.id, known.first_name, known.last_name, known.email)))
            for known in students
        ]

    def find_submission(self, assignment: str, student: str) -> Any:
        """Return the submission of a student with a quoted id, to the only assignment that is exported."""
        if student not in self.submissions:
            raise MissingEntry(f"No such submission: {assignment} for {student}")
        return self.submissions[student]


def _by_name(student: Any) -> tuple[str, str, str]:
    """Return the key to sort students by; nbgrader leaves the order of those without a name to the database."""
    return student.last_name or "", student.first_name or "", student.id


def _quoted(text: str | None) -> str:
    """Return a text as a cell of a CSV file, in quotation marks if it needs them."""
    cell = io.StringIO()
    csv.writer(cell, lineterminator="").writerow([plain_cell(text or "")])
    return cell.getvalue() if text else ""

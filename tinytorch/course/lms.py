"""Scores for a learning management system: nbgrader's own CSV, and the file that Canvas' gradebook imports.

canvas.csv has the columns that Canvas looks for, in its order: Student, ID, SIS User ID, SIS Login ID, Section, and the
assignment. Canvas finds a student by ID (the gradebook's `lms_user_id`), else by SIS Login ID (our student id), else by
name, and the assignment by its title; where it finds none it asks.

The score is what nbgrader counts: tests and written answers less the late penalty. While written answers wait it is the
score so far: grade them, grade the folder again, and import the new file. Who could not be graded, or is held back
until a person has looked, has no row. Canvas would take an empty cell for a score that was taken away; a student whom
the file does not name keeps what is there.
"""

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
from tinytorch.course.results import ClassResults, plain_cell

CANVAS_COLUMNS = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
CANVAS_POINTS = "Points Possible"  # what the first cell of Canvas' row of maximal points holds


def write_nbgrader_csv(gradebook: Gradebook, assignment: str, path: Path) -> None:
    """Write what nbgrader's own exporter writes, for one assignment and every student of the gradebook."""
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder) / path.name
        exporter = CsvExportPlugin()
        exporter.to, exporter.assignment = str(written), [assignment]
        exporter.export(_QuotedGradebook(gradebook))
        write_whole(path, written.read_bytes())


def write_canvas_csv(results: ClassResults, gradebook: Gradebook, path: Path) -> None:
    """Write the file that Canvas' gradebook imports: a row per student of this run whose score stands."""
    assignment = gradebook.find_assignment(results.module.assignment)
    table = io.StringIO(newline="")
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow([*CANVAS_COLUMNS, plain_cell(assignment.name)])
    writer.writerow([f"    {CANVAS_POINTS}", "", "", "", "", _score(assignment.max_score)])
    for student in results.graded:
        if student.held_back:
            continue
        known = gradebook.find_student(student.student)
        submission = gradebook.find_submission(assignment.name, student.student)
        score = max(0.0, submission.score - (submission.late_submission_penalty or 0.0))
        # A name with these words would be read as the row of maximal points.
        name = _name(known).replace(CANVAS_POINTS, CANVAS_POINTS.replace(" ", "_"))
        cells = [name, known.lms_user_id or "", "", student.student, ""]
        writer.writerow([*map(plain_cell, cells), _score(score)])
    write_whole(path, table.getvalue().encode("utf-8"))


def _name(student: Any) -> str:
    """Give a student's name as Canvas sorts by it, "Last, First"; the id, if the gradebook has no name."""
    return ", ".join(part for part in (student.last_name, student.first_name) if part) or str(student.id)


def _score(points: float) -> str:
    """Give points with two decimals, which is what Canvas keeps, and none that are zero."""
    return f"{points:.2f}".rstrip("0").rstrip(".")


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
        """Give a student's submission, by the id as it is written."""
        return self.gradebook.find_submission(assignment, self.ids[student])


def _by_name(student: Any) -> tuple[str, str, str]:
    """Give what students are sorted by; nbgrader leaves it to the database in which order those without a name come."""
    return student.last_name or "", student.first_name or "", student.id


def _quoted(text: str | None) -> str:
    """Give a text as a CSV file's cell, with quotes if it needs them."""
    cell = io.StringIO()
    csv.writer(cell, lineterminator="").writerow([plain_cell(text or "")])
    return cell.getvalue() if text else ""

"""canvas.csv, the file that Canvas' gradebook imports.

It has the columns that Canvas expects, in this order: Student, ID, SIS User ID, SIS Login ID, Section, and the
assignment. Canvas finds a student by ID (the gradebook's `lms_user_id`), else by SIS Login ID (our student id), else by
name, and the assignment by its title; if it finds none, it asks.

The score is nbgrader's: tests and written answers, less the late penalty. While written answers still have to be
graded, it is the score so far: grade them, grade the folder again, and import the new file. A student who could not be
graded, or who is held back until a person has looked, has no row: Canvas would take an empty cell to mean that the
score was removed, but a student without a row keeps the score that Canvas has.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

from tinytorch.course.files import write_whole
from tinytorch.course.gradebook.fast_rows import load_totals
from tinytorch.course.gradebook.open_read_only import ReadOnlyGradebook
from tinytorch.course.reports.results import ClassResults
from tinytorch.course.reports.spreadsheet_cells import plain_cell

CANVAS_COLUMNS = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
CANVAS_POINTS = "Points Possible"  # the first cell of the row with the maximum points


def write_canvas_csv(results: ClassResults, gradebook: ReadOnlyGradebook, path: Path) -> None:
    """Write the file that Canvas' gradebook imports: a row for each student of this run who has a score."""
    assignment = gradebook.find_assignment(results.module.assignment)
    students, submissions = {each.id: each for each in gradebook.students}, load_totals(gradebook, assignment.name)
    table = io.StringIO(newline="")
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow([*CANVAS_COLUMNS, plain_cell(assignment.name)])
    writer.writerow([f"    {CANVAS_POINTS}", "", "", "", "", _score(assignment.max_score)])
    for student in results.graded:
        if student.held_back:
            continue
        known, submission = students[student.student], submissions[student.student]
        score = max(0.0, submission.score - (submission.late_submission_penalty or 0.0))
        # Canvas would take a row with these words for the one with the maximum points.
        name = _name(known).replace(CANVAS_POINTS, CANVAS_POINTS.replace(" ", "_"))
        cells = [name, known.lms_user_id or "", "", student.student, ""]
        writer.writerow([*map(plain_cell, cells), _score(score)])
    write_whole(path, table.getvalue().encode("utf-8"))


def _name(student: Any) -> str:
    """Return a student's name as Canvas sorts by it, "Last, First"; the id, if the gradebook has no name."""
    return ", ".join(part for part in (student.last_name, student.first_name) if part) or str(student.id)


def _score(points: float) -> str:
    """Return points with at most two decimals, which is what Canvas keeps."""
    return f"{points:.2f}".rstrip("0").rstrip(".")

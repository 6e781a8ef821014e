"""grades.csv: a row per student, a column per test."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from tinytorch.course.files import write_whole
from tinytorch.course.notes import Note
from tinytorch.course.reports.results import ClassResults
from tinytorch.course.reports.spreadsheet_cells import plain_cell


def write_grades(results: ClassResults, path: Path) -> None:
    """Write grades.csv: a row per student; a student who could not be graded has a row without points.

    `points` are those of the tests, before `late_penalty`; `notes`, the last column, has all notes.
    """
    table = io.StringIO(newline="")
    writer = csv.writer(table, lineterminator="\n")
    names = results.test_names
    writer.writerow(["student_id", "points", "max_points", *names, "late_penalty", "flags", "notes"])
    for student in results.students:
        if student.failure:
            writer.writerow([plain_cell(student.student), *[""] * (len(names) + 4), plain_cell(student.failure)])
            continue
        points = [student.points, student.max_points, *[test.points for test in student.tests]]
        notes = "; ".join(_sentence(note) for note in student.notes)
        cells = [f"{value:g}" for value in (*points, student.late_penalty, student.flags)]
        writer.writerow([plain_cell(student.student), *cells, plain_cell(notes)])
    write_whole(path, table.getvalue().encode("utf-8"))


def _sentence(note: Note) -> str:
    return f"{note.kind} {note.cell}: {note.text}" if note.cell else f"{note.kind}: {note.text}"

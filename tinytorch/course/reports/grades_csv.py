"""grades.csv: a row per student, a column per test."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from pathlib import Path

from tinytorch.course.files import write_whole
from tinytorch.course.notes import Note
from tinytorch.course.reports.results import ClassResults
from tinytorch.course.reports.spreadsheet_cells import plain_cell


def write_grades(results: ClassResults, path: Path) -> None:
    """Write grades.csv: a row per student; a student who could not be graded has a row without points.

    `points` are those of the tests, before `late_penalty`; `notes`, the last column, has all notes. What was handed in
    and not graded is in the notes of its student, or has a row of its own; so has a student who handed in nothing.
    """
    table = io.StringIO(newline="")
    writer = csv.writer(table, lineterminator="\n")
    names = results.test_names
    writer.writerow(["student_id", "points", "max_points", *names, "late_penalty", "flags", "handed_in", "notes"])
    empty = [""] * (len(names) + 5)
    files = _files_by_student(results)
    for student in results.students:
        others = files.pop(student.student, [])
        if student.failure:
            notes = "; ".join([student.failure, *others])
            writer.writerow([plain_cell(student.student), *empty, plain_cell(notes)])
            continue
        points = [student.points, student.max_points, *[test.points for test in student.tests]]
        notes = "; ".join([*(_sentence(note) for note in student.notes), *others])
        cells = [f"{value:g}" for value in (*points, student.late_penalty, student.flags)]
        writer.writerow([plain_cell(student.student), *cells, student.handed_in_words, plain_cell(notes)])
    for name, others in sorted(files.items()):
        writer.writerow([plain_cell(name), *empty, plain_cell("; ".join(others))])
    for absent in results.found.absent:
        writer.writerow([plain_cell(absent.student), *empty, "handed in nothing"])
    write_whole(path, table.getvalue().encode("utf-8"))


def _files_by_student(results: ClassResults) -> dict[str, list[str]]:
    """Return a sentence for each file that was not graded, by the student whose it is; nobody's under no name."""
    files: dict[str, list[str]] = defaultdict(list)
    for file in results.found.files:
        files[file.student].append(f"not graded {file.path}: {file.reason}")
    return files


def _sentence(note: Note) -> str:
    return f"{note.kind} {note.cell}: {note.text}" if note.cell else f"{note.kind}: {note.text}"

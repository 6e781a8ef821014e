"""What a class got: read from nbgrader's gradebook, and written as grades.csv."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from pathlib import Path

from nbgrader.api import Gradebook

from tinytorch.course.files import write_whole
from tinytorch.course.layout import Module
from tinytorch.course.notes import Note


@dataclass(frozen=True)
class TestResult:
    """One test of one student."""

    __test__ = False  # pytest takes any class named Test* for tests

    name: str
    points: float
    max_points: float

    @property
    def passed(self) -> bool:
        """Whether the test gave all its points."""
        return self.points >= self.max_points


@dataclass(frozen=True)
class StudentResult:
    """What one student got: automatic points per test, and the written answers that wait for a person."""

    student: str
    tests: list[TestResult] = field(default_factory=list)
    written: int = 0
    written_waiting: int = 0
    written_points: float = 0.0
    late_penalty: float = 0.0  # the points that are taken for handing in late
    notes: list[Note] = field(default_factory=list)  # what a person has to be told
    unreadable: str = ""  # why what was handed in is no notebook, and got 0 points; empty if it is one
    failure: str = ""  # why the submission could not be graded; empty if it was

    @property
    def points(self) -> float:
        """The points of all tests together."""
        return sum(test.points for test in self.tests)

    @property
    def max_points(self) -> float:
        """The points that all tests together can give."""
        return sum(test.max_points for test in self.tests)

    @property
    def flags(self) -> int:
        """How many notes ask a person to look."""
        return sum(note.kind == "flag" for note in self.notes)

    @property
    def tests_passed(self) -> int:
        """How many tests gave all their points."""
        return sum(test.passed for test in self.tests)


@dataclass(frozen=True)
class ClassResults:
    """What every student of a grading run got."""

    module: Module
    students: list[StudentResult]

    @property
    def graded(self) -> list[StudentResult]:
        """The students whose submission could be graded."""
        return [student for student in self.students if not student.failure]

    @property
    def failures(self) -> list[StudentResult]:
        """The students whose submission could not."""
        return [student for student in self.students if student.failure]

    @property
    def unreadable(self) -> list[StudentResult]:
        """The students whose file was no notebook."""
        return [student for student in self.students if student.unreadable]

    @property
    def test_names(self) -> list[str]:
        """The names of the tests, in the notebook's order."""
        return [test.name for test in self.graded[0].tests] if self.graded else []

    def results_of(self, test_name: str) -> list[TestResult]:
        """Give one test's result for each graded student."""
        return [test for student in self.graded for test in student.tests if test.name == test_name]


def read_student(gradebook: Gradebook, module: Module, student: str, test_order: list[str]) -> StudentResult:
    """Read what the gradebook holds for one student; tests that give no points are left out."""
    notebook = gradebook.find_submission_notebook(module.name, module.assignment, student)
    written = {cell.name for cell in notebook.notebook.solution_cells}
    answers = [grade for grade in notebook.grades if grade.name in written]
    tests = [
        TestResult(grade.name, float(grade.score), float(grade.max_score))
        for grade in notebook.grades
        if grade.name not in written and grade.max_score > 0
    ]
    return StudentResult(
        student,
        sorted(tests, key=lambda test: test_order.index(test.name)),
        written=len(answers),
        written_waiting=sum(bool(grade.needs_manual_grade) for grade in answers),
        written_points=float(sum(grade.score for grade in answers)),
        late_penalty=float(notebook.late_submission_penalty or 0.0),
    )


def write_grades(results: ClassResults, path: Path) -> None:
    """Write grades.csv: a row per student; one who could not be graded has a row without points.

    `points` is what the tests gave, before `late_penalty`; `notes` is the last column and holds all that was noted.
    """
    table = io.StringIO(newline="")
    writer = csv.writer(table, lineterminator="\n")
    names = results.test_names
    writer.writerow(["student_id", "points", "max_points", *names, "late_penalty", "flags", "notes"])
    for student in results.students:
        if student.failure:
            writer.writerow([student.student, *[""] * (len(names) + 4), student.failure])
            continue
        points = [student.points, student.max_points, *[test.points for test in student.tests]]
        notes = "; ".join(_sentence(note) for note in student.notes)
        cells = [f"{value:g}" for value in (*points, student.late_penalty, student.flags)]
        writer.writerow([student.student, *cells, notes])
    write_whole(path, table.getvalue().encode("utf-8"))


def _sentence(note: Note) -> str:
    return f"{note.kind} {note.cell}: {note.text}" if note.cell else f"{note.kind}: {note.text}"

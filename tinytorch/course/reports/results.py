"""The results of a class, student by student and test by test, read from nbgrader's gradebook."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from nbformat import NotebookNode
from nbgrader.api import SubmittedNotebook

from tinytorch.course.error_text import first_line
from tinytorch.course.gradebook.late_wording import late_sentence
from tinytorch.course.layout import Module
from tinytorch.course.notebook import grade_id, role_of
from tinytorch.course.notes import Note
from tinytorch.course.reports.redact import ANSI, Secrets

MOST_CHARACTERS = 300  # of a message


@dataclass(frozen=True)
class TestResult:
    """One test of one student."""

    __test__ = False  # pytest takes any class named Test* for a class of tests

    name: str
    points: float
    max_points: float
    message: str = ""  # why it failed, as "AssertionError: expected 4"; empty if it passed

    @property
    def passed(self) -> bool:
        """Whether the test gave all its points."""
        return self.points >= self.max_points

    @property
    def reason(self) -> str:
        """The message without "AssertionError", which a reader does not need."""
        return self.message.removeprefix("AssertionError: ")


@dataclass(frozen=True)
class StudentResult:
    """The result of one student: the points of each test, and how many written answers wait for a person."""

    student: str
    tests: list[TestResult] = field(default_factory=list)
    written: int = 0
    written_waiting: int = 0
    written_points: float = 0.0
    handed_in: datetime | None = None  # in UTC, without a time zone, as nbgrader keeps it
    seconds_late: float = 0.0  # how long after the student's due date it was handed in
    late_penalty: float = 0.0  # the points that are taken for that
    notes: list[Note] = field(default_factory=list)  # what people have to know
    unreadable: str = ""  # why the file is not a notebook, and got 0 points; empty if it is one
    failure: str = ""  # why the submission could not be graded; empty if it was
    page_problem: str = ""  # why it has points, but no feedback page; empty if it has one
    handed_in_words: str = ""  # when, and who says so: "2026-05-01 10:00 UTC, by the student's own clock"
    held_back: bool = False  # flagged, and no person has looked yet: until then it has 0 points

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
        """How many notes are flags, which ask a person to look."""
        return sum(note.kind == "flag" for note in self.notes)

    @property
    def lateness(self) -> str:
        """How late it came and what that costs, in words; empty if it came in time."""
        return late_sentence(self.seconds_late, self.late_penalty)

    @property
    def tests_passed(self) -> int:
        """How many tests gave all their points."""
        return sum(test.passed for test in self.tests)


@dataclass(frozen=True)
class UngradedFile:
    """A file that was handed in and is not what was graded, and why."""

    path: str
    student: str  # empty if the file is nobody's
    reason: str
    needs_a_person: bool  # whether a hand-in may be lost if nobody looks


@dataclass(frozen=True)
class AbsentStudent:
    """A student on the class list of whom nothing was handed in."""

    student: str
    name: str = ""
    email: str = ""

    @property
    def in_words(self) -> str:
        """The student's id, with name and e-mail as far as they are known."""
        known = ", ".join(part for part in (self.name, self.email) if part)
        return f"{self.student} ({known})" if known else self.student


@dataclass(frozen=True)
class FilesFound:
    """What became of the files that were not graded, and who handed in nothing."""

    files: list[UngradedFile] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)  # files of no interest, by what they are
    absent: list[AbsentStudent] = field(default_factory=list)

    @property
    def to_look_at(self) -> list[UngradedFile]:
        """The files that a person has to look at."""
        return [file for file in self.files if file.needs_a_person]


@dataclass(frozen=True)
class ClassResults:
    """The results of all students in a grading run."""

    module: Module
    students: list[StudentResult]
    found: FilesFound = field(default_factory=FilesFound)

    @property
    def graded(self) -> list[StudentResult]:
        """The students whose submission could be graded."""
        return [student for student in self.students if not student.failure]

    @property
    def failures(self) -> list[StudentResult]:
        """The students whose submission could not be graded."""
        return [student for student in self.students if student.failure]

    @property
    def without_page(self) -> list[StudentResult]:
        """The students who were graded, but whose feedback page could not be made."""
        return [student for student in self.students if student.page_problem]

    @property
    def unreadable(self) -> list[StudentResult]:
        """The students whose file was not a notebook."""
        return [student for student in self.students if student.unreadable]

    @property
    def counted(self) -> list[StudentResult]:
        """The students whose points say something about the class: not held back, and from a readable notebook."""
        return [student for student in self.graded if not student.held_back and not student.unreadable]

    @property
    def test_names(self) -> list[str]:
        """The names of the tests, in the notebook's order."""
        return [test.name for test in self.graded[0].tests] if self.graded else []

    def results_of(self, test_name: str) -> list[TestResult]:
        """Return one test's result for each graded student."""
        return [test for student in self.graded for test in student.tests if test.name == test_name]


def read_student(notebook: SubmittedNotebook, student: str, test_order: list[str]) -> StudentResult:
    """Read what the gradebook holds for one student; tests that give no points are left out."""
    written = {cell.name for cell in notebook.notebook.solution_cells}
    answers = [grade for grade in notebook.grades if grade.name in written]
    automatic = [grade for grade in notebook.grades if grade.name not in written and grade.max_score > 0]
    seconds_late = float(notebook.assignment.total_seconds_late)
    late_penalty = float(notebook.late_submission_penalty or 0.0)
    tests = [TestResult(grade.name, float(grade.score), float(grade.max_score)) for grade in automatic]
    return StudentResult(
        student,
        sorted(tests, key=lambda test: test_order.index(test.name)),
        written=len(answers),
        written_waiting=sum(bool(grade.needs_manual_grade) for grade in answers),
        written_points=float(sum(grade.score for grade in answers)),
        handed_in=notebook.assignment.timestamp,
        seconds_late=seconds_late,
        late_penalty=late_penalty,
        notes=[Note("note", "", late_sentence(seconds_late, late_penalty))] if seconds_late > 0 else [],
        held_back=any(grade.needs_manual_grade for grade in automatic),
    )


def with_messages(result: StudentResult, notebook: NotebookNode) -> StudentResult:
    """Return the result with the message of each failed test: the error in which its cell of the graded notebook ended.

    A message is one line, without colours, and never a line of a hidden test.
    """
    code_cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    tests = [cell for cell in code_cells if role_of(cell) == "test"]
    errors = {grade_id(cell): [output for output in cell.outputs if output.output_type == "error"] for cell in tests}
    if not any(errors.values()):
        return result
    secrets = Secrets((cell.source for cell in tests), notebook.cells)
    messages = {}
    for cell in tests:
        if errors[grade_id(cell)]:
            first = errors[grade_id(cell)][0]
            text = ": ".join(part for part in (first.ename, first.evalue) if part)
            messages[grade_id(cell)] = one_line(secrets.remove(text))
    explained = [test if test.passed else replace(test, message=messages.get(test.name, "")) for test in result.tests]
    return replace(result, tests=explained)


def one_line(text: str, most: int = MOST_CHARACTERS) -> str:
    """Return the first line of a text, at most `most` characters long, without colours and unprintable characters."""
    line = "".join(letter if letter.isprintable() else " " for letter in first_line(ANSI.sub("", text))).strip()
    return line if len(line) <= most else f"{line[: most - 1]}\u2026"

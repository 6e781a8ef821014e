"""The results of a class, student by student and test by test, read from nbgrader's gradebook."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from tinytorch.course.error_text import first_line
from tinytorch.course.gradebook.late_wording import late_sentence
from tinytorch.course.gradebook.stored_scores import StoredSubmission
from tinytorch.course.layout import Module
from tinytorch.course.notes import Note
from tinytorch.course.reports.redact import ANSI

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
    code: str = field(default="", repr=False)  # a name for what the student wrote in code; empty if that is nothing

    @cached_property
    def points(self) -> float:
        """The points of all tests together."""
        return sum(test.points for test in self.tests)

    @property
    def max_points(self) -> float:
        """The points that all tests together can give."""
        return sum(test.max_points for test in self.tests)

    @property
    def counts(self) -> bool:
        """Whether the points say something about the class: not held back, and from a notebook that can be read."""
        return not (self.failure or self.held_back or self.unreadable)

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
    equal: list[list[str]] = field(default_factory=list)  # students whose code is the same to the character

    @cached_property
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

    @cached_property
    def counted(self) -> list[StudentResult]:
        """The students whose points say something about the class: not held back, and from a readable notebook."""
        return [student for student in self.graded if student.counts]

    @property
    def test_names(self) -> list[str]:
        """The names of the tests, in the notebook's order."""
        return [test.name for test in self.graded[0].tests] if self.graded else []

    def results_of(self, test_name: str) -> list[TestResult]:
        """Return one test's result for each graded student."""
        return [test for _, test in self._by_test[test_name]]

    def counted_in(self, test_name: str) -> list[tuple[StudentResult, TestResult]]:
        """Return each student who counts, with the student's result of one test."""
        return [pair for pair in self._by_test[test_name] if pair[0].counts]

    @cached_property
    def _by_test(self) -> dict[str, list[tuple[StudentResult, TestResult]]]:
        found = defaultdict(list)
        for student in self.graded:
            for test in student.tests:
                found[test.name].append((student, test))
        return found


def read_student(stored: StoredSubmission, test_order: list[str]) -> StudentResult:
    """Return the result of one student from what the gradebook has; tests that give no points are left out."""
    answers = [grade for grade in stored.grades if grade.name in stored.written]
    automatic = [grade for grade in stored.grades if grade.name not in stored.written and grade.max_score > 0]
    places = {name: place for place, name in enumerate(test_order)}
    automatic.sort(key=lambda grade: places[grade.name])
    late = late_sentence(stored.seconds_late, stored.late_penalty)
    return StudentResult(
        stored.student,
        [TestResult(grade.name, float(grade.score), float(grade.max_score)) for grade in automatic],
        written=len(answers),
        written_waiting=sum(bool(grade.needs_manual_grade) for grade in answers),
        written_points=float(sum(grade.score for grade in answers)),
        handed_in=stored.handed_in,
        seconds_late=stored.seconds_late,
        late_penalty=stored.late_penalty,
        notes=[Note("note", "", late)] if stored.seconds_late > 0 else [],
        held_back=any(grade.needs_manual_grade for grade in automatic),
    )


def one_line(text: str, most: int = MOST_CHARACTERS) -> str:
    """Return the first line of a text, at most `most` characters long, without colours and unprintable characters."""
    line = "".join(letter if letter.isprintable() else " " for letter in first_line(ANSI.sub("", text))).strip()
    return line if len(line) <= most else f"{line[: most - 1]}\u2026"

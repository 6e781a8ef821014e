"""What `tito grade` prints for the instructor: its progress, a table of the students, a table of the tests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from tinytorch.course.reports.results import ClassResults, StudentResult, one_line
from tinytorch.course.tables import print_table

KINDS = ("flag", "fault", "note")
MESSAGE = "most common failure"
MESSAGE_CHARACTERS = 60  # at most
SLOW_SECONDS = 20  # after which a pipe is told who is still being graded, and again after as long

MOST_EQUAL = 10  # students who are named of those with the same code


class GradingProgress:
    """Show how far grading has come: a bar on a terminal, a line per student in a pipe."""

    def __init__(self, console: Console) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self.bar = Bar(*columns, console=console, transient=True, disable=not console.is_terminal)
        self.task: TaskID | None = None
        self.last = ""  # the last student who is done, and the points
        self.told: dict[str, int] = {}  # how many times `SLOW_SECONDS` a student had taken when that was told last

    def __enter__(self) -> GradingProgress:
        self.bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.bar.stop()

    def __call__(self, done: int, total: int, result: StudentResult) -> None:
        """Show that one more student is done."""
        outcome = f"{result.points:g}/{result.max_points:g}" if not result.failure else "could not be graded"
        if not self.bar.console.is_terminal:
            print(f"graded {done}/{total} {result.student} {outcome}", flush=True)
            return
        self.last = f"{escape(result.student)} {outcome}"
        self.bar.update(self._shown_task(), total=total, completed=done, description=self.last)

    def at_work(self, students: Sequence[tuple[str, float]]) -> None:
        """Show who is being graded: on a terminal all of them, in a pipe those who have taken long."""
        if self.bar.console.is_terminal:
            names = ", ".join(escape(student) for student, _ in students)
            doing = f"grading {names}" if students else ""
            self.bar.update(self._shown_task(), description="; ".join(filter(None, (self.last, doing))))
            return
        slow = {student: int(seconds // SLOW_SECONDS) for student, seconds in students}
        new = [student for student, times in slow.items() if times > self.told.get(student, 0)]
        self.told = slow
        if new:
            print("still grading", ", ".join(f"{name} ({slow[name] * SLOW_SECONDS} s)" for name in new), flush=True)

    def _shown_task(self) -> TaskID:
        if self.task is None:
            self.task = self.bar.add_task("", total=None)
        return self.task


def print_report(console: Console, results: ClassResults) -> None:
    """Print the result of each student and of each test, the test that most students failed first."""
    print_rows(
        console,
        f"{results.module.assignment}: students",
        ["student", "points", "tests passed", "written answers"],
        [_student_row(student) for student in results.students],
    )
    _print_notes(console, results)
    for student in results.failures:
        print(f"{one_line(student.student)}: {student.failure}")
    _print_files(console, results)
    if not results.graded:
        return
    rows = []
    for name in results.test_names:
        outcomes = results.results_of(name)
        passed = sum(test.passed for test in outcomes)
        rows.append((passed, [name, f"{outcomes[0].max_points:g}", f"{passed} of {len(outcomes)}"]))
    rows.sort(key=lambda row: row[0])  # stable: tests that equally many passed stay in the notebook's order
    columns, cells = ["test", "points", "passed by"], [row for _, row in rows]
    if (room := _room(console, columns, cells)) >= len(MESSAGE):
        columns.append(MESSAGE)
        for row in cells:
            row.append(one_line(_commonest_reason(results, row[0]), room))
    print_rows(console, f"{results.module.assignment}: tests, the one most often failed first", columns, cells)


def print_equal(groups: list[list[str]]) -> None:
    """Name students whose code is the same to the character: a reason to look, and no verdict."""
    for students in groups:
        more = f" and {len(students) - MOST_EQUAL:,} more" if len(students) > MOST_EQUAL else ""
        names = ", ".join(one_line(name) for name in students[:MOST_EQUAL])
        print(f"\nthe same code to the character, a reason to look and no verdict: {names}{more}")


def _room(console: Console, columns: list[str], rows: list[list[str]]) -> int:
    """Return how many characters one more column may have for each row to fit into one line of the terminal."""
    if not console.is_terminal:
        return MESSAGE_CHARACTERS
    widths = [max(map(len, cells)) for cells in zip(columns, *rows, strict=True)]
    borders = 3 * (len(columns) + 1) + 1
    return min(MESSAGE_CHARACTERS, console.width - sum(widths) - borders)


def print_rows(console: Console, title: str, columns: list[str], rows: list[list[str]]) -> None:
    """Print a table; a bracket that a student wrote is not taken for markup."""
    if console.is_terminal:
        rows = [[escape(cell) for cell in row] for row in rows]
    print_table(console, title, columns, rows)


def _commonest_reason(results: ClassResults, test_name: str) -> str:
    """Return the reason for which most students failed a test; the first of equally common ones."""
    reasons = Counter(test.reason for _, test in results.counted_in(test_name) if test.reason)
    return reasons.most_common(1)[0][0] if reasons else ""


def _print_notes(console: Console, results: ClassResults) -> None:
    """Print the notes on all submissions: flags first, and what cost no points last."""
    notes = [(note, student.student) for student in results.students for note in student.notes]
    notes.sort(key=lambda pair: KINDS.index(pair[0].kind))
    if notes:
        print_rows(
            console,
            f"{results.module.assignment}: submissions to look at, flags first",
            ["kind", "student", "cell", "what happened"],
            [[note.kind, student, note.cell, note.text] for note, student in notes],
        )


def _print_files(console: Console, results: ClassResults) -> None:
    """Print the files that were not graded, who handed in nothing, and how many files are of no interest."""
    found = results.found
    if found.files:
        files = sorted(found.files, key=lambda file: not file.needs_a_person)
        print_rows(
            console,
            f"{results.module.assignment}: files that were not graded",
            ["student", "file", "why"],
            [[one_line(file.student), file.path, file.reason] for file in files],
        )
    if found.absent:
        print(f"\n{len(found.absent)} on the class list handed in nothing:")
        for absent in found.absent:
            print(f"  {one_line(absent.in_words)}")
    if found.counts:
        counts = ", ".join(f"{what} {count:,}" for what, count in sorted(found.counts.items()))
        print(f"\nother files, which nobody has to look at: {counts}")


def _student_row(student: StudentResult) -> list[str]:
    if student.failure:
        return [one_line(student.student), "not graded", "", ""]
    written = f"{student.written_points:g} points" if student.written else "none"
    if student.written_waiting:
        written = f"{student.written_waiting} to grade by hand"
    late = f" - {student.late_penalty:g} late" if student.late_penalty else ""
    return [
        student.student,
        f"{student.points:g} / {student.max_points:g}{late}",
        f"{student.tests_passed} of {len(student.tests)}",
        written,
    ]

"""What a grading run keeps for the next one, which goes on from there: workers' results, and which students are done.

A result is kept as soon as it arrives, before it is entered in the gradebook. It is found again by a key for all that
it depends on: what was handed in, and the assignment that it was graded by.
"""

from __future__ import annotations

import dataclasses
import enum
import gzip
import hashlib
import json
import os
import zlib
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tinytorch.course.files import PART, remove_parts, write_whole
from tinytorch.course.gradebook.stored_scores import StoredSubmission
from tinytorch.course.grading.mended_tests import mended_tests, with_tests_of
from tinytorch.course.grading.options import Options
from tinytorch.course.grading.worker import SubmissionFiles
from tinytorch.course.layout import CourseError
from tinytorch.course.reports.graded_notebook import GradedNotebook
from tinytorch.course.sandbox.temporary import lock

FOLDER = ".results"
OUTPUTS = ("submitted", "history", "autograded", "feedback", FOLDER)


@contextmanager
def only_run(output: Path) -> Iterator[None]:
    """Keep all other runs out of the folder `output`, and remove what a killed run left half-written there.

    Raises:
        CourseError: another run is using the folder.
    """
    path = output / FOLDER / "lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    held = lock(path)
    if held is None:
        raise CourseError(
            f"Another `tito grade` is at work in {output}: wait until it has ended, or give another folder by --output."
        )
    try:
        for part in output.glob(f".*{PART}"):
            part.unlink(missing_ok=True)
        for name in OUTPUTS:
            remove_parts(output / name)
        yield
    finally:
        os.close(held)


def result_key(assignment_key: str, submission: SubmissionFiles) -> str:
    """Return a name for what a result depends on: the assignment and the submission."""
    digest = hashlib.sha256(f"{assignment_key}\0{submission.student}\0".encode())
    for path, content in sorted(submission.files.items()):
        digest.update(f"{path}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


class Store:
    """The results of one assignment, in a folder."""

    def __init__(self, output: Path, assignment: str) -> None:
        self.folder = output / FOLDER / assignment
        self.registration = output / FOLDER / f"{assignment}.registered"  # which state of it the gradebook knows

    def key(self, student: str) -> str:
        """Return the key by which a student's notebook is kept; empty if none is."""
        return self._read(student, lambda file: file.readline()).decode(errors="replace").rstrip("\n")

    def latest(self, student: str) -> bytes | None:
        """Return a student's notebook as it ran last, whatever has changed since."""
        return self._read(student, lambda file: file.read()).partition(b"\n")[2] or None

    def _read(self, student: str, read: Callable[[gzip.GzipFile], bytes]) -> bytes:
        try:
            with gzip.open(self.folder / f"{student}.gz") as file:
                return read(file)
        except (OSError, EOFError, zlib.error):  # missing, or incomplete
            return b""

    def keep(self, student: str, key: str, notebook: bytes) -> None:
        """Keep a result in place of an older one."""
        write_whole(self.folder / f"{student}.gz", gzip.compress(key.encode() + b"\n" + notebook, 1, mtime=0))

    def forget(self, student: str) -> None:
        """Remove what is kept of a student."""
        for ending in ("gz", "json"):
            (self.folder / f"{student}.{ending}").unlink(missing_ok=True)

    def unreadable(self, student: str) -> str:
        """Return why the file that a student was last graded by is not a notebook, nothing if it is one."""
        return str(self.done(student).get("unreadable", ""))

    def told(self, student: str, digest: str) -> GradedNotebook | None:
        """Return what was noted of a student's graded notebook, if its content is still the one with this digest."""
        done = self.done(student)
        return GradedNotebook.kept(done["told"]) if done.get("graded") == digest else None

    def done(self, student: str) -> dict[str, Any]:
        """Return what was noted when a student was last done, nothing if that was never."""
        try:
            noted: dict[str, Any] = json.loads((self.folder / f"{student}.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return noted

    def mended(self, student: str) -> list[str]:
        """Return the mended tests whose new verdicts are kept, but not yet entered in the gradebook."""
        return str(self.done(student).get("mended", "")).split()

    def note_done(self, student: str, **noted: Any) -> None:
        """Note that a student's result is entered and the page is written."""
        write_whole(self.folder / f"{student}.json", json.dumps(noted).encode())


@dataclass(frozen=True)
class Fingerprint:
    """Names for the content of the gradebook about a student; another content has other names."""

    tests: str = ""  # the scores that tests gave
    everything: str = ""  # these, what people added, the due date and the penalty


def fingerprint_of(stored: StoredSubmission) -> Fingerprint:
    """Return the names for the scores and comments that the gradebook has of a student."""
    tests = sorted((grade.name, grade.auto_score) for grade in stored.grades)
    people = sorted((grade.name, grade.manual_score or 0, grade.extra_credit or 0) for grade in stored.grades)
    late = stored.late_penalty or 0, str(stored.due)
    contents = tests, [tests, people, sorted(stored.comments), late]
    return Fingerprint(*(hashlib.sha256(repr(content).encode()).hexdigest() for content in contents))


class Step(enum.Enum):
    """What comes next for a student whose result is kept."""

    ENTER = enum.auto()  # the result in the gradebook
    WRITE_PAGE = enum.auto()
    NOTHING = enum.auto()


class Bookkeeping:
    """What each student of a run still needs, and what is noted when the student is done."""

    def __init__(self, store: Store, assignment_key: str, options: Options) -> None:
        self.store, self.assignment_key, self.options = store, assignment_key, options
        self._keys: dict[str, str] = {}
        self._answers: dict[str, str] = {}  # names for what was handed in, whatever it is graded by

    def has_run(self, submission: SubmissionFiles) -> bool:
        """Whether the result of an earlier run is kept; otherwise the submission has to be run."""
        student = submission.student
        self._keys[student] = result_key(self.assignment_key, submission)
        self._answers[student] = result_key("", submission)
        if self.options.force:
            self.store.forget(student)
        return self.store.key(student) == self._keys[student]

    def found(self, submission: SubmissionFiles) -> bytes | None:
        """Return what is kept of an earlier run, without taking note of the submission."""
        key = result_key(self.assignment_key, submission)
        return self.store.latest(submission.student) if self.store.key(submission.student) == key else None

    def next_step(self, student: str, fingerprint: Fingerprint, page: Path) -> Step:
        """Return what comes next for a student whose result is kept.

        Args:
            student: whose it is.
            fingerprint: the names for what the gradebook has of the student now.
            page: the file of the feedback page.
        """
        done = self.store.done(student)
        entered = {"key": self._keys[student], "trusted": self._trust(student), "scores": fingerprint.tests}
        if any(done.get(name) != value for name, value in entered.items()):
            return Step.ENTER
        if done.get("page") != fingerprint.everything or not page.is_file():
            return Step.WRITE_PAGE
        return Step.NOTHING

    def keep(self, student: str, notebook: bytes) -> tuple[bytes, Collection[str]]:
        """Keep a notebook as a worker returned it; return what to enter, and the tests to enter (all if empty)."""
        earlier = self.store.latest(student) if self.options.only_mended else None
        mended: Collection[str] = ()
        if earlier is not None:
            mended = mended_tests(earlier, notebook)
            notebook = with_tests_of(earlier, notebook, mended)
        # before the result, in case this is killed in between
        self.store.note_done(student, **{**self.store.done(student), "mended": " ".join(mended)})
        self.store.keep(student, self._keys[student], notebook)
        return notebook, mended

    def note_done(
        self, student: str, fingerprint: Fingerprint, graded: str, told: GradedNotebook, unreadable: str = ""
    ) -> None:
        """Note that a student's result is entered and the page is written.

        Args:
            student: whose it is.
            fingerprint: the names for what the gradebook has of the student.
            graded: the digest of the graded notebook.
            told: what is told of it.
            unreadable: why the submission is no notebook; empty if it is one.
        """
        noted = {
            "key": self._keys[student],
            "trusted": self._trust(student),
            "scores": fingerprint.tests,
            "page": fingerprint.everything,
            "unreadable": unreadable,
            "graded": graded,
            "told": dataclasses.asdict(told),
        }
        if self.store.done(student) != noted:
            self.store.note_done(student, **noted)

    def is_trusted(self, student: str) -> bool:
        """Whether a person has looked at these answers, for this run or for an earlier one."""
        return student in self.options.trusted or self.store.done(student).get("trusted") == self._answers[student]

    def _trust(self, student: str) -> str:
        return self._answers[student] if self.is_trusted(student) else "no"

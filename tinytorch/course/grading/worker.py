"""What one worker does: run a submission and decide its tests, given only the assignment and what was handed in.

It is nbgrader's Autograde without the gradebook: the same preprocessors from nbgrader_config.py in the same order, up
to those that record. A worker returns the notebook as it ran; `gradebook.record` enters it.
"""

from __future__ import annotations

import errno
import io
import json
import logging
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, redirect_stderr, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbgrader.api import InvalidEntry
from nbgrader.utils import find_all_files, setenv
from sqlalchemy.exc import SQLAlchemyError

from tinytorch.course.error_text import error_line, first_line
from tinytorch.course.gradebook.fast_rows import PageGrades
from tinytorch.course.grading.assignment import GRADEBOOK, Assignment, deciding_preprocessors
from tinytorch.course.handin.read_file import receive
from tinytorch.course.reports.student_page import PageWriter
from tinytorch.course.sandbox.forked_kernel import ForkServer
from tinytorch.course.sandbox.isolation import check_isolation
from tinytorch.course.verdict.preprocessors import ExecuteStaged

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)  # after these errors nobody else can be graded either
# What the disk and the gradebook's database raise; nbgrader turns a database's answer to a change into the last one
OUT_OF_REACH = (OSError, SQLAlchemyError, InvalidEntry)
NOT_THE_STUDENT_S = ("submission_secret.txt", "timestamp.txt", "handed_in.json")  # no verdict depends on these
MOST_CHARACTERS = 300  # of a failure


@dataclass(frozen=True)
class SubmissionFiles:
    """One student's submission as a worker gets it: the notebook and the files beside it."""

    student: str
    notebook_name: str
    files: dict[str, bytes]  # by path below the submission's folder

    @classmethod
    def read(cls, student: str, notebook_name: str, folder: Path) -> SubmissionFiles:
        """Read the folder of a submission."""
        found = [Path(path) for path in find_all_files(str(folder)) if Path(path).name not in NOT_THE_STUDENT_S]
        return cls(student, notebook_name, {path.relative_to(folder).as_posix(): path.read_bytes() for path in found})


@dataclass(frozen=True)
class SubmissionTask:
    """A task of the workers: to grade what lies in a student's folder when its turn comes."""

    student: str
    notebook_name: str
    folder: Path

    def read(self) -> SubmissionFiles:
        """Read the files; all of a class at once would not fit into every memory."""
        return SubmissionFiles.read(self.student, self.notebook_name, self.folder)


@dataclass(frozen=True)
class PageTask:
    """A task of the workers on this machine: to write a student's feedback page."""

    student: str
    grades: PageGrades | None = None  # what the gradebook has of the student, if that was read already


@dataclass(frozen=True)
class WorkerResult:
    """What a worker made of a submission."""

    student: str
    notebook: bytes = b""  # the content of a notebook file: the submission as it ran, with its tests decided
    failure: str = ""  # why it could not be graded; empty if it was


class Worker:
    """Grades submissions of one assignment, one after the other."""

    def __init__(self, assignment: Assignment, folder: Path, server: ForkServer | None = None) -> None:
        """Unpack the assignment in `folder`; kernels are forked from `server`, if there is one."""
        self.assignment = assignment
        course = assignment.unpack(folder)
        self.db_url = f"sqlite:///{folder / GRADEBOOK}"
        config = assignment.config(course)
        self.preprocessors = [each(config=config) for each in deciding_preprocessors(config)]
        for preprocessor in self.preprocessors:
            if isinstance(preprocessor, ExecuteStaged):
                preprocessor.server, preprocessor.staged_files = server, assignment.compiled
                check_isolation(preprocessor.isolation)
                preprocessor.share_stage(folder / "stage", assignment.name)
        logging.getLogger("traitlets").setLevel(logging.CRITICAL)  # errors are in the notebook

    def run(self, submission: SubmissionFiles) -> WorkerResult:
        """Grade a submission. Errors in its code are in the notebook; a `failure` is an error of the grader's own."""
        with tempfile.TemporaryDirectory(prefix="tinytorch-submission-") as name:
            folder = Path(name)
            folder.chmod(0o755)  # the sandbox runs as another user
            for path, content in submission.files.items():
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / path).write_bytes(content)
            try:
                return WorkerResult(submission.student, self._decide(submission, folder))
            except Exception as error:
                if isinstance(error, OSError) and error.errno in NO_ROOM:
                    raise OSError(error.errno, error.strerror, error.filename or name) from None
                reason = first_line(error, "no reason given")[:MOST_CHARACTERS]
                return WorkerResult(submission.student, failure=error_line(type(error).__name__, reason))

    def _decide(self, submission: SubmissionFiles, folder: Path) -> bytes:
        notebook, remarks = receive(folder / submission.notebook_name)
        name = Path(submission.notebook_name).stem
        resources: dict[str, Any] = {
            "tinytorch": remarks,
            "unique_key": name,
            "metadata": {"path": str(folder)},
            "nbgrader": {
                "student": submission.student,
                "assignment": self.assignment.name,
                "notebook": name,
                "db_url": self.db_url,
            },
        }
        with setenv(NBGRADER_EXECUTION="autograde"), redirect_stderr(io.StringIO()):
            for preprocessor in self.preprocessors:
                notebook, resources = preprocessor(notebook, resources)
        return json.dumps(notebook).encode()


class TaskHandler:
    """What a worker on this machine does with a task: it grades a submission, or writes a page."""

    def __init__(self, worker: Worker, pages: PageWriter) -> None:
        self.worker, self.pages = worker, pages

    def __call__(self, task: SubmissionTask | PageTask) -> WorkerResult | None:
        """Return the result of a submission; of a page, only a failure."""
        if isinstance(task, SubmissionTask):
            return self.worker.run(task.read())
        try:
            self.pages.write(task.student, task.grades)
        except OUT_OF_REACH:
            raise
        except Exception as error:
            reason = f"{type(error).__name__}: {error}"
            return WorkerResult(task.student, failure=f"no feedback page could be made ({reason})")
        return None


@contextmanager
def fork_server(assignment: Assignment) -> Iterator[ForkServer | None]:
    """Start the process that kernels are forked from, and wait until it is ready.

    It is None without a sandbox, or if it cannot be started: then each kernel is started as a process of its own.
    """
    with starting_fork_server(assignment) as server:
        yield once_ready(server)


@contextmanager
def starting_fork_server(assignment: Assignment) -> Iterator[ForkServer | None]:
    """Start the process that kernels are forked from, which does its imports while this one goes on."""
    with ExitStack() as stack:
        server = None
        if assignment.isolation == "bubblewrap":
            with suppress(OSError):
                server = stack.enter_context(closing(ForkServer(assignment.modules)))
        yield server


def once_ready(server: ForkServer | None) -> ForkServer | None:
    """Wait for a fork server that was started; return None if there is none, or if it does not get ready."""
    if server is not None:
        try:
            server.wait()
        except OSError:
            return None
    return server

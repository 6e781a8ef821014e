"""What one worker does: run a submission and decide its tests, with nothing but an assignment and what was handed in.

It is nbgrader's Autograde without the gradebook's part: the same preprocessors from nbgrader_config.py in the same
order, up to those that record. What a worker gives back is the notebook as it ran; `record` enters it.
"""

from __future__ import annotations

import errno
import io
import json
import logging
import tempfile
from contextlib import redirect_stderr
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbgrader.utils import setenv

from tinytorch.course.grading.assignment import GRADEBOOK, Assignment, deciding_preprocessors
from tinytorch.course.handin.read_file import receive
from tinytorch.course.sandbox.forked_kernel import ForkServer
from tinytorch.course.sandbox.isolation import check_isolation
from tinytorch.course.verdict.run_cells import ExecuteStaged

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)  # where nobody can be graded any more


@dataclass(frozen=True)
class HandedIn:
    """One student's submission as it travels: the notebook and what lies beside it."""

    student: str
    notebook_name: str
    files: dict[str, bytes]  # by path below the submission's folder


@dataclass(frozen=True)
class Ran:
    """What became of it."""

    student: str
    notebook: bytes = b""  # as it ran, tests decided; a notebook file's content
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
                preprocessor.server = server
                check_isolation(preprocessor.isolation)
        logging.getLogger("traitlets").setLevel(logging.CRITICAL)  # what goes wrong is in the notebook

    def run(self, handed_in: HandedIn) -> Ran:
        """Grade a submission. What its code does is no error here; what fails in the grader itself is a `failure`."""
        with tempfile.TemporaryDirectory(prefix="tinytorch-submission-") as name:
            folder = Path(name)
            folder.chmod(0o755)  # the sandbox is another user's
            for path, content in handed_in.files.items():
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / path).write_bytes(content)
            try:
                return Ran(handed_in.student, self._decide(handed_in, folder))
            except Exception as error:
                if isinstance(error, OSError) and error.errno in NO_ROOM:
                    raise OSError(error.errno, error.strerror, error.filename or name) from None
                reason = str(error).strip().splitlines() or ["no reason given"]
                return Ran(handed_in.student, failure=f"{type(error).__name__}: {reason[0][:300]}")

    def _decide(self, handed_in: HandedIn, folder: Path) -> bytes:
        notebook, remarks = receive(folder / handed_in.notebook_name)
        resources: dict[str, Any] = {
            "tinytorch": remarks,
            "unique_key": Path(handed_in.notebook_name).stem,
            "metadata": {"path": str(folder)},
            "nbgrader": {
                "student": handed_in.student,
                "assignment": self.assignment.name,
                "notebook": Path(handed_in.notebook_name).stem,
                "db_url": self.db_url,
            },
        }
        with setenv(NBGRADER_EXECUTION="autograde"), redirect_stderr(io.StringIO()):
            for preprocessor in self.preprocessors:
                notebook, resources = preprocessor(notebook, resources)
        return json.dumps(notebook).encode()

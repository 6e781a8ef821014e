"""Recording: what a worker decided goes into nbgrader's gradebook and into autograded/, one student in one step."""

from __future__ import annotations

import json
import tempfile
import warnings
from collections.abc import Collection
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.apps import NbGraderAPI
from nbgrader.converters import Autograde
from nbgrader.preprocessors import AssignLatePenalties, SaveAutoGrades
from nbgrader.utils import find_all_files
from sqlalchemy.exc import SAWarning
from traitlets import List, Unicode
from traitlets.utils.importstring import import_item

from tinytorch.course.files import PART, write_whole
from tinytorch.course.gradebook.fast_rows import at_hand
from tinytorch.course.layout import CourseError, Module
from tinytorch.course.notebook import role_of
from tinytorch.course.notes import add_note, read_notes
from tinytorch.course.outputs import error_output

READ_ONLY = 0o444  # as nbgrader leaves what it graded


class RecordGrades(SaveAutoGrades):  # type: ignore[misc]
    """Save each test's score; those of a flagged submission are 0 and wait for a person."""

    trusted = List(Unicode(), help="Students whose flagged submissions a person has looked at and found honest.").tag(
        config=True
    )
    only: Collection[str] = ()  # the tests whose scores are saved; all if empty

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Save the scores of a notebook: all of them, or, if this is stopped in the middle, none."""
        names = resources["nbgrader"]
        flags = [note for note in read_notes(nb) if note.kind == "flag"]
        self.holds_back = bool(flags) and names["student"] not in self.trusted
        if self.holds_back:
            message = f"held back until a person has looked at this submission: {flags[0].text}"
            for cell in nb.cells:
                if role_of(cell) == "test" and cell.metadata.nbgrader.points:
                    held = error_output("HeldBack", message)
                    cell.outputs = [held, *(output for output in cell.outputs if output.output_type != "error")]
        self.notebook_id, self.assignment_id, self.student_id = names["notebook"], names["assignment"], names["student"]
        place = self.notebook_id, self.assignment_id, self.student_id
        with Gradebook(names["db_url"]) as self.gradebook, at_hand(self.gradebook, *place):
            if is_stranger(self.gradebook, self.student_id):
                add_note(nb, "note", "", f"{self.student_id} is not in the gradebook's list of students")
            for index, cell in enumerate(nb.cells):
                nb.cells[index], resources = self.preprocess_cell(cell, resources, index)
        return nb, resources

    def _add_score(self, cell: NotebookNode, resources: dict[str, Any]) -> None:
        if self.only and cell.metadata.nbgrader["grade_id"] not in self.only:
            return
        super()._add_score(cell, resources)
        if self.holds_back and role_of(cell) == "test":
            names = (cell.metadata.nbgrader["grade_id"], self.notebook_id, self.assignment_id, self.student_id)
            self.gradebook.find_grade(*names).needs_manual_grade = True
            self.gradebook.db.commit()


def is_stranger(gradebook: Gradebook, student: str) -> bool:
    """Whether a student is missing from the class list: those students of the gradebook who have a name or e-mail.

    nbgrader itself adds everybody who hands in, by the id alone; without a class list nobody is a stranger.
    """
    listed = {each.id for each in gradebook.students if each.first_name or each.last_name or each.email}
    return bool(listed) and student not in listed


class Recorder:
    """The only one who writes to the gradebook while a class is graded."""

    def __init__(self, api: NbGraderAPI, module: Module) -> None:
        self.module = module
        self.coursedir, self.course_id = api.coursedir, api.course_id
        self.creates_students = Autograde(coursedir=api.coursedir, parent=api).create_student
        self.preprocessors = [each(config=api.config) for each in recording_preprocessors(api)]

    def record(
        self, student: str, notebook: NotebookNode, trusted: bool = False, only: Collection[str] = ()
    ) -> NotebookNode:
        """Enter a submission that was collected and run; give its notebook as it lies in autograded/ then.

        Args:
            student: whose it is.
            notebook: as a worker gave it back.
            trusted: a person has looked at it, so that a flag holds nothing back.
            only: the tests whose scores are entered; all if empty.
        """
        assignment, name = self.module.assignment, self.module.name
        submitted = Path(self.coursedir.format_path(self.coursedir.submitted_directory, student, assignment))
        self._enter_submission(student, self._handed_in_at(submitted))
        resources: dict[str, Any] = {
            "unique_key": name,
            "nbgrader": {
                "student": student,
                "assignment": assignment,
                "notebook": name,
                "db_url": self.coursedir.db_url,
            },
        }
        for preprocessor in self.preprocessors:
            if isinstance(preprocessor, RecordGrades):
                preprocessor.trusted, preprocessor.only = [student] if trusted else [], only
            notebook, resources = preprocessor(notebook, resources)
        self._write(student, notebook, submitted)
        return notebook

    def _handed_in_at(self, submitted: Path) -> Any:
        """Return the time that stands beside a submission, None if there is none."""
        try:
            return self.coursedir.get_existing_timestamp(str(submitted))
        except Exception:  # what a date's parser raises, and what nbgrader does in its place
            told = submitted / "timestamp.txt"
            raise CourseError(f"{told} holds no time: write one such as 2026-05-01 12:00 UTC.") from None

    def _enter_submission(self, student: str, timestamp: Any) -> None:
        with warnings.catch_warnings(), Gradebook(self.coursedir.db_url, self.course_id) as gradebook:
            warnings.simplefilter("ignore", SAWarning)  # nbgrader fills in a new submission's grades bit by bit
            try:
                gradebook.find_student(student)
            except MissingEntry:
                if not self.creates_students:
                    raise CourseError(
                        f"{student} is not in the gradebook: add the student with `nbgrader db student add {student}`."
                    ) from None
                gradebook.add_student(student)
            entry = {"timestamp": timestamp} if timestamp else {}
            gradebook.update_or_create_submission(self.module.assignment, student, **entry)

    def _write(self, student: str, notebook: NotebookNode, submitted: Path) -> None:
        """Put the notebook and what was handed in with it into autograded/, in the place of what is there."""
        assignment = self.module.assignment
        target = Path(self.coursedir.format_path(self.coursedir.autograded_directory, student, assignment))
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{assignment}.", suffix=PART, dir=target.parent) as beside:
            new = Path(beside) / "new"
            new.mkdir()
            for found in find_all_files(str(submitted), [*self.coursedir.ignore, "*.ipynb"]):
                write_whole(new / Path(found).relative_to(submitted), Path(found).read_bytes())
            # on one line: whoever opens it reads it by nbformat, which takes long to write it in JupyterLab's way
            write_whole(new / self.module.notebook_name, json.dumps(notebook).encode())
            for path in new.rglob("*"):
                if path.is_file():
                    path.chmod(READ_ONLY)
            if target.exists():
                target.rename(Path(beside) / "old")
            new.rename(target)


def recording_preprocessors(api: NbGraderAPI) -> list[type[Preprocessor]]:
    """Return those of Autograde's preprocessors that enter something in the gradebook."""
    named = Autograde(coursedir=api.coursedir, parent=api).autograde_preprocessors
    classes = [import_item(each) if isinstance(each, str) else each for each in named]
    return [each for each in classes if issubclass(each, (SaveAutoGrades, AssignLatePenalties))]


def read_graded(api: NbGraderAPI, module: Module, student: str) -> NotebookNode:
    """Return a submission's notebook as it lies in autograded/."""
    folder = api.coursedir.format_path(api.coursedir.autograded_directory, student, module.assignment)
    return nbformat.read(Path(folder) / module.notebook_name, as_version=4)

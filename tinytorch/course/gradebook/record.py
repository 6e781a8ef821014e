"""Recording: what a worker decided goes into nbgrader's gradebook and into autograded/, one student in one step."""

from __future__ import annotations

import functools
import json
import tempfile
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.api import Gradebook, MissingEntry, Student, SubmittedNotebook  # noqa: TID251 - for annotations
from nbgrader.apps import NbGraderAPI
from nbgrader.converters import Autograde
from nbgrader.preprocessors import SaveAutoGrades
from nbgrader.utils import find_all_files
from sqlalchemy import func, or_
from traitlets import List, Unicode
from traitlets.utils.importstring import import_item

from tinytorch.course.files import PART, write_whole
from tinytorch.course.gradebook.class_list import is_stored
from tinytorch.course.gradebook.due_dates import open_policy, penalty_points
from tinytorch.course.gradebook.fast_rows import add_submission, load_submission, read_again
from tinytorch.course.gradebook.group_points import note_group
from tinytorch.course.gradebook.open_for_writing import open_for_writing
from tinytorch.course.gradebook.student_files import StudentFiles
from tinytorch.course.instants import FORMS
from tinytorch.course.layout import CourseError, Module
from tinytorch.course.notebook import grade_id, role_of
from tinytorch.course.notes import add_note, read_notes
from tinytorch.course.outputs import error_output

READ_ONLY = 0o444  # as nbgrader leaves what it graded


class RecordGrades(SaveAutoGrades):  # type: ignore[misc]
    """Save each test's score; those of a flagged submission are 0 until a person has looked at it."""

    trusted = List(Unicode(), help="Students whose flagged submissions a person has looked at and found honest.").tag(
        config=True
    )
    only: Collection[str] = ()  # the tests whose scores are saved; all if empty
    opened: Gradebook | None = None  # the gradebook, where `Recorder` has opened it; under nbgrader this opens it
    answers_before: Callable[[], dict[str, str]] = dict  # the answers that were recorded before; none under nbgrader

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Save the scores of a notebook: all of them, or none if this is stopped in the middle."""
        names = resources["nbgrader"]
        self.notebook_id, self.assignment_id, self.student_id = names["notebook"], names["assignment"], names["student"]
        flags = [note for note in read_notes(nb) if note.kind == "flag"]
        self.holds_back = bool(flags) and self.student_id not in self.trusted
        if self.holds_back:
            _fail_tests(nb, f"held back until a person has looked at this submission: {flags[0].text}")
        opened: AbstractContextManager[Gradebook] = (
            nullcontext(self.opened) if self.opened else open_for_writing(names["db_url"])
        )
        with (
            opened as self.gradebook,
            _saved_at_once(self.gradebook, self.notebook_id, self.assignment_id, self.student_id) as self.submitted,
        ):
            self.answers = answers_in(nb)
            if is_stranger(self.gradebook, self.student_id):
                add_note(nb, "note", "", f"{self.student_id} is not in the gradebook's list of students")
            for index, cell in enumerate(nb.cells):
                nb.cells[index], resources = self.preprocess_cell(cell, resources, index)
        return nb, resources

    def _add_score(self, cell: NotebookNode, resources: dict[str, Any]) -> None:
        if self.only and cell.metadata.nbgrader["grade_id"] not in self.only:
            return
        name, is_test = cell.metadata.nbgrader["grade_id"], role_of(cell) == "test"
        grade = self.gradebook.find_grade(name, self.notebook_id, self.assignment_id, self.student_id)
        before, waited = grade.auto_score, grade.needs_manual_grade
        super()._add_score(cell, resources)
        if self.holds_back and is_test:
            grade.needs_manual_grade = True
        elif grade.manual_score is not None and not waited and grade.auto_score == before:
            grade.needs_manual_grade = self._has_changed(None if is_test else name)
        elif is_test and self.student_id in self.trusted:
            grade.needs_manual_grade = False
        self.gradebook.db.commit()

    def _has_changed(self, answer: str | None) -> bool:
        """Whether an answer, or any if it is None, differs from what was recorded before: then a person looks again."""
        earlier = self.answers_before()
        return earlier != self.answers if answer is None else earlier.get(answer) != self.answers.get(answer)


def answers_in(notebook: NotebookNode) -> dict[str, str]:
    """Return the source of each cell that the student writes, by its name."""
    return {
        str(grade_id(cell)): str(cell.source) for cell in notebook.cells if role_of(cell) in ("solution", "written")
    }


def _fail_tests(notebook: NotebookNode, reason: str) -> None:
    """Have each test that gives points end in an error, which is worth 0 points to nbgrader."""
    for cell in notebook.cells:
        if role_of(cell) == "test" and cell.metadata.nbgrader.points:
            others = [output for output in cell.outputs if output.output_type != "error"]
            cell.outputs = [error_output("HeldBack", reason), *others]


@contextmanager
def _saved_at_once(gradebook: Gradebook, notebook: str, assignment: str, student: str) -> Iterator[SubmittedNotebook]:
    """Have `find_grade` and `find_comment` answer for one submission from memory, and save everything at the end.

    nbgrader's preprocessors commit each cell by itself: stopped in the middle, they leave half a student behind.
    """
    submitted = load_submission(gradebook, notebook, assignment, student)
    grades = {grade.name: grade for grade in submitted.grades}
    comments = {comment.name: comment for comment in submitted.comments}
    own = gradebook.find_grade, gradebook.find_comment

    def find_grade(name: str, *of: str) -> Any:
        return grades[name] if name in grades else own[0](name, *of)

    def find_comment(name: str, *of: str) -> Any:
        return comments[name] if name in comments else own[1](name, *of)

    gradebook.find_grade, gradebook.find_comment = find_grade, find_comment
    try:
        with _one_commit(gradebook):
            yield submitted
    finally:
        gradebook.find_grade, gradebook.find_comment = own


@contextmanager
def _one_commit(gradebook: Gradebook) -> Iterator[None]:
    """Save all changes at the end in one go, or none; nbgrader saves each by itself, and waits for the disk."""
    commit = gradebook.db.commit
    gradebook.db.commit = lambda: None  # a query sends to the database what it has to know
    try:
        yield
        commit()
    finally:
        gradebook.db.commit = commit


def is_stranger(gradebook: Gradebook, student: str) -> bool:
    """Whether a student is missing from the class list: those students of the gradebook who have a name or e-mail.

    nbgrader adds each student who hands in, with nothing but the id; without a class list nobody is a stranger.
    """
    known = (Student.first_name, Student.last_name, Student.email)
    listed = gradebook.db.query(Student.id).filter(or_(*(func.coalesce(each, "") != "" for each in known)))
    if listed.filter(Student.id == student).first() is not None or listed.first() is None:
        return False
    return not is_stored(gradebook, student)


class Recorder:
    """Records the results of one assignment; nothing else writes to the gradebook while a class is graded."""

    def __init__(self, api: NbGraderAPI, module: Module) -> None:
        self.module, self.files = module, StudentFiles(api.coursedir, module)
        self.coursedir, self.course_id = api.coursedir, api.course_id
        self.creates_students = Autograde(coursedir=api.coursedir, parent=api).create_student
        self.scores = _class_that_records(api)(config=api.config)
        self.late_policy = open_policy(api.config)

    def record(
        self,
        student: str,
        notebook: NotebookNode,
        trusted: bool = False,
        only: Collection[str] = (),
        group: tuple[str, ...] = (),
        read: Callable[[SubmittedNotebook], Any] = lambda submitted: None,
    ) -> tuple[NotebookNode, Any]:
        """Record a submission that was collected and run: all of it, or nothing.

        Returns its notebook as it is in autograded/ then, and what `read` returns.

        Args:
            student: whose it is.
            notebook: as a worker returned it.
            trusted: whether a person has looked at it, so that a flag holds nothing back.
            only: the tests whose scores are recorded; all if empty.
            group: everybody who handed it in together, if those are several.
            read: is called with what the gradebook has of the submission then, as `load_submission` returns it.
        """
        assignment, name = self.module.assignment, self.module.name
        folder = self.files.submitted_folder(student)
        handed_in = self.time_handed_in(student)
        resources: dict[str, Any] = {
            "unique_key": name,
            "nbgrader": {
                "student": student,
                "assignment": assignment,
                "notebook": name,
                "db_url": self.coursedir.db_url,
            },
        }
        with (
            open_for_writing(self.coursedir.db_url, self.course_id) as gradebook,
            _one_commit(gradebook),
        ):
            self._enter_submission(gradebook, student, handed_in, group)
            self.scores.trusted, self.scores.only, self.scores.opened = [student] if trusted else [], only, gradebook
            self.scores.answers_before = functools.partial(self._answers_before, student)
            notebook, _ = self.scores(notebook, resources)
            submitted = self.scores.submitted
            read_again(gradebook, submitted)
            submitted.late_submission_penalty = penalty_points(submitted, self.late_policy)
            recorded = read(submitted)
        self._write(student, notebook, folder)
        return notebook, recorded

    def _answers_before(self, student: str) -> dict[str, str]:
        """Return the answers in the notebook that autograded/ still has from before, nothing if there is none."""
        before = self.files.graded_notebook(student)
        return answers_in(self.files.read_graded(student)) if before.is_file() else {}

    def time_handed_in(self, student: str) -> Any:
        """Return the time in the file beside a submission, None if there is no file.

        Raises:
            CourseError: the file holds no time, or one that nobody can tell.
        """
        submitted = self.files.submitted_folder(student)
        try:
            return self.coursedir.get_existing_timestamp(str(submitted))
        except Exception:  # what the parser of dates raises, and what nbgrader raises instead
            file = submitted / "timestamp.txt"
            raise CourseError(f"{file} holds no time that can be told: {FORMS}.") from None

    def _enter_submission(self, gradebook: Gradebook, student: str, timestamp: Any, group: tuple[str, ...]) -> None:
        try:
            gradebook.find_student(student)
        except MissingEntry:
            if not self.creates_students:
                raise CourseError(
                    f"{student} is not in the gradebook: add the student with `nbgrader db student add {student}`."
                ) from None
            gradebook.add_student(student)
        try:
            gradebook.find_submission(self.module.assignment, student)
        except MissingEntry:
            add_submission(gradebook, self.module.assignment, student, timestamp)
        else:
            entry = {"timestamp": timestamp} if timestamp else {}
            gradebook.update_or_create_submission(self.module.assignment, student, **entry)
        note_group(gradebook, self.module.assignment, student, group)

    def _write(self, student: str, notebook: NotebookNode, submitted: Path) -> None:
        """Put the notebook, and what was handed in with it, into autograded/ in place of what is there."""
        target = self.files.graded_folder(student)
        target.parent.mkdir(parents=True, exist_ok=True)
        prefix = f".{self.module.assignment}."
        with tempfile.TemporaryDirectory(prefix=prefix, suffix=PART, dir=target.parent) as beside:
            new = Path(beside) / "new"
            new.mkdir()
            for found in find_all_files(str(submitted), [*self.coursedir.ignore, "*.ipynb"]):
                write_whole(new / Path(found).relative_to(submitted), Path(found).read_bytes())
            # on one line: everything that opens it uses nbformat, and JupyterLab's layout takes long to write
            write_whole(new / self.module.notebook_name, json.dumps(notebook).encode())
            for path in new.rglob("*"):
                if path.is_file():
                    path.chmod(READ_ONLY)
            if target.exists():
                target.rename(Path(beside) / "old")
            new.rename(target)


def _class_that_records(api: NbGraderAPI) -> type[RecordGrades]:
    """Return the one of Autograde's preprocessors that saves scores; a course may have a class of its own."""
    named = Autograde(coursedir=api.coursedir, parent=api).autograde_preprocessors
    classes = [import_item(each) if isinstance(each, str) else each for each in named]
    return next((each for each in classes if issubclass(each, RecordGrades)), RecordGrades)

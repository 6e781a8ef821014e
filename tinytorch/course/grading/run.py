"""A class on its way: collected, graded by workers, recorded in this process, and given its feedback pages."""

from __future__ import annotations

import dataclasses
import hashlib
import os
import shlex
import tempfile
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.api import SubmittedNotebook

from tinytorch.course.gradebook.due_dates import assign_penalties
from tinytorch.course.gradebook.fast_rows import PageGrades
from tinytorch.course.gradebook.nbgrader_api import open_nbgrader_in, sqlite_file
from tinytorch.course.gradebook.open_read_only import open_read_only
from tinytorch.course.gradebook.record import Recorder
from tinytorch.course.gradebook.register import refuse_other_cells, register_once
from tinytorch.course.gradebook.stored_scores import StoredSubmission, read_submissions
from tinytorch.course.gradebook.student_files import StudentFiles
from tinytorch.course.grading.assignment import GRADEBOOK, Assignment
from tinytorch.course.grading.cluster import Cluster
from tinytorch.course.grading.options import Options, ReportProgress
from tinytorch.course.grading.resume import Bookkeeping, Fingerprint, Step, Store, fingerprint_of
from tinytorch.course.grading.worker import (
    PageTask,
    SubmissionFiles,
    SubmissionTask,
    TaskHandler,
    Worker,
    once_ready,
    starting_fork_server,
)
from tinytorch.course.grading.worker_pool import Lost, Pool, TooLong
from tinytorch.course.handin.collect import collect
from tinytorch.course.handin.hand_in import group_of, time_in_words
from tinytorch.course.handin.which_counts import Submission
from tinytorch.course.layout import Course, CourseError, Module
from tinytorch.course.notebook import grade_id, read_own_notebook
from tinytorch.course.notes import Note
from tinytorch.course.reports.class_page import get_ready as get_ready_to_report
from tinytorch.course.reports.graded_notebook import GradedNotebook, code_of
from tinytorch.course.reports.results import ClassResults, StudentResult, read_student
from tinytorch.course.reports.student_page import FeedbackExporter, PageWriter
from tinytorch.course.sandbox.forked_kernel import ForkServer

Known = tuple[Fingerprint, StudentResult]  # what the gradebook has of a student, in two forms
NOT_YET = "not graded yet: run `tito grade` without --student"
# When a submission is slow: it keeps no other waiting from then on
SLOW_SECONDS, SLOW_SHARE = 20.0, 1 / 3  # of its limit
# When a worker is ended: its submission's own limit ends only the submission's code
MOST_TIMES_LONGER, SPARE_SECONDS = 1.25, 15.0


@dataclass
class Setting:
    """What stays the same for all that is graded in one run."""

    course: Course
    module: Module
    assignment: Assignment
    exporter: FeedbackExporter
    get_workers_ready: Callable[[], None]  # does, before they are forked, what each worker would do first
    stack: ExitStack  # ends what is started here

    @cached_property
    def starting_server(self) -> ForkServer | None:
        """What kernels are forked from: it is started when this is read, and gets ready while this process goes on."""
        return self.stack.enter_context(starting_fork_server(self.assignment))

    @cached_property
    def server(self) -> ForkServer | None:
        """What kernels are forked from, once it is ready: with the first worker, as nothing may need to be graded."""
        starting = self.starting_server
        self.get_workers_ready()
        return once_ready(starting)

    @property
    def most_seconds(self) -> float:
        """How long a worker may take for one submission before it is given up."""
        return self.assignment.submission_seconds * MOST_TIMES_LONGER + SPARE_SECONDS

    def pool(
        self, count: int, files: StudentFiles, report_at_work: Callable[[Sequence[tuple[Any, float]]], None]
    ) -> Pool:
        """Return workers on this machine, which grade submissions and write feedback pages."""

        def make_handler() -> TaskHandler:
            worker = Worker(self.assignment, Path(tempfile.mkdtemp(prefix="worker-")), self.server)
            return TaskHandler(worker, PageWriter(self.exporter, files))

        return Pool(
            count,
            make_handler,
            slow_seconds=min(SLOW_SECONDS, self.assignment.submission_seconds * SLOW_SHARE),
            most_seconds=self.most_seconds,
            report_at_work=report_at_work,
            before_the_first=lambda: self.server,
        )


@dataclass
class GroupAtWork:
    """A group's submission that is being graded."""

    files: dict[str, bytes]
    others: list[str] = field(default_factory=list)  # who gets the same result, beside the one who is being graded


class Run:
    """One class on its way."""

    def __init__(
        self,
        setting: Setting,
        output: Path,
        submissions: list[Submission],
        report_progress: ReportProgress,
        options: Options,
    ) -> None:
        self.setting, self.module, self.options = setting, setting.module, options
        self.output, self.submissions, self.report_progress = output, submissions, report_progress
        self.api = open_nbgrader_in(setting.course, output)
        self.db_url: str = self.api.coursedir.db_url
        self.files = StudentFiles(self.api.coursedir, self.module)
        self.store = Store(output, self.module.assignment)
        self.bookkeeping = Bookkeeping(self.store, setting.assignment.key, options)
        self.given = code_of(read_own_notebook(self.module.released_path))
        self.cell_order = [grade_id(cell) or "" for cell in read_own_notebook(self.module.solution_path).cells]
        self.problems = {each.student: each.problem for each in submissions}
        self.known: dict[str, Known] = {}  # until they are reported
        self.told: dict[str, GradedNotebook] = {}  # of those who were entered in this run, until they are reported
        self.results: dict[str, StudentResult] = {}
        self.groups: dict[str, GroupAtWork] = {}  # by who is being graded for a group

    def how_far(self) -> str:
        """Return a sentence about how many students are done."""
        done = sum(not result.failure for result in self.results.values())
        return f"{done} of {len(self.submissions)} students are done and kept"

    def grade(self) -> ClassResults:
        """Grade them all."""
        assignment = self.setting.assignment
        self._refuse_other_cells()
        if not all(self.files.page(each.student).is_file() for each in self.submissions):
            _ = self.setting.starting_server  # somebody is new and needs it: it gets ready in the meantime
        register_once(
            self.setting.course,
            self.module,
            self.api,
            key=assignment.key,
            new_gradebook=assignment.files[GRADEBOOK],
            record=self.store.registration,
        )
        assign_penalties(self.api, self.module)
        collect(self.module, self.submissions, self.output)
        self.recorder = Recorder(self.api, self.module)
        self._read_gradebook()
        count = min(self.options.workers or os.cpu_count() or 1, len(self.submissions) or 1)
        with self.setting.pool(count, self.files, self._report_at_work) as self.pool, self._graders() as self.graders:
            for submission in self.submissions:
                self._begin(submission.student)
            for task, outcome in self._outcomes():
                if self.pool.is_ending:
                    get_ready_to_report()  # while the last submissions are graded
                failure = str(outcome) if isinstance(outcome, (Lost, TooLong)) else outcome.failure if outcome else ""
                if isinstance(task, PageTask):
                    self._finish(task.student, failure)
                    continue
                group = self.groups.pop(task.student, None)
                for student in [task.student, *(group.others if group else ())]:
                    if failure:
                        self._report(StudentResult(student, failure=failure))
                    else:
                        self._enter(student, *self.bookkeeping.keep(student, outcome.notebook))
        return ClassResults(self.module, [self.results[each.student] for each in self.submissions])

    def _refuse_other_cells(self) -> None:
        """Raise `CourseError` if the gradebook has submissions for other cells than the source's."""
        file = sqlite_file(self.db_url)
        if file is None or file.is_file():
            elsewhere = "" if self.output == self.setting.course.root else f" --output {shlex.quote(str(self.output))}"
            command = f"tito build {self.module.number}{elsewhere}"
            refuse_other_cells(self.db_url, self.module, read_own_notebook(self.module.solution_path), command)

    def _graders(self) -> AbstractContextManager[Pool | Cluster]:
        """Return the workers that grade submissions: the pool, or a cluster."""
        if self.options.scheduler:
            return Cluster(self.options.scheduler, self.setting.assignment, self.setting.most_seconds)
        return nullcontext(self.pool)

    def _outcomes(self) -> Iterator[tuple[Any, Any]]:
        """Yield each task with its outcome; pages are written by the pool in any case."""
        if isinstance(self.graders, Cluster):
            for batch in self.graders.batches():
                yield from batch
                yield from self.pool.finished()
        yield from self.pool.finished()

    def _begin(self, student: str) -> None:
        """Have a submission graded, or go on from where an earlier run stopped."""
        task = SubmissionTask(student, self.module.notebook_name, self.files.submitted_folder(student))
        submission = task.read()
        if not self.bookkeeping.has_run(submission):
            self._run(task, submission)
            return
        known = self.known[student] if self._is_entered(student) else None
        step = self.bookkeeping.next_step(student, known[0] if known else Fingerprint(), self.files.page(student))
        if step == Step.ENTER:
            kept = self.store.latest(student)
            if kept is None:  # damaged since
                self._run(task, submission)
            else:
                self._enter(student, kept, self.store.mended(student))
        elif step == Step.WRITE_PAGE:
            self.pool.submit(PageTask(student))
        else:
            self._finish(student)

    def _run(self, task: SubmissionTask, submission: SubmissionFiles) -> None:
        """Have a submission run, unless it is the same as that of another member of the group: one run is enough."""
        student = submission.student
        members = group_of(task.folder)
        for member in members:
            if member in self.groups and self.groups[member].files == submission.files:
                self.groups[member].others.append(student)
                return
            folder = self.files.submitted_folder(member)
            if member == student or self.options.force or not folder.is_dir():
                continue
            same = SubmissionFiles.read(member, self.module.notebook_name, folder)
            kept = self.bookkeeping.found(same) if same.files == submission.files else None
            if kept is not None:
                self._enter(student, *self.bookkeeping.keep(student, kept))
                return
        if members:
            self.groups[student] = GroupAtWork(submission.files)
        self.graders.submit(task)

    def _read_gradebook(self) -> None:
        """Read what the gradebook has of the students of this run: before workers are forked, who get no connection."""
        of_run = {each.student for each in self.submissions}
        with open_read_only(self.db_url) as gradebook:
            for stored in read_submissions(gradebook, self.module.name, self.module.assignment, of_run.__contains__):
                self.known[stored.student] = self._known(stored)

    def _is_other(self, student: str) -> bool:
        """Whether a student is in no part of this run."""
        return student not in self.results

    def _known(self, stored: StoredSubmission) -> Known:
        return fingerprint_of(stored), read_student(stored, self.cell_order)

    def _is_entered(self, student: str) -> bool:
        """Whether the gradebook and autograded/ have a student's result, with the time at which it was handed in."""
        if student not in self.known or not self.files.graded_notebook(student).is_file():
            return False
        try:
            handed_in = self.recorder.time_handed_in(student)
        except CourseError:
            return False
        return not handed_in or handed_in == self.known[student][1].handed_in  # else it was corrected since

    def _enter(self, student: str, notebook: bytes, only: Collection[str] = ()) -> None:
        """Record a result, and have its page written."""
        try:
            ran = nbformat.v4.reads(notebook.decode())
            group = group_of(self.files.submitted_folder(student))
            trusted = self.bookkeeping.is_trusted(student)
            graded, (known, grades) = self.recorder.record(student, ran, trusted, only, group, self._read)
        except CourseError as error:
            self._report(StudentResult(student, failure=str(error)))
        else:
            self.known[student], self.told[student] = known, GradedNotebook.read(graded, self.given)
            self.pool.submit(PageTask(student, grades), first=True)

    def _read(self, submitted: SubmittedNotebook) -> tuple[Known, PageGrades]:
        """Return what the gradebook has of a student, and what of it the student's page shows."""
        return self._known(StoredSubmission.of(submitted)), PageGrades.of(submitted, self.recorder.late_policy)

    def _finish(self, student: str, page_problem: str = "") -> None:
        """Note that a student is done, and report what the gradebook and the graded notebook say.

        Who has no page, for the reason `page_problem`, is graded all the same; the next run tries the page again.
        """
        fingerprint, result = self.known.pop(student)
        digest, told = self._graded_notebook(student)
        result = self._with_time(dataclasses.replace(told.add_to(result), unreadable=self.problems[student]))
        if page_problem:
            notes = [*result.notes, Note("fault", "", page_problem)]
            result = dataclasses.replace(result, notes=notes, page_problem=page_problem)
        else:
            self.bookkeeping.note_done(student, fingerprint, digest, told, self.problems[student])
        self._report(result)

    def _graded_notebook(self, student: str) -> tuple[str, GradedNotebook]:
        """Return the digest of a student's notebook in autograded/, and what is told of it."""
        content = self.files.graded_notebook(student).read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        told = self.told.pop(student, None) or self.store.told(student, digest)
        return digest, told or GradedNotebook.read(nbformat.v4.reads(content.decode()), self.given)

    def whole_class(self, results: ClassResults) -> ClassResults:
        """Return the results of this run with those of all others of whom the gradebook or submitted/ has something."""
        others = []
        with open_read_only(self.db_url) as gradebook:
            for stored in read_submissions(gradebook, self.module.name, self.module.assignment, self._is_other):
                student = stored.student  # of whom there is no notebook, if the gradebook has only an extension
                if self.files.graded_notebook(student).is_file():
                    _, told = self._graded_notebook(student)
                    result = told.add_to(read_student(stored, self.cell_order))
                    others.append(
                        self._with_time(dataclasses.replace(result, unreadable=self.store.unreadable(student)))
                    )
        known = self.results.keys() | {each.student for each in others}
        collected = self.files.submitted_folder("*").parent.parent
        others += [
            StudentResult(folder.parent.name, failure=NOT_YET)
            for folder in collected.glob(f"*/{self.module.assignment}")
            if folder.parent.name not in known
        ]
        students = sorted([*results.students, *others], key=lambda each: each.student)
        return dataclasses.replace(results, students=students)

    def _with_time(self, result: StudentResult) -> StudentResult:
        """Return the result with when the collected notebook was handed in, and who says so."""
        collected = self.files.submitted_folder(result.student) / self.module.notebook_name
        return dataclasses.replace(result, handed_in_words=time_in_words(collected) if collected.is_file() else "")

    def _report(self, result: StudentResult) -> None:
        self.results[result.student] = result
        self.report_progress(len(self.results), len(self.submissions), result)

    def _report_at_work(self, tasks: Sequence[tuple[Any, float]]) -> None:
        self.report_progress.at_work([(task.student, seconds) for task, seconds in tasks])

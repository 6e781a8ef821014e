"""From a folder of submissions to scores, feedback and reports: workers decide, one writer enters it in the gradebook.

A run that was stopped, by whatever, is gone on with by running it again: what was graded is kept as it comes (`store`).
"""

from __future__ import annotations

import dataclasses
import gc
import hashlib
import os
import re
import tempfile
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Gradebook, InvalidEntry, MissingEntry
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import find_all_files
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from tinytorch.course.authoring.build import write_solution_notebook
from tinytorch.course.files import write_whole
from tinytorch.course.gradebook.fast_rows import load_submission
from tinytorch.course.gradebook.nbgrader_api import load_config, open_nbgrader, register
from tinytorch.course.gradebook.record import Recorder, read_graded
from tinytorch.course.grading.assignment import GRADEBOOK, Assignment, pack
from tinytorch.course.grading.cluster import Cluster, check_scheduler
from tinytorch.course.grading.reference import REFERENCE, prove_reference
from tinytorch.course.grading.resume import Store, mended_tests, only_run, result_key, with_tests_of
from tinytorch.course.grading.worker import HandedIn, Ran, Worker
from tinytorch.course.grading.worker_pool import Lost, Pool
from tinytorch.course.handin.collect import Submission, collect, find_submissions
from tinytorch.course.layout import Course, CourseError, Module, Stopped
from tinytorch.course.notebook import grade_id, read_notebook
from tinytorch.course.notes import read_notes
from tinytorch.course.released import released_notebook
from tinytorch.course.reports.grades_csv import write_grades
from tinytorch.course.reports.results import (
    ClassResults,
    StudentResult,
    read_student,
    scores_fingerprint,
    with_messages,
)
from tinytorch.course.reports.student_page import FeedbackExporter, PageWriter, open_exporter
from tinytorch.course.reports.write_reports import write_outcome
from tinytorch.course.sandbox.forked_kernel import ForkServer
from tinytorch.course.sandbox.isolation import check_isolation
from tinytorch.course.sandbox.temporary import run_folder
from tinytorch.course.verdict.judge import get_ready
from tinytorch.course.verdict.run_tests import is_judged

# Called after each student with how many are done, how many there are, and this one's result
Progress = Callable[[int, int, StudentResult], None]

# What the disk and the gradebook's database raise; nbgrader makes the last of what a database says to a change
OUT_OF_REACH = (OSError, SQLAlchemyError, InvalidEntry)


@dataclass(frozen=True)
class Options:
    """How a class is graded."""

    keep_going: bool = False  # a file that is no notebook gets 0 points, instead of stopping the run
    trusted: Sequence[str] = ()  # students whose flagged submissions a person has looked at
    students: Sequence[str] = ()  # only these; all if none
    force: bool = False  # also what was graded before
    workers: int = 0  # at once; one for each core if 0
    scheduler: str = ""  # the address of a Dask cluster that does the work; this machine if empty
    only_mended: bool = False  # decide only those tests anew that are others than when they were run last


@dataclass(frozen=True)
class Page:
    """A worker's task: write a student's feedback page."""

    student: str


def grade(
    course: Course,
    folder: Path,
    module: Module | None = None,
    output: Path | None = None,
    progress: Progress = lambda done, total, result: None,
    options: Options = Options(),
) -> ClassResults:
    """Grade every submission in `folder` and give the results; feedback/ and grades.csv are in `output`.

    `output` is the course folder if not given: then these are the folders and the gradebook of plain nbgrader.
    What is wrong with the folder is said before anything is changed. One submission that fails stops no other. What
    was graded before and has not changed since is not graded again. The points of a flagged submission are held back,
    unless its student is trusted.
    """
    output = (output or course.root).resolve()
    module, submissions = find_submissions(course, folder, module, options.keep_going)
    if options.scheduler:
        check_scheduler(options.scheduler)
    with prepared(course, module) as setting:
        return run_class(setting, output, _chosen(submissions, options.students), progress, options)


@contextmanager
def prepared(course: Course, module: Module) -> Iterator[Setting]:
    """Return all that a module's submissions are graded with, its reference proved by it."""
    with _said_in_a_sentence(lambda: "nobody was graded in this run"), run_folder():
        _write_solution(module)
        assignment = pack(course, module)
        exporter = open_exporter(open_nbgrader(course))
        with _fork_server(course, module, assignment, exporter) as server:
            setting = Setting(course, module, assignment, exporter, server)
            prove_reference(course, module, setting.grade_reference)
            yield setting


def run_class(
    setting: Setting, output: Path, submissions: list[Submission], progress: Progress, options: Options
) -> ClassResults:
    """Grade a class and write what is left of it in `output`."""
    run = _Run(setting, output, submissions, progress, options)
    with _said_in_a_sentence(run.how_far), only_run(output):
        results = run.grade()
        write_grades(results, output / "grades.csv")
        write_outcome(results, run.api.coursedir.db_url, run.api.course_id, output)
    return results


@contextmanager
def _said_in_a_sentence(how_far: Callable[[], str]) -> Iterator[None]:
    """Tell why grading stopped, where it was no fault of its own: a full disk, a gradebook out of reach, Ctrl-C."""
    try:
        yield
    except OUT_OF_REACH as error:
        reason = str(error).strip().splitlines()[0]
        if not isinstance(error, OSError):
            reason = re.sub(r"^(\(\S+\) )?", "the gradebook: ", reason)  # in the place of the error's type
        raise CourseError(
            f"Grading had to stop ({reason}): {how_far()}; mend that and run it again, and it goes on from there."
        ) from None
    except KeyboardInterrupt:
        raise Stopped(f"Stopped: {how_far()}; run it again, and it goes on from there.") from None


@dataclass
class Setting:
    """What stays the same for all that is graded in one run."""

    course: Course
    module: Module
    assignment: Assignment
    exporter: FeedbackExporter
    server: ForkServer | None

    def pool(self, count: int, coursedir: CourseDirectory) -> Pool:
        """Return workers that grade what was handed in, and write feedback pages."""

        def make_handler() -> Callable[[Any], Any]:
            worker = Worker(self.assignment, Path(tempfile.mkdtemp(prefix="worker-")), self.server)
            pages = PageWriter(self.exporter, coursedir, self.module)

            def handle(task: HandedIn | Page) -> Ran | None:
                if isinstance(task, HandedIn):
                    return worker.run(task)
                try:
                    pages.write(task.student)
                except OUT_OF_REACH:
                    raise
                except Exception as error:
                    return Ran(
                        task.student, failure=f"no feedback page could be made ({type(error).__name__}: {error})"
                    )
                return None

            return handle

        return Pool(count, make_handler)

    def grade_reference(self, notebook: Path, output: Path) -> tuple[StudentResult, NotebookNode | None]:
        """Grade the solution as if a student had handed it in, in a folder and a gradebook of its own."""
        run = _Run(self, output, [Submission(REFERENCE, notebook)], lambda *_: None, Options(workers=1))
        (result,) = run.grade().students
        return result, None if result.failure else read_graded(run.api, self.module, REFERENCE)


class _Run:
    """One class on its way through: collected, run by workers, recorded here, and given its pages by workers again."""

    def __init__(
        self, setting: Setting, output: Path, submissions: list[Submission], progress: Progress, options: Options
    ) -> None:
        self.setting, self.module, self.options, self.progress = setting, setting.module, options, progress
        self.submissions = submissions
        self.store = Store(output, self.module.assignment)
        self.output = output
        self.api = open_nbgrader(setting.course, **nbgrader_settings(setting.course, output))
        self.order = [grade_id(cell) or "" for cell in read_notebook(self.module.solution_path).cells]
        self.problems = {each.student: each.problem for each in submissions}
        self.keys: dict[str, str] = {}
        self.answers: dict[str, str] = {}  # names for what was handed in, whatever it is graded by
        self.recorded: dict[str, NotebookNode] = {}  # until their pages are written
        self.results: dict[str, StudentResult] = {}

    def how_far(self) -> str:
        """Return how many students are done."""
        done = sum(not result.failure for result in self.results.values())
        return f"{done} of {len(self.submissions)} students are done and kept"

    def grade(self) -> ClassResults:
        """Grade them all."""
        self._register()
        usable = [each for each in self.submissions if each.has_usable_name]
        collect(self.module, usable, self.output)
        self.recorder = Recorder(self.api, self.module)
        count = min(self.options.workers or os.cpu_count() or 1, len(usable) or 1)
        with self.setting.pool(count, self.api.coursedir) as self.pool, self._graders() as self.graders:
            for submission in self.submissions:
                if submission.has_usable_name:
                    self._begin(submission.student)
                else:
                    self._tell(StudentResult(submission.student, failure=submission.problem))
            for task, outcome in self._outcomes():
                if isinstance(outcome, Lost):
                    self._tell(StudentResult(task.student, failure=str(outcome)))
                elif outcome is not None and outcome.failure:
                    self._tell(StudentResult(task.student, failure=outcome.failure))
                elif isinstance(task, Page):
                    self._finish(task.student)
                else:
                    self._keep(task.student, outcome.notebook)
        return ClassResults(self.module, [self.results[each.student] for each in self.submissions])

    def _graders(self) -> AbstractContextManager[Pool | Cluster]:
        """Return those who grade: the pool, or a cluster."""
        if self.options.scheduler:
            return Cluster(self.options.scheduler, self.setting.assignment)
        return nullcontext(self.pool)

    def _outcomes(self) -> Iterator[tuple[Any, Any]]:
        """Return each task with what became of it; whoever grades, the pages are written here."""
        if isinstance(self.graders, Cluster):
            for batch in self.graders.batches():
                yield from batch
                yield from self.pool.finished()
        yield from self.pool.finished()

    def _begin(self, student: str) -> None:
        """Have a submission graded, or go on with it where an earlier run stopped."""
        handed_in = self._handed_in(student)
        key = self.keys[student] = result_key(self.setting.assignment.key, handed_in)
        self.answers[student] = result_key("", handed_in)
        if self.options.force:
            self.store.forget(student)
        kept = self.store.find(student, key)
        if kept is None:
            self.graders.submit(handed_in)
            return
        done, scores, page = self.store.done(student), self._fingerprint(student), self._page(student)
        if done.get("key") != key or done.get("trusted") != self._trust(student) or done.get("scores") != scores[0]:
            self._enter(student, kept, self.store.mended(student))
        elif done.get("page") != scores[1] or not page.is_file():
            self.pool.submit(Page(student))
        else:
            self._finish(student)

    def _keep(self, student: str, notebook: bytes) -> None:
        """Keep what a worker gave back, then record it."""
        earlier = self.store.latest(student) if self.options.only_mended else None
        mended: Collection[str] = ()
        if earlier is not None:
            mended = mended_tests(earlier, notebook)
            notebook = with_tests_of(earlier, notebook, mended)
        self.store.note_done(
            student, **{**self.store.done(student), "mended": " ".join(mended)}
        )  # if this is killed now
        self.store.keep(student, self.keys[student], notebook)
        self._enter(student, notebook, mended)

    def _enter(self, student: str, notebook: bytes, only: Collection[str] = ()) -> None:
        """Record a result."""
        try:
            ran = nbformat.v4.reads(notebook.decode())
            self.recorded[student] = self.recorder.record(student, ran, self._is_trusted(student), only)
        except CourseError as error:
            self._tell(StudentResult(student, failure=str(error)))
        else:
            self.pool.submit(Page(student), first=True)

    def _finish(self, student: str) -> None:
        """Note that a student is done, and read what the gradebook and the notebook say."""
        graded = self.recorded.pop(student, None) or read_graded(self.api, self.module, student)
        with Gradebook(self.api.coursedir.db_url, self.api.course_id) as gradebook:
            submitted = load_submission(gradebook, self.module.name, self.module.assignment, student)
            scores, page = scores_fingerprint(submitted)
            result = read_student(submitted, student, self.order)
        noted = {"key": self.keys[student], "trusted": self._trust(student), "scores": scores, "page": page}
        if self.store.done(student) != noted:
            self.store.note_done(student, **noted)
        result = dataclasses.replace(result, notes=read_notes(graded), unreadable=self.problems[student])
        self._tell(with_messages(result, graded))

    def _tell(self, result: StudentResult) -> None:
        self.results[result.student] = result
        self.progress(len(self.results), len(self.submissions), result)

    def _is_trusted(self, student: str) -> bool:
        """Whether a person has looked at these answers, now or before an earlier run."""
        return student in self.options.trusted or self.store.done(student).get("trusted") == self.answers[student]

    def _trust(self, student: str) -> str:
        return self.answers[student] if self._is_trusted(student) else "no"

    def _page(self, student: str) -> Path:
        folder = self.api.coursedir.format_path(self.api.coursedir.feedback_directory, student, self.module.assignment)
        return Path(folder) / f"{self.module.name}.html"

    def _fingerprint(self, student: str) -> tuple[str, str]:
        """Return names for the scores that the gradebook holds: those that tests gave, and all with their comments."""
        graded = self.api.coursedir.format_path(
            self.api.coursedir.autograded_directory, student, self.module.assignment
        )
        if not (Path(graded) / self.module.notebook_name).is_file():
            return "", ""
        with Gradebook(self.api.coursedir.db_url, self.api.course_id) as gradebook:
            try:
                names = self.module.name, self.module.assignment, student
                return scores_fingerprint(load_submission(gradebook, *names))
            except MissingEntry:
                return "", ""

    def _handed_in(self, student: str) -> HandedIn:
        coursedir = self.api.coursedir
        folder = Path(coursedir.format_path(coursedir.submitted_directory, student, self.module.assignment))
        names = ("submission_secret.txt", "timestamp.txt")  # not the student's, and nothing that a verdict hangs on
        found = [Path(path) for path in find_all_files(str(folder))]
        files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in found if path.name not in names}
        return HandedIn(student, self.module.notebook_name, files)

    def _register(self) -> None:
        """Tell the gradebook the module's tests and points, unless it knows them; modules/ stays as it is."""
        db_url = self.api.coursedir.db_url
        if db_url.startswith("sqlite:///") and not (path := Path(db_url.removeprefix("sqlite:///"))).exists():
            write_whole(path, self.setting.assignment.files[GRADEBOOK])  # which knows the module
            self.store.note_done("registered ", state=self._registered_state())
        with Gradebook(db_url, self.api.course_id) as gradebook:
            try:
                gradebook.find_notebook(self.module.name, self.module.assignment)
                if self.store.done("registered ").get("state") == self._registered_state():
                    return
            except MissingEntry:
                pass
        with tempfile.TemporaryDirectory() as release_folder:
            register(self.setting.course, self.module, Path(release_folder), db_url=db_url)
        self.store.note_done("registered ", state=self._registered_state())

    def _registered_state(self) -> str:
        """Return a name for what the gradebook knows of the module, and for where the gradebook is."""
        place = make_url(self.api.coursedir.db_url).render_as_string(hide_password=True)
        return hashlib.sha256(f"{place}\0{self.setting.assignment.key}".encode()).hexdigest()


@contextmanager
def _fork_server(
    course: Course, module: Module, assignment: Assignment, exporter: FeedbackExporter
) -> Iterator[ForkServer | None]:
    """Start what kernels are forked from, where there is a sandbox for them; where it can't be, kernels are started."""
    isolation = load_config(course).ExecuteStaged.isolation
    check_isolation(isolation)
    if isolation != "bubblewrap":
        yield None
        return
    try:
        server = ForkServer(assignment.modules)
        _get_ready(course, module, exporter)  # meanwhile
        gc.freeze()
        server.wait()
    except OSError:
        yield None
        return
    try:
        yield server
    finally:
        server.close()


def _get_ready(course: Course, module: Module, exporter: FeedbackExporter) -> None:
    """Do once what each worker would do first: it remembers what this process knew when it was forked."""
    get_ready([cell.source for cell in read_notebook(module.solution_path).cells if is_judged(cell)])
    exporter.get_ready(released_notebook(course, module))


def _chosen(submissions: list[Submission], students: Sequence[str]) -> list[Submission]:
    """Return the submissions of some students, or all."""
    known = {each.student for each in submissions}
    missing = [student for student in students if student not in known]
    if missing:
        raise CourseError(f"Nothing of {', '.join(missing)} was handed in: check the name, or leave out --student.")
    return [each for each in submissions if not students or each.student in students]


def nbgrader_settings(course: Course, output: Path) -> dict[str, str]:
    """Return nbgrader's settings that put what grading makes into `output`; the course folder needs none."""
    if output == course.root:
        return {}
    # The root moves, not each folder: nbgrader makes patterns of these paths and escapes the root only.
    return {
        "root": str(output),
        "source_directory": str(course.root / "src"),
        "release_directory": str(course.root / "modules"),
        "db_url": f"sqlite:///{output / 'gradebook.db'}",
    }


def _write_solution(module: Module) -> None:
    """Make the solution notebook, if the source is newer: the gradebook learns the tests and points from it."""
    if not module.source_path.is_file():
        raise CourseError(
            f"{module.source_path} is missing and with it the hidden tests: grade in the instructor's course folder."
        )
    made = module.solution_path
    if not made.is_file() or made.stat().st_mtime < module.source_path.stat().st_mtime:
        write_solution_notebook(module)

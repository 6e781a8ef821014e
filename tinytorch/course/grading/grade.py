"""Grading a folder of submissions: scores in the gradebook, feedback pages and reports.

A run that stopped, for whatever reason, goes on from there when it is run again: results are kept as they arrive
(resume.py).
"""

from __future__ import annotations

import dataclasses
import functools
import gc
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from nbformat import NotebookNode

from tinytorch.course.error_text import first_line
from tinytorch.course.gradebook.class_list import students_on_list
from tinytorch.course.gradebook.class_list_file import ListedStudent
from tinytorch.course.gradebook.nbgrader_api import open_nbgrader, open_nbgrader_in
from tinytorch.course.gradebook.open_read_only import is_gradebook, open_read_only
from tinytorch.course.gradebook.student_files import StudentFiles
from tinytorch.course.grading.assignment import Assignment, pack
from tinytorch.course.grading.cluster import check_scheduler
from tinytorch.course.grading.options import DEFAULT_OPTIONS, NoProgress, Options, ReportProgress
from tinytorch.course.grading.reference import REFERENCE, prove_reference
from tinytorch.course.grading.resume import only_run
from tinytorch.course.grading.run import Run, Setting
from tinytorch.course.grading.worker import OUT_OF_REACH
from tinytorch.course.handin.collect import plan_grading
from tinytorch.course.handin.found_files import BESIDE_NOTEBOOKS
from tinytorch.course.handin.plan import Plan
from tinytorch.course.handin.senders import chosen_zone
from tinytorch.course.handin.which_counts import Submission
from tinytorch.course.layout import Course, CourseError, Module, Stopped
from tinytorch.course.notebook import read_own_notebook
from tinytorch.course.released import released_notebook
from tinytorch.course.reports.grades_csv import write_grades
from tinytorch.course.reports.redact import Secrets
from tinytorch.course.reports.results import AbsentStudent, ClassResults, FilesFound, StudentResult, UngradedFile
from tinytorch.course.reports.similar_answers import equal_answers
from tinytorch.course.reports.student_page import FeedbackExporter, open_exporter
from tinytorch.course.reports.write_reports import write_outcome
from tinytorch.course.sandbox.isolation import check_isolation
from tinytorch.course.sandbox.temporary import run_folder
from tinytorch.course.verdict.judge import get_ready
from tinytorch.course.verdict.run_tests import given_sources, is_judged


def grade(
    course: Course,
    folder: Path,
    module: Module | None = None,
    output: Path | None = None,
    report_progress: ReportProgress = NoProgress(),  # noqa: B008
    options: Options = DEFAULT_OPTIONS,
) -> ClassResults:
    """Grade every submission in `folder` and return the results; feedback/ and grades.csv are in `output`.

    One submission that fails stops no other. What was graded before and has not changed since is not graded again. The
    points of a flagged submission are held back unless its student is trusted.

    Args:
        course: the instructor's course.
        folder: the folder of submissions.
        module: the module that they are for; found out from the notebooks if None.
        output: the folder for results; if None the course folder, with plain nbgrader's folders and gradebook.
        report_progress: called after each student, and with who is being graded.
        options: the options of `tito grade`.

    Raises:
        CourseError: something is wrong with the course or the folder, and nothing was changed; or grading had to stop,
            and goes on from there when it is run again.
    """
    require_sources(course)
    output = (output or course.root).resolve()
    with _in_a_sentence(lambda: "nobody was graded in this run"):
        listed = class_list(course, output)
    plan = plan_grading(
        course,
        folder,
        module,
        output,
        keep_going=options.keep_going,
        listed=listed,
        form=options.form,
        take=options.take,
        by_group=options.by_group,
        zone=chosen_zone(options.zone),
    )
    if options.scheduler:
        check_scheduler(options.scheduler)
    chosen = _chosen(plan.submissions, options.students)
    with prepared(course, plan.of_one_module(), prove=options.force) as setting:
        found = files_found(plan, listed, StudentFiles(open_nbgrader_in(course, output).coursedir, setting.module))
        return run_class(setting, output, chosen, report_progress, options, found)


def require_sources(course: Course) -> None:
    """Raise `CourseError` in a folder without src/, where the hidden tests are."""
    if not (course.root / "src").is_dir():
        raise CourseError(
            f"{course.root} has no src/, and so no hidden tests, as in a student's bundle: "
            "grade in the instructor's course folder."
        )


@contextmanager
def prepared(course: Course, module: Module, *, prove: bool = False) -> Iterator[Setting]:
    """Yield all that a module's submissions are graded with, after the reference solution has passed all tests.

    `prove` says to grade the reference in any case, and not only after something has changed.
    """
    with _in_a_sentence(lambda: "nobody was graded in this run"), run_folder(), ExitStack() as stack:
        _write_solution(module)
        assignment = pack(course, module)
        check_isolation(assignment.isolation)
        exporter = open_exporter(open_nbgrader(course))
        get_workers_ready = functools.partial(_get_ready, course, module, assignment, exporter)
        setting = Setting(course, module, assignment, exporter, get_workers_ready, stack)
        prove_reference(course, module, assignment.key, functools.partial(_grade_reference, setting), anew=prove)
        yield setting


def class_list(course: Course, output: Path) -> dict[str, ListedStudent]:
    """Return the students on the class list of the gradebook in `output`, by id; nobody if there is none."""
    db_url = open_nbgrader_in(course, output).coursedir.db_url
    if not is_gradebook(db_url):
        return {}
    with open_read_only(db_url) as gradebook:
        return students_on_list(gradebook)


def files_found(plan: Plan, listed: Mapping[str, ListedStudent], files: StudentFiles) -> FilesFound:
    """Return what the reports say of files that are not graded, and of students who handed in nothing.

    Args:
        plan: what is done with each file.
        listed: the students on the class list.
        files: where what was collected before is.
    """
    graded = {submission.path for submission in plan.submissions}
    shown = [
        UngradedFile(str(row.path), row.student, row.why or row.what.value, row.what.needs_a_person)
        for row in plan.rows
        if row.path not in graded and not any(row.path.is_relative_to(path) for path in graded)
    ]
    known = {row.student for row in plan.rows} | {submission.student for submission in plan.submissions}
    absent = [
        AbsentStudent(student, each.full_name, each.email)
        for student, each in sorted(listed.items())
        if student not in known and not (files.submitted_folder(student) / files.module.notebook_name).is_file()
    ]
    return FilesFound(shown, {what: count for what, count in plan.counts.items() if what != BESIDE_NOTEBOOKS}, absent)


def run_class(
    setting: Setting,
    output: Path,
    submissions: list[Submission],
    report_progress: ReportProgress,
    options: Options,
    found: FilesFound,
) -> ClassResults:
    """Grade submissions, write the reports on the whole class into `output`, and return the results of this run.

    `found` is what the reports say of files that were not graded, and of students who handed in nothing.
    """
    run = Run(setting, output, submissions, report_progress, options)
    with _in_a_sentence(run.how_far), only_run(output):
        results = dataclasses.replace(run.grade(), found=found)
        whole_class = run.whole_class(results)
        write_grades(whole_class, output / "grades.csv")
        write_outcome(whole_class, run.db_url, output)
    return dataclasses.replace(results, equal=equal_answers(whole_class))


def _grade_reference(setting: Setting, notebook: Path, output: Path) -> tuple[StudentResult, NotebookNode | None]:
    """Grade the solution as if a student had handed it in, in a folder and a gradebook of its own."""
    run = Run(setting, output, [Submission(REFERENCE, notebook)], NoProgress(), Options(workers=1))
    run.api.config.Autograde.create_student = True  # nobody enters the reference, whoever may be in the class
    (result,) = run.grade().students
    return result, None if result.failure else run.files.read_graded(REFERENCE)


@contextmanager
def _in_a_sentence(how_far: Callable[[], str]) -> Iterator[None]:
    """Turn what stops grading from outside into one sentence: a full disk, an unreachable gradebook, Ctrl-C."""
    try:
        yield
    except OUT_OF_REACH as error:
        reason = first_line(error)
        if not isinstance(error, OSError):
            reason = re.sub(r"^(\(\S+\) )?", "the gradebook: ", reason)  # instead of the error's type
        raise CourseError(
            f"Grading had to stop ({reason}): {how_far()}; mend that and run it again, and it goes on from there."
        ) from None
    except KeyboardInterrupt:
        raise Stopped(f"Stopped: {how_far()}; run it again, and it goes on from there.") from None


def _get_ready(course: Course, module: Module, assignment: Assignment, exporter: FeedbackExporter) -> None:
    """Do what each worker would do first: workers know what this process knew when they were forked from it."""
    cells = read_own_notebook(module.solution_path).cells
    get_ready(given_sources(cells), [cell.source for cell in cells if is_judged(cell)])
    _ = assignment.compiled
    released = released_notebook(course, module)
    Secrets([cell.source for cell in cells], released.cells)
    exporter.get_ready(released)
    gc.freeze()


def _chosen(submissions: list[Submission], students: Sequence[str]) -> list[Submission]:
    """Return the submissions of some students, or all."""
    known = {each.student for each in submissions}
    missing = [student for student in students if student not in known]
    if missing:
        raise CourseError(f"Nothing of {', '.join(missing)} was handed in: check the name, or leave out --student.")
    return [each for each in submissions if not students or each.student in students]


def _write_solution(module: Module) -> None:
    """Make the solution notebook if the source is newer: the gradebook gets the tests and their points from it."""
    if not module.source_path.is_file():
        raise CourseError(
            f"{module.source_path} is missing, and with it the hidden tests: grade in the instructor's course folder."
        )
    made = module.solution_path
    if not made.is_file() or made.stat().st_mtime < module.source_path.stat().st_mtime:
        from tinytorch.course.authoring.build import write_solution_notebook  # loads jupytext and nbdev

        write_solution_notebook(module)

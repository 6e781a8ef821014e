"""Grading a class again after a test was mended: every submission runs again, and only that test's scores change."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from tinytorch.course.gradebook.nbgrader_api import open_nbgrader_in
from tinytorch.course.gradebook.open_read_only import open_read_only
from tinytorch.course.gradebook.student_files import StudentFiles
from tinytorch.course.grading.grade import class_list, files_found, prepared, require_sources, run_class
from tinytorch.course.grading.mended_tests import mended_tests
from tinytorch.course.grading.options import Options, ReportProgress
from tinytorch.course.grading.resume import Store
from tinytorch.course.handin.collect import plan_grading
from tinytorch.course.layout import Course, CourseError, Module
from tinytorch.course.reports.results import ClassResults


@dataclass(frozen=True)
class Change:
    """A changed score."""

    student: str
    test: str
    before: float
    after: float


def regrade(
    course: Course, module: Module, output: Path | None, report_progress: ReportProgress, options: Options
) -> tuple[list[str], list[Change], ClassResults | None]:
    """Grade the collected submissions again by the tests that were mended since they were last graded.

    A run that stopped goes on from there when it is run again.

    Returns:
        The mended tests, the changed scores, and the results of the class; without a mended test no submission is run,
        and there are no results.

    Raises:
        CourseError: more than the text of tests has changed, or grading had to stop.
    """
    require_sources(course)
    output = (output or course.root).resolve()
    store = Store(output, module.assignment)
    coursedir = open_nbgrader_in(course, output).coursedir
    db_url = coursedir.db_url
    with prepared(course, module) as setting:
        plan = plan_grading(course, output / "submitted", module, output, keep_going=True)
        submissions = plan.submissions
        mended: set[str] = set()
        for submission in submissions:
            ran = store.latest(submission.student)
            mended.update(store.mended(submission.student))  # decided, but not entered before a run stopped
            try:
                mended.update(mended_tests(ran, module.solution_path.read_bytes()) if ran else ())
            except ValueError as others:
                raise CourseError(
                    f"More than a test's text has changed in {module.assignment} ({others}): "
                    "use `tito grade`, which grades everything again."
                ) from None
        if not mended:
            return [], [], None
        before = _scores(db_url, module, mended)
        chosen = dataclasses.replace(options, only_mended=True)
        found = files_found(plan, class_list(course, output), StudentFiles(coursedir, module))
        results = run_class(setting, output, submissions, report_progress, chosen, found)
        after = _scores(db_url, module, mended)
    changes = [
        Change(student, test, before.get((student, test), 0.0), score)
        for (student, test), score in sorted(after.items())
        if before.get((student, test), 0.0) != score
    ]
    return sorted(mended), changes, results


def _scores(db_url: str, module: Module, tests: Collection[str]) -> dict[tuple[str, str], float]:
    """Return each student's score of some tests."""
    with open_read_only(db_url) as gradebook:
        return {
            (submission.student_id, grade.name): float(grade.score)
            for submission in gradebook.assignment_submissions(module.assignment)
            for notebook in submission.notebooks
            for grade in notebook.grades
            if grade.name in tests
        }

"""After a hidden test was mended: every submission is run again, and only what that test decides is changed."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from nbgrader.api import Gradebook

from tinytorch.course.gradebook.nbgrader_api import open_nbgrader
from tinytorch.course.grading.grade import Options, Progress, nbgrader_settings, prepared, run_class
from tinytorch.course.grading.resume import Store, mended_tests
from tinytorch.course.handin.collect import find_submissions
from tinytorch.course.layout import Course, CourseError, Module
from tinytorch.course.reports.results import ClassResults


@dataclass(frozen=True)
class Change:
    """A score that is another one now."""

    student: str
    test: str
    before: float
    after: float


def regrade(
    course: Course, module: Module, output: Path | None, progress: Progress, options: Options
) -> tuple[list[str], list[Change], ClassResults | None]:
    """Grade the collected submissions again by the tests that were mended since; give these and the changed scores.

    A run that was stopped is gone on with by running it again. Nothing is done where no test was mended.
    """
    output = (output or course.root).resolve()
    store = Store(output, module.assignment)
    api = open_nbgrader(course, **nbgrader_settings(course, output))
    with prepared(course, module) as setting:
        _, submissions = find_submissions(course, output / "submitted", module, keep_going=True)
        mended: set[str] = set()
        for submission in submissions:
            ran = store.latest(submission.student)
            mended.update(store.mended(submission.student))  # decided, but not entered before that run stopped
            try:
                mended.update(mended_tests(ran, module.solution_path.read_bytes()) if ran else ())
            except ValueError as others:
                raise CourseError(
                    f"More than a test's text has changed in {module.assignment} ({others}): "
                    "use `tito grade`, which decides everything anew."
                ) from None
        if not mended:
            return [], [], None
        before = _scores(api.coursedir.db_url, api.course_id, module, mended)
        chosen = dataclasses.replace(options, only_mended=True)
        results = run_class(setting, output, submissions, progress, chosen)
        after = _scores(api.coursedir.db_url, api.course_id, module, mended)
    changes = [
        Change(student, test, before.get((student, test), 0.0), score)
        for (student, test), score in sorted(after.items())
        if before.get((student, test), 0.0) != score
    ]
    return sorted(mended), changes, results


def _scores(db_url: str, course_id: str, module: Module, tests: Collection[str]) -> dict[tuple[str, str], float]:
    """Return each student's score of some tests."""
    with Gradebook(db_url, course_id) as gradebook:
        return {
            (submission.student_id, grade.name): float(grade.score)
            for submission in gradebook.assignment_submissions(module.assignment)
            for notebook in submission.notebooks
            for grade in notebook.grades
            if grade.name in tests
        }

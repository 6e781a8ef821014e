"""The result of one hand-in as JSON, for a platform that runs the grader itself: Gradescope, or Classroom 50.

Sources: Gradescope's autograder specification (docs/specs.md in gradescope/autograder_samples); Classroom 50's contract
`classroom50/result/v1` (wiki/Advanced-Autograding.md in foundation50/classroom50).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from tinytorch.course.files import write_whole
from tinytorch.course.layout import CourseError
from tinytorch.course.reports.results import ClassResults, StudentResult

GRADESCOPE, CLASSROOM_50 = "gradescope", "classroom50"
FORMS = (GRADESCOPE, CLASSROOM_50)
SET_BY_CLASSROOM_50 = ("CLASSROOM", "ASSIGNMENT", "SUBMISSION_TAG", "COMMIT_URL", "RELEASE_URL")


def write_results_json(
    results: ClassResults, path: Path, form: str, environment: Mapping[str, str], now: datetime
) -> None:
    """Write the result of the only hand-in of a run.

    Args:
        results: what `tito grade` returned.
        path: the file to write.
        form: one of `FORMS`.
        environment: the process's environment, in which Classroom 50 says which submission it is.
        now: the time, with its time zone.

    Raises:
        CourseError: the run had several hand-ins, or points that the form cannot hold.
    """
    check_form(form, environment)
    if len(results.students) != 1:
        raise CourseError(
            f"--results-json is for one hand-in, and {len(results.students)} were graded: give a folder with one."
        )
    (student,) = results.students
    content = _gradescope(student) if form == GRADESCOPE else _classroom50(student, environment, now)
    write_whole(path, (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode("utf-8"))


def check_form(form: str, environment: Mapping[str, str]) -> None:
    """Raise `CourseError` if no result can be written in a form: it is unknown, or its facts are missing."""
    if form not in FORMS:
        raise CourseError(f"There is no form {form!r} of a result: choose {' or '.join(FORMS)}.")
    missing = [name for name in SET_BY_CLASSROOM_50 if not environment.get(name)]
    if form == CLASSROOM_50 and missing:
        raise CourseError(f"Classroom 50 sets {', '.join(missing)} when it grades: run this in its autograder.")


def _gradescope(student: StudentResult) -> dict[str, Any]:
    """Return what Gradescope reads from /autograder/results/results.json."""
    return {
        "score": student.points,
        "output": "\n".join(_about(student)),
        "tests": [
            {
                "name": test.name,
                "score": test.points,
                "max_score": test.max_points,
                "status": "passed" if test.passed else "failed",
                "output": test.reason,
                "output_format": "text",
            }
            for test in student.tests
        ],
    }


def _classroom50(student: StudentResult, environment: Mapping[str, str], now: datetime) -> dict[str, Any]:
    """Return what Classroom 50 reads from ./result.json; its points are whole numbers."""
    if any(test.max_points != int(test.max_points) or test.points != int(test.points) for test in student.tests):
        raise CourseError("Classroom 50 takes whole points only, and a test of this module gives parts of a point.")
    return {
        "schema": "classroom50/result/v1",
        "classroom": environment["CLASSROOM"],
        "assignment": environment["ASSIGNMENT"],
        "submission": environment["SUBMISSION_TAG"],
        "commit": environment["COMMIT_URL"],
        "release": environment["RELEASE_URL"],
        "review": environment.get("REVIEW_URL") or environment["COMMIT_URL"],
        "datetime": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "score": int(student.points),
        "max-score": int(student.max_points),
        "tests": [
            {
                "test-name": test.name,
                "passed": test.passed,
                "score": int(test.points),
                "max-score": int(test.max_points),
                "message": test.reason,
            }
            for test in student.tests
        ],
        "notes": _about(student),
    }


def _about(student: StudentResult) -> list[str]:
    """Return what a student has to know besides the tests, a sentence each."""
    lines = []
    if student.failure:
        lines.append(f"This hand-in could not be graded: {student.failure}")
    if student.unreadable:
        lines.append(student.unreadable)
    if student.held_back:
        lines.append("The points are held back until a person has looked at this hand-in.")
    lines += [f"{note.cell}: {note.text}" if note.cell else note.text for note in student.notes]
    if student.written:
        lines.append(f"{student.written} written answers are graded by hand and are not in this score.")
    return lines

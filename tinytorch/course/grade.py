"""From a folder of submissions to scores, feedback and grades.csv, through nbgrader and its gradebook."""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from nbgrader.converters import Autograde, GenerateFeedback

from tinytorch.course.build import write_solution_notebook
from tinytorch.course.collect import Submission, collect, find_submissions
from tinytorch.course.engine import open_nbgrader, register, run
from tinytorch.course.layout import Course, CourseError, Module
from tinytorch.course.notebook import grade_id, read_notebook
from tinytorch.course.notes import read_notes
from tinytorch.course.prove import REFERENCE, prove_reference
from tinytorch.course.results import ClassResults, StudentResult, read_student, write_grades

# Called after each student with how many are done, how many there are, and this one's result
Progress = Callable[[int, int, StudentResult], None]


def grade(
    course: Course,
    folder: Path,
    module: Module | None = None,
    output: Path | None = None,
    progress: Progress = lambda done, total, result: None,
    keep_going: bool = False,
    trusted: Sequence[str] = (),
) -> ClassResults:
    """Grade every submission in `folder` and give the results; feedback/ and grades.csv are in `output`.

    `output` is the course folder if not given: then these are the folders and the gradebook of plain nbgrader.
    What is wrong with the folder is said before anything is changed; with `keep_going` a file that is no notebook gets
    0 points instead, and its reason. One submission that fails stops no other. The points of a flagged submission are
    held back, unless its student is `trusted`: a person has looked at it.
    """
    output = (output or course.root).resolve()
    module, submissions = find_submissions(course, folder, module, keep_going)
    _write_solution(module)
    prove_reference(course, module, lambda notebook, place: _grade_reference(course, module, notebook, place))

    settings = _settings(course, output)
    _register(course, module, settings["db_url"])
    collect(module, [each for each in submissions if each.has_usable_name], output)
    api = open_nbgrader(course, **settings)
    api.config.RecordGrades.trusted = list(trusted)
    results = []
    for submission in submissions:
        if submission.has_usable_name:
            result = _grade_one(api, module, submission.student)
            result = dataclasses.replace(result, unreadable=submission.problem)
        else:
            result = StudentResult(submission.student, failure=submission.problem)
        results.append(result)
        progress(len(results), len(submissions), result)
    class_results = ClassResults(module, results)
    write_grades(class_results, output / "grades.csv")
    return class_results


def _settings(course: Course, output: Path) -> dict[str, str]:
    """Give nbgrader's settings that put what grading makes into `output`; the course folder needs none."""
    if output == course.root:
        return {"db_url": f"sqlite:///{course.root / 'gradebook.db'}"}
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


def _register(course: Course, module: Module, db_url: str) -> None:
    """Tell the gradebook the module's tests and points; modules/ stays as it is."""
    Path(db_url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as release_folder:
        register(course, module, Path(release_folder), db_url=db_url)


def _grade_one(api: NbGraderAPI, module: Module, student: str) -> StudentResult:
    """Autograde one student's submission and write the feedback page."""
    try:
        run(api, Autograde, module.assignment, f"grade {student}", student=student, force=True)
        run(api, GenerateFeedback, module.assignment, f"write {student}'s feedback", student=student, force=True)
    except CourseError as error:
        return StudentResult(student, failure=str(error))
    order = [grade_id(cell) or "" for cell in read_notebook(module.solution_path).cells]
    with Gradebook(api.coursedir.db_url, api.course_id) as gradebook:
        result = read_student(gradebook, module, student, order)
    return dataclasses.replace(result, notes=read_notes(_read_graded(api, module, student)))


def _grade_reference(
    course: Course, module: Module, notebook: Path, output: Path
) -> tuple[StudentResult, NotebookNode | None]:
    """Grade the solution as if a student had handed it in, in a folder and a gradebook of its own."""
    settings = _settings(course, output)
    _register(course, module, settings["db_url"])
    collect(module, [Submission(REFERENCE, notebook)], output)
    api = open_nbgrader(course, **settings)
    result = _grade_one(api, module, REFERENCE)
    return result, None if result.failure else _read_graded(api, module, REFERENCE)


def _read_graded(api: NbGraderAPI, module: Module, student: str) -> NotebookNode:
    """Give a submission's notebook as it ran."""
    folder = api.coursedir.format_path(api.coursedir.autograded_directory, student, module.assignment)
    return nbformat.read(Path(folder) / module.notebook_name, as_version=4)

"""From a folder of hand-ins to nbgrader's submitted/: one notebook, its time and its secret for each student.

Accepted side by side in the folder:

    alice.ipynb    bob/dataloader.ipynb    carol/05_dataloader/dataloader.ipynb
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tinytorch.course.files import write_whole
from tinytorch.course.layout import Course, CourseError, Module
from tinytorch.course.notebook import module_of, read_notebook

# nbgrader joins its keys with "+", its lists with ",", and looks students up with file patterns.
STUDENT_ID = re.compile(r"^[\w@-][\w@. -]*(?<!\s)$")
BACKUP = ".backup-"


@dataclass(frozen=True, order=True)
class Submission:
    """A notebook as it was handed in."""

    student: str
    notebook_path: Path


def find_submissions(course: Course, folder: Path, module: Module | None) -> tuple[Module, list[Submission]]:
    """Give the module and each student's notebook in `folder`, or raise `CourseError` with all that is wrong.

    Reads every notebook and changes nothing.
    """
    if not folder.is_dir():
        raise CourseError(f"There is no folder {folder}: give the one that holds the submissions.")
    found = _notebooks_in(folder)
    if not found:
        raise CourseError(
            f"{folder} holds no notebooks: expected <student>.ipynb, <student>/<module>.ipynb "
            "or <student>/<assignment>/<module>.ipynb."
        )
    if module is None:
        module = _only_module(course, folder, found)
    submissions = sorted(_submissions_for(module, folder, found))
    if not submissions:
        raise CourseError(
            f"{folder} holds no submission of {module.assignment}: expected <student>.ipynb, "
            f"<student>/{module.notebook_name} or <student>/{module.assignment}/{module.notebook_name}."
        )
    _check(submissions, _misnamed(course, folder, found, submissions, module))
    return module, submissions


def collect(module: Module, submissions: list[Submission], output: Path) -> None:
    """Copy each notebook, and nothing else, to `output`/submitted as nbgrader wants it there."""
    for submission in submissions:
        target = output / "submitted" / submission.student / module.assignment
        source = submission.notebook_path
        handed_in = source.with_name("timestamp.txt")
        if handed_in.is_file():
            timestamp = handed_in.read_text(encoding="utf-8")
        else:
            timestamp = f"{datetime.fromtimestamp(source.stat().st_mtime, UTC):%Y-%m-%d %H:%M:%S.%f} UTC"
        write_whole(target / module.notebook_name, source.read_bytes())
        write_whole(target / "timestamp.txt", timestamp.encode())
        # nbgrader's release_feedback finds a student's page by this secret; its own `submit` makes it the same way.
        if not (target / "submission_secret.txt").is_file():
            handed_in = source.with_name("submission_secret.txt")
            secret = handed_in.read_text(encoding="utf-8") if handed_in.is_file() else secrets.token_hex(64)
            write_whole(target / "submission_secret.txt", secret.encode())


def _notebooks_in(folder: Path) -> list[Path]:
    """Give the notebooks in `folder`, at most two folders down; backups and hidden files are not hand-ins."""
    paths = [path for pattern in ("*.ipynb", "*/*.ipynb", "*/*/*.ipynb") for path in folder.glob(pattern)]
    parts = {path: path.relative_to(folder).parts for path in paths}
    return sorted(
        path for path in paths if BACKUP not in path.name and not any(part.startswith(".") for part in parts[path])
    )


def _submissions_for(module: Module, folder: Path, found: list[Path]) -> list[Submission]:
    """Give those of the notebooks that are hand-ins of `module`."""
    submissions = []
    for path in found:
        match path.relative_to(folder).parts:
            case (_,):
                submissions.append(Submission(path.stem, path))
            case (student, module.notebook_name) | (student, module.assignment, module.notebook_name):
                submissions.append(Submission(student, path))
    return submissions


def _only_module(course: Course, folder: Path, found: list[Path]) -> Module:
    """Give the one module that all these notebooks are hand-ins of."""
    modules = {module for path in found if (module := module_of(course, path))}
    if len(modules) == 1:
        return modules.pop()
    names = ", ".join(module.assignment for module in sorted(modules))
    reason = f"holds notebooks of {names}" if modules else "does not show which module it is for"
    raise CourseError(f"{folder} {reason}: say which to grade with --module, such as --module 05.")


def _misnamed(
    course: Course, folder: Path, found: list[Path], submissions: list[Submission], module: Module
) -> list[str]:
    """Name each student's folder that holds notebooks, but none that any module's is called."""
    known = {each.notebook_name for each in course.modules}
    students = {submission.student for submission in submissions}
    students |= {path.relative_to(folder).parts[0] for path in found if path.name in known}
    lost = [path for path in found if path.parent != folder and path.relative_to(folder).parts[0] not in students]
    return [f"{path}: a submission in a folder must be called {module.notebook_name}" for path in lost]


def _check(submissions: list[Submission], problems: list[str]) -> None:
    """Raise one `CourseError` that names every submission that cannot be graded."""
    problems = list(problems)
    seen: dict[str, Path] = {}
    for student, path in ((submission.student, submission.notebook_path) for submission in submissions):
        if not STUDENT_ID.match(student):
            problems.append(f"{path}: {student!r} cannot be a student's id (letters, digits and . _ - @ only)")
        if student in seen:
            problems.append(f"{path}: {student} also handed in {seen[student]}")
        seen.setdefault(student, path)
        try:
            read_notebook(path)
        except CourseError as error:
            problems.append(str(error).split(": save it again")[0])
    if problems:
        raise CourseError(f"Nothing was graded, mend or remove first: {'; '.join(problems)}.")

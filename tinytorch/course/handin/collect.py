"""Copying hand-ins from a folder to nbgrader's submitted/: one notebook, its time and its secret for each student.

The folder may mix these:

    alice.ipynb    bob/dataloader.ipynb    carol/05_dataloader/dataloader.ipynb

A notebook in a student's folder may have another name if its cells show what it is. If a student handed in several, the
newest counts; one that was collected earlier is kept in history/. `collect_zips` does the same with zips that
`tito submit` made.
"""

from __future__ import annotations

import secrets
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tinytorch.course.files import write_whole
from tinytorch.course.handin.read_file import REMARKS, NotANotebook, read_submission
from tinytorch.course.handin.read_zip import NotAHandIn, unpack
from tinytorch.course.handin.submit import SECRET, TIME_FORMAT, TIMESTAMP
from tinytorch.course.instants import read_instant, shown
from tinytorch.course.layout import STUDENT_ID, Course, CourseError, Module
from tinytorch.course.notebook import grade_ids, module_of

BACKUP = ".backup-"
NO_HAND_INS = ("__MACOSX", "__pycache__")  # folders that archives and Python leave behind


@dataclass(frozen=True)
class Submission:
    """What a student handed in."""

    student: str
    path: Path  # the notebook; the student's folder, if there is no notebook in it
    problem: str = ""  # why it cannot be read; empty if it can
    remarks: tuple[str, ...] = ()  # what the student has to know about how it was handed in
    older: tuple[Path, ...] = ()  # what else the student handed in

    @property
    def has_usable_name(self) -> bool:
        """Whether nbgrader can use the student's name."""
        return bool(STUDENT_ID.match(self.student))


# The names of each notebook's cells, or what is wrong with the file; whole notebooks of a class would fill the memory
Contents = dict[Path, set[str] | NotANotebook]


def find_submissions(
    course: Course, folder: Path, module: Module | None, keep_going: bool = False
) -> tuple[Module, list[Submission]]:
    """Return the module and what each student handed in; read every notebook and change nothing.

    Args:
        course: the course.
        folder: the folder of submissions.
        module: the module that they are for; found out from the notebooks if None.
        keep_going: return what cannot be graded, too, each with its problem.

    Raises:
        CourseError: there is no such folder, it has no submissions of one module, something in it cannot be graded, or,
            with `keep_going`, nothing can.
    """
    if not folder.is_dir():
        raise CourseError(_no_folder(course, folder))
    contents = {path: _read(path) for path in _notebooks_in(folder)}
    if not contents:
        raise CourseError(
            f"{folder} holds no notebooks: expected <student>.ipynb, <student>/<module>.ipynb "
            "or <student>/<assignment>/<module>.ipynb."
        )
    module = module or _only_module(course, folder, contents)
    submissions = _submissions(course, module, folder, contents)
    if not submissions:
        raise CourseError(
            f"{folder} holds no submission of {module.assignment}: expected <student>.ipynb, "
            f"<student>/{module.notebook_name} or <student>/{module.assignment}/{module.notebook_name}."
        )
    problems = [f"{each.path}: {each.problem}" for each in submissions if each.problem]
    if problems and not keep_going:
        raise CourseError(
            f"Nothing was graded, because of {'; '.join(problems)} - correct or remove these files, "
            "or give --keep-going to grade the others and record 0 points for these."
        )
    if len(problems) == len(submissions):
        raise CourseError(f"Nothing was graded, because nothing in {folder} can be: {'; '.join(problems)}.")
    return module, submissions


def _no_folder(course: Course, given: Path) -> str:
    """Return the sentence about a path that is not a folder of submissions."""
    if given.exists():
        return f"{given} is a file: give the folder that holds the submissions."
    with suppress(CourseError):
        module = course.module(str(given))
        return (
            f"{given} names the module {module.assignment}, and there is no folder of that name: give the folder of "
            f"submissions, such as `tito grade handed_in/ --module {module.number}`."
        )
    return f"There is no folder {given}: give the one that holds the submissions."


def collect(module: Module, submissions: list[Submission], output: Path) -> None:
    """Copy each notebook, and nothing else, to `output`/submitted in nbgrader's way."""
    for submission in submissions:
        target = output / "submitted" / submission.student / module.assignment
        for older in submission.older:
            _keep_in_history(output, submission.student, module, older)
        _collect_notebook(module, submission, output, target)
        # nbgrader's release_feedback finds a student's page by this secret; its own `submit` makes it the same way.
        if not (target / SECRET).is_file():
            own = submission.path.with_name(SECRET)
            secret = own.read_text(encoding="utf-8") if own.is_file() else secrets.token_hex(64)
            write_whole(target / SECRET, secret.encode())
        if submission.remarks:
            write_whole(target / REMARKS, "\n".join(submission.remarks).encode())
        elif target not in submission.path.parents:
            (target / REMARKS).unlink(missing_ok=True)


def _collect_notebook(module: Module, submission: Submission, output: Path, target: Path) -> None:
    """Copy a notebook and its time to the folder `target`; keep another one that is there in history/."""
    collected = target / module.notebook_name
    content = submission.path.read_bytes() if submission.path.is_file() else b""
    if not collected.is_file() or collected.read_bytes() != content:
        if collected.is_file():
            _keep_in_history(output, submission.student, module, collected)
            collected.unlink()
        # The time comes first: if this is killed in between, the next run does not take an older time for this one's.
        write_whole(target / TIMESTAMP, _timestamp(submission.path).encode())
        write_whole(collected, content)
        if submission.path.with_name(SECRET).is_file():
            (target / SECRET).unlink(missing_ok=True)
    elif not (target / TIMESTAMP).is_file():
        write_whole(target / TIMESTAMP, _timestamp(submission.path).encode())


@dataclass(frozen=True)
class Collected:
    """What became of a zip."""

    path: Path
    problem: str = ""  # why it was not collected; empty if it was
    student: str = ""
    assignment: str = ""
    outcome: str = ""


def collect_zips(course: Course, paths: Sequence[Path], output: Path) -> list[Collected]:
    """Collect zips that `tito submit` made, these and those in folders, to `output`/submitted; return their outcomes.

    A student's newest notebook counts, and the others are kept in history/. A file that is not such a zip is among the
    outcomes, with its problem, and stops no other. What was collected before stays as it is.

    Raises:
        CourseError: a path does not exist, there are no zips, or `output` cannot be written to.
    """
    now = datetime.now(UTC)
    results: list[Collected] = []
    unpacked: dict[tuple[str, Module], dict[Path, Path]] = defaultdict(dict)  # by zip, its notebook
    with tempfile.TemporaryDirectory(prefix="tinytorch-collect-") as scratch:
        for number, path in enumerate(_zips_in(paths)):
            try:
                found = unpack(course, path, now)
            except NotAHandIn as problem:
                results.append(Collected(path, problem=str(problem)))
                continue
            folder = Path(scratch, str(number))
            folder.mkdir()
            for name, content in found.parts.items():
                (folder / name).write_bytes(content)
            unpacked[found.student, found.module][path] = folder / found.module.notebook_name
        for (student, module), notebooks in sorted(unpacked.items()):
            try:
                outcomes = _collect_newest(module, student, list(notebooks.values()), output)
            except OSError as error:
                raise CourseError(
                    f"Collecting had to stop at {student} ({error}): what was collected is complete; run it again."
                ) from None
            for path, outcome in zip(notebooks, outcomes, strict=True):
                results.append(Collected(path, student=student, assignment=module.assignment, outcome=outcome))
    return results


def _collect_newest(module: Module, student: str, notebooks: list[Path], output: Path) -> list[str]:
    """Collect what one student handed in of one module; return the outcome of each notebook."""
    collected = output / "submitted" / student / module.assignment / module.notebook_name
    before = [collected] if collected.is_file() else []
    known = {path.read_bytes() for path in [*before, *_history(output, student, module)]}
    newest = max([*before, *notebooks], key=_time)  # at the same time, the one that was collected before
    older = tuple(path for path in notebooks if path != newest)
    contents = [path.read_bytes() for path in notebooks]
    if newest == collected:
        for path, content in zip(notebooks, contents, strict=True):
            if content not in known:
                _keep_in_history(output, student, module, path)
    else:
        collect(module, [Submission(student, newest, older=older)], output)
    outcomes = []
    for path, content in zip(notebooks, contents, strict=True):
        if content in known:
            outcomes.append("was collected before")
        elif path != newest:
            outcomes.append("an older one, kept in history/")
        else:
            outcomes.append("collected; the one before is in history/" if before else "collected")
    return outcomes


def _zips_in(paths: Sequence[Path]) -> list[Path]:
    """Return these zips, and all zips in these folders and below."""
    found: list[Path] = []
    for path in paths:
        if not path.exists():
            raise CourseError(f"There is no {path}: give the zips that were handed in, or the folder that holds them.")
        below = path.rglob("*.[zZ][iI][pP]") if path.is_dir() else [path]
        found += sorted(each for each in below if path == each or (each.is_file() and not _is_hidden(path, each)))
    if not found:
        raise CourseError(f"There is no zip in {', '.join(map(str, paths))}: give the zips that were handed in.")
    return list(dict.fromkeys(found))


def _notebooks_in(folder: Path) -> list[Path]:
    """Return the notebooks in `folder` and down to two folders below; backups and hidden files are not hand-ins."""
    paths = [path for pattern in ("*.ipynb", "*/*.ipynb", "*/*/*.ipynb") for path in folder.glob(pattern)]
    return sorted(path for path in paths if BACKUP not in path.name and path.is_file() and not _is_hidden(folder, path))


def _is_hidden(folder: Path, path: Path) -> bool:
    return any(part.startswith(".") or part in NO_HAND_INS for part in path.relative_to(folder).parts)


def _read(path: Path) -> set[str] | NotANotebook:
    try:
        return grade_ids(read_submission(path)[0])
    except NotANotebook as error:
        return error


def _submissions(course: Course, module: Module, folder: Path, contents: Contents) -> list[Submission]:
    """Return what each student handed in for `module`."""
    by_student, others = _by_student(course, module, folder, contents)
    submissions = [_newest(student, paths, contents) for student, paths in by_student.items()]
    submissions += [
        _renamed(course, module, student, paths, contents)
        for student, paths in others.items()
        if student not in by_student
    ]
    submissions = [_with_usable_name(each) for each in submissions + _without_notebook(folder)]
    return sorted(submissions, key=lambda each: each.student)


def _by_student(
    course: Course, module: Module, folder: Path, contents: Contents
) -> tuple[dict[str, list[Path]], dict[str, list[Path]]]:
    """Return each student's notebooks of `module`, and those with names that are no module's."""
    by_student: dict[str, list[Path]] = defaultdict(list)
    others: dict[str, list[Path]] = defaultdict(list)
    parts = {path: path.relative_to(folder).parts for path in contents}
    known = {each.notebook_name for each in course.modules}
    named_well = {parts[path][0] for path in contents if path.name in known}
    for path in contents:
        match parts[path]:
            case (_,):
                by_student[path.stem].append(path)
            case (student, module.notebook_name) | (student, module.assignment, module.notebook_name):
                by_student[student].append(path)
            case (student, *_) if student not in named_well:
                others[student].append(path)
    return by_student, others


def _without_notebook(folder: Path) -> list[Submission]:
    """Return the submissions of students whose folders have files, but no notebook."""
    submissions = []
    for own in folder.iterdir():
        if own.is_dir() and not _is_hidden(folder, own) and not any(own.rglob("*.ipynb")):
            files = sorted(path.relative_to(own).as_posix() for path in own.rglob("*") if path.is_file())
            if files:
                problem = f"no notebook was handed in but {', '.join(files[:3])}: hand in the .ipynb file"
                submissions.append(Submission(own.name, own, problem, (problem,)))
    return submissions


def _with_usable_name(submission: Submission) -> Submission:
    """Return a submission, with a problem if nbgrader cannot use its student's name."""
    if submission.has_usable_name:
        return submission
    problem = f"{submission.student!r} cannot be a student's id (letters, digits and . _ - @ only)"
    return Submission(submission.student, submission.path, problem)


def _newest(student: str, paths: list[Path], contents: Contents) -> Submission:
    """Return the newest notebook of a student that can be read; the newest of all if none can be."""
    *older, newest = sorted(paths, key=lambda path: (not isinstance(contents[path], NotANotebook), _time(path), path))
    problem = str(contents[newest]) if isinstance(contents[newest], NotANotebook) else ""
    handed_in = f"{newest.parent.name}/{newest.name}, of {shown(_time(newest))}"
    remark = f"{len(paths)} notebooks were handed in; the newest that can be read counts, {handed_in}"
    return Submission(student, newest, problem, (remark,) if older else (), tuple(older))


def _renamed(course: Course, module: Module, student: str, paths: list[Path], contents: Contents) -> Submission:
    """Return what a student handed in under another name than the notebook's: its cells show what it is."""
    readable = {path: each for path in paths if not isinstance(each := contents[path], NotANotebook)}
    fitting = [path for path, names in readable.items() if module_of(course, path, names) == module]
    if fitting:
        found = _newest(student, fitting, contents)
        remark = f"the notebook was handed in as {found.path.name}; it must be called {module.notebook_name}"
        return Submission(student, found.path, remarks=(remark, *found.remarks), older=found.older)
    problem = f"a submission in a folder must be called {module.notebook_name}, and this is not that notebook"
    unreadable = [str(each) for path in paths if isinstance(each := contents[path], NotANotebook)]
    problem = "; ".join([problem, *unreadable[:1]])
    return Submission(student, paths[0], problem, (problem,))


def _only_module(course: Course, folder: Path, contents: Contents) -> Module:
    """Return the one module that all these notebooks are for."""
    modules = set()
    for path, content in contents.items():
        if module := module_of(course, path, set() if isinstance(content, NotANotebook) else content):
            modules.add(module)
    if len(modules) == 1:
        return modules.pop()
    names = ", ".join(module.assignment for module in sorted(modules))
    reason = f"holds notebooks of {names}" if modules else "does not show which module it is for"
    raise CourseError(f"{folder} {reason}: choose the module to grade with --module, such as --module 05.")


def _time(path: Path) -> datetime:
    """Return when a notebook was handed in: as the file beside it says, else when it was last changed."""
    try:
        return read_instant(path.with_name(TIMESTAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _timestamp(path: Path) -> str:
    """Return that time as nbgrader writes it; a text that names no time stays, and is refused when it is recorded."""
    with suppress(OSError, UnicodeDecodeError):
        said = path.with_name(TIMESTAMP).read_text(encoding="utf-8").strip()
        try:
            read_instant(said)
        except ValueError:
            if said:
                return said
    return _time(path).strftime(TIME_FORMAT)


def _history(output: Path, student: str, module: Module) -> list[Path]:
    return sorted((output / "history" / student / module.assignment).glob(f"*/{module.notebook_name}"))


def _keep_in_history(output: Path, student: str, module: Module, notebook: Path) -> None:
    """Keep a notebook that a newer one replaces, by the time when it was handed in."""
    kept = output / "history" / student / module.assignment / f"{_time(notebook):%Y-%m-%dT%H-%M-%S}" / notebook.name
    write_whole(kept, notebook.read_bytes())

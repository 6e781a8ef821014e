"""From a folder of hand-ins to nbgrader's submitted/: one notebook, its time and its secret for each student.

Accepted side by side in the folder:

    alice.ipynb    bob/dataloader.ipynb    carol/05_dataloader/dataloader.ipynb

A notebook in a student's folder may be called otherwise if its cells show what it is. Of several the newest counts, and
one that was collected earlier stays in history/. `collect_zips` takes the zips of `tito submit` to the same place.
"""

from __future__ import annotations

import secrets
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from nbgrader.utils import parse_utc

from tinytorch.course.files import write_whole
from tinytorch.course.handin.read_file import REMARKS, NotANotebook, read_submission
from tinytorch.course.handin.read_zip import NotAHandIn, unpack
from tinytorch.course.handin.submit import SECRET, STUDENT_ID, TIME_FORMAT, TIMESTAMP
from tinytorch.course.layout import Course, CourseError, Module
from tinytorch.course.notebook import grade_ids, module_of

BACKUP = ".backup-"
NO_HAND_INS = ("__MACOSX", "__pycache__")  # folders that archives and Python leave


@dataclass(frozen=True)
class Submission:
    """What a student handed in."""

    student: str
    path: Path  # the notebook; the student's folder, if it holds none
    problem: str = ""  # why it cannot be read; empty if it can
    remarks: tuple[str, ...] = ()  # what the student has to know of how it came
    older: tuple[Path, ...] = ()  # what else the student handed in

    @property
    def has_usable_name(self) -> bool:
        """Whether nbgrader can keep a student by this name."""
        return bool(STUDENT_ID.match(self.student))


# The names of each notebook's cells, or what is wrong with the file; a class' notebooks in whole would fill the memory
Contents = dict[Path, set[str] | NotANotebook]


def find_submissions(
    course: Course, folder: Path, module: Module | None, keep_going: bool = False
) -> tuple[Module, list[Submission]]:
    """Return the module and what each student handed in; reads every notebook and changes nothing.

    What cannot be graded is refused with a `CourseError` that names it all. With `keep_going` it is among the others,
    with its problem; a folder of which nothing can be graded is refused all the same.
    """
    if not folder.is_dir():
        raise CourseError(f"There is no folder {folder}: give the one that holds the submissions.")
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
            f"Nothing was graded, for {'; '.join(problems)} - mend or remove what is named, "
            "or give --keep-going to grade the others and record 0 points for it."
        )
    if len(problems) == len(submissions):
        raise CourseError(f"Nothing was graded, for nothing in {folder} can be: {'; '.join(problems)}.")
    return module, submissions


def collect(module: Module, submissions: list[Submission], output: Path) -> None:
    """Copy each notebook, and nothing else, to `output`/submitted as nbgrader wants it there."""
    for submission in submissions:
        target = output / "submitted" / submission.student / module.assignment
        handed_in = submission.path.with_name(SECRET)
        for older in submission.older:
            _keep_in_history(output, submission.student, module, older)
        collected = target / module.notebook_name
        content = submission.path.read_bytes() if submission.path.is_file() else b""
        if not collected.is_file() or collected.read_bytes() != content:
            if collected.is_file():
                _keep_in_history(output, submission.student, module, collected)
                collected.unlink()
            # Its time comes first: where this is killed in between, the next run takes no older time for its own.
            write_whole(target / TIMESTAMP, _timestamp(submission.path).encode())
            write_whole(collected, content)
            if handed_in.is_file():
                (target / SECRET).unlink(missing_ok=True)
        elif not (target / TIMESTAMP).is_file():
            write_whole(target / TIMESTAMP, _timestamp(submission.path).encode())
        # nbgrader's release_feedback finds a student's page by this secret; its own `submit` makes it the same way.
        if not (target / SECRET).is_file():
            secret = handed_in.read_text(encoding="utf-8") if handed_in.is_file() else secrets.token_hex(64)
            write_whole(target / SECRET, secret.encode())
        if submission.remarks:
            write_whole(target / REMARKS, "\n".join(submission.remarks).encode())
        elif target not in submission.path.parents:
            (target / REMARKS).unlink(missing_ok=True)


@dataclass(frozen=True)
class Collected:
    """What became of a zip."""

    path: Path
    problem: str = ""  # why it was not taken; empty if it was
    student: str = ""
    assignment: str = ""
    outcome: str = ""


def collect_zips(course: Course, paths: Sequence[Path], output: Path) -> list[Collected]:
    """Take the zips that `tito submit` made, and those below folders, to `output`/submitted; give what became of each.

    The newest of a student counts, and the others stay in history/. A zip that is none is told of and stops no other.
    What was collected before is left as it is.
    """
    now = datetime.now(UTC)
    results: list[Collected] = []
    taken: dict[tuple[str, Module], dict[Path, Path]] = defaultdict(dict)  # each zip's notebook, unpacked
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
            taken[found.student, found.module][path] = folder / found.module.notebook_name
        for (student, module), notebooks in sorted(taken.items()):
            try:
                outcomes = _take(module, student, list(notebooks.values()), output)
            except OSError as error:
                raise CourseError(
                    f"Collecting had to stop at {student} ({error}): what was collected is whole; run it again."
                ) from None
            for path, outcome in zip(notebooks, outcomes, strict=True):
                results.append(Collected(path, student=student, assignment=module.assignment, outcome=outcome))
    return results


def _take(module: Module, student: str, notebooks: list[Path], output: Path) -> list[str]:
    """Collect what one student handed in of one module, and say what became of each notebook."""
    collected = output / "submitted" / student / module.assignment / module.notebook_name
    there = [collected] if collected.is_file() else []
    known = {path.read_bytes() for path in [*there, *_history(output, student, module)]}
    newest = max([*there, *notebooks], key=_time)  # of the same time, what was there
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
            outcomes.append("collected; the one before is in history/" if there else "collected")
    return outcomes


def _zips_in(paths: Sequence[Path]) -> list[Path]:
    """Return these zips, and those anywhere below these folders."""
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
    """Return the notebooks in `folder`, at most two folders down; backups and hidden files are not hand-ins."""
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
    by_student: dict[str, list[Path]] = defaultdict(list)
    others: dict[str, list[Path]] = defaultdict(list)  # in the folders of students who have none by a module's name
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
    submissions = [_newest(student, paths, contents) for student, paths in by_student.items()]
    for student, paths in others.items():
        if student not in by_student:
            submissions.append(_renamed(course, module, student, paths, contents))
    for place in folder.iterdir():
        if place.is_dir() and not _is_hidden(folder, place) and not any(place.rglob("*.ipynb")):
            files = sorted(path.relative_to(place).as_posix() for path in place.rglob("*") if path.is_file())
            if files:
                problem = f"no notebook was handed in but {', '.join(files[:3])}: hand in the .ipynb file"
                submissions.append(Submission(place.name, place, problem, (problem,)))
    for number, each in enumerate(submissions):
        if not each.has_usable_name:
            problem = f"{each.student!r} cannot be a student's id (letters, digits and . _ - @ only)"
            submissions[number] = Submission(each.student, each.path, problem)
    return sorted(submissions, key=lambda each: each.student)


def _newest(student: str, paths: list[Path], contents: Contents) -> Submission:
    """Return the newest of the notebooks that a student handed in: of those that can be read, if there are any."""
    *older, newest = sorted(paths, key=lambda path: (not isinstance(contents[path], NotANotebook), _time(path), path))
    problem = str(contents[newest]) if isinstance(contents[newest], NotANotebook) else ""
    handed_in = f"{newest.parent.name}/{newest.name}, of {_time(newest):%Y-%m-%d %H:%M} UTC"
    remark = f"{len(paths)} notebooks were handed in; the newest that can be read counts, {handed_in}"
    return Submission(student, newest, problem, (remark,) if older else (), tuple(older))


def _renamed(course: Course, module: Module, student: str, paths: list[Path], contents: Contents) -> Submission:
    """Return what a student handed in under another name than the notebook's: its cells say what it is."""
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
    """Return the one module that all these notebooks are hand-ins of."""
    modules = set()
    for path, content in contents.items():
        if module := module_of(course, path, set() if isinstance(content, NotANotebook) else content):
            modules.add(module)
    if len(modules) == 1:
        return modules.pop()
    names = ", ".join(module.assignment for module in sorted(modules))
    reason = f"holds notebooks of {names}" if modules else "does not show which module it is for"
    raise CourseError(f"{folder} {reason}: say which to grade with --module, such as --module 05.")


def _time(path: Path) -> datetime:
    """Return the time when a notebook was handed in: what the file beside it says, else when it was last changed."""
    try:
        handed_in = parse_utc(path.with_name(TIMESTAMP).read_text(encoding="utf-8").strip())
        return handed_in.replace(tzinfo=UTC)  # type: ignore[no-any-return]
    except (OSError, ValueError):
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _timestamp(path: Path) -> str:
    """Return that time as nbgrader writes it."""
    return _time(path).strftime(TIME_FORMAT)


def _history(output: Path, student: str, module: Module) -> list[Path]:
    return sorted((output / "history" / student / module.assignment).glob(f"*/{module.notebook_name}"))


def _keep_in_history(output: Path, student: str, module: Module, notebook: Path) -> None:
    """Keep a notebook that a newer one takes the place of, under the time when it was handed in."""
    kept = output / "history" / student / module.assignment / f"{_time(notebook):%Y-%m-%dT%H-%M-%S}" / notebook.name
    write_whole(kept, notebook.read_bytes())
